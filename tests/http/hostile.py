"""Paths that try to get out of a folder, or to something in it that is not for them."""

import os
import random
import socket
from urllib.parse import unquote_to_bytes

from raw import Connection

# What stands beside the folder, in it but not to be had, and where an attacker would look.
TARGETS = [
    "secret.txt", "../secret.txt", "etc/passwd", "proc/self/environ", "data-secret/secret.txt", ".env", ".git/config", ".ssh/id_rsa",
    "catalog.cairn", "catalog.cairn-wal", "pipe", "socket", "out", "out-folder/secret.txt", "up/secret.txt", "sub", "sub/", "",
]  # fmt: skip
DOTS = [
    "..", "%2e%2e", "%2E.", ".%2e", "..%00", "%252e%252e", "..;", "..%c0%af", "%c0%ae%c0%ae", "%e0%80%ae.", "....", ". .", "..%20",
    "%2e%2e%2f", "..%5c", "..\\", "%uff0e%uff0e", "%25%32%65.", "..?", "..#", ".", "%2e", "sub/..", "sub/../..", "file.bin/..", "\u2025",
]  # fmt: skip
SLASHES = ["/", "//", "%2f", "%2F", "%252f", "\\", "%5c", "%255c", "/./", "/%2e/", "%c0%af", "/;/", "%00/", "/%00", "///", "%u2215"]
BEFORE = ["", "/", "sub/", "file.bin", "file.bin/", "x/", "sub/none/", "%2f", "//", "C:", "file:///", "~", "~root/", "http://a/"]
AFTER = ["", "/", "%00", "%00.tif", "?", "?x=/assets/file.bin", ";x", "%20", ".", "/.", "%0d%0aX: y", "#", "::$DATA", "%", "%2", "%zz", "~"]
BYTES = [chr(c) for c in range(0x80, 0x100)] + list("%/\\.;:?&=+~!*'()@$,[]|^`{}<>\"abf012_-")


def climbing(choose):
    separator = choose.choice(SLASHES)
    steps = separator.join(choose.choice(DOTS) for _ in range(choose.randint(1, 12)))
    target = choose.choice(TARGETS).replace("/", choose.choice(SLASHES))
    return choose.choice(BEFORE) + steps + separator + target + choose.choice(AFTER)


def mutated(choose, text):
    for _ in range(choose.randint(1, 6)):
        at = choose.randint(0, len(text))
        what = choose.randrange(4)
        if what == 0:
            text = text[:at] + choose.choice(BYTES) + text[at:]
        elif what == 1:
            text = text[:at] + text[at + 1 :]
        elif what == 2 and at < len(text):
            text = text[:at] + "%" + format(ord(text[at]) & 0xFF, choose.choice(["02x", "02X"])) + text[at + 1 :]
        else:
            text = text[:at] + choose.choice(DOTS + SLASHES) + text[at:]
    return text


def plain(choose):
    return choose.choice(BEFORE) + choose.choice(TARGETS) + choose.choice(AFTER)


def long(choose):
    return choose.choice(["../", "a/", "%2e%2e/", "sub/../", "x" * 300 + "/"]) * choose.randint(50, 3000) + choose.choice(TARGETS)


def is_innocent(path):
    return unquote_to_bytes(path.split("?")[0]) in (b"/assets/file.bin", b"/assets/sub/file.bin")


def paths(count, seed=0):
    """`count` request targets at /assets for which no file is to be served."""
    choose = random.Random(seed)
    makers = [climbing] * 8 + [plain] * 2 + [lambda c: mutated(c, climbing(c))] * 6 + [lambda c: mutated(c, plain(c))] * 3
    n = 0
    while n < count:
        maker = long if n % 500 == 499 else choose.choice(makers)
        path = "/assets" + choose.choice(["/"] * 9 + ["", "//"]) + maker(choose)
        if not is_innocent(path):
            n += 1
            yield path


def make_folder(root):
    """The folder that is served, and what is not to be had beside it and in it; returns (folder, the secret)."""
    secret = b"CANARY-" + os.urandom(8).hex().encode()
    data = root / "data"
    (data / "sub").mkdir(parents=True)
    (data / "file.bin").write_bytes(b"innocent")
    (data / "sub" / "file.bin").write_bytes(b"innocent")
    for place in ["secret.txt", "data-secret/secret.txt", "data/.env", "data/.git/config", "data/.ssh/id_rsa", "data/catalog.cairn-wal"]:
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_bytes(secret)
    (data / "catalog.cairn").write_bytes(secret)
    (data / "out").symlink_to(root / "secret.txt")
    (data / "up").symlink_to("..")
    (data / "out-folder").symlink_to(root)
    (data / "self").symlink_to("/proc/self")
    os.mkfifo(data / "pipe")
    listener = socket.socket(socket.AF_UNIX)
    here = os.getcwd()
    os.chdir(data)  # a socket's path may not be long
    listener.bind("socket")
    os.chdir(here)
    listener.close()
    return data, secret


def ask_all(port, targets, secret):
    """Asks for each by GET; returns how many answers had which status. Fails at the first that is not a refusal."""
    counts = {}
    connection = Connection(port)
    for target in targets:
        request = b"GET " + target.encode() + b" HTTP/1.1\r\nHost: a\r\n\r\n"
        connection.send(request)
        answer = connection.answer()
        if answer is None:  # what is no request line may be closed upon without a word
            counts["closed"] = counts.get("closed", 0) + 1
        else:
            # libmicrohttpd 1.0 points from a target with spaces in it to the same with them coded
            assert answer.status in (400, 404, 414) or (answer.status == 301 and " " in target), (target, answer)
            assert secret not in answer.body and b"innocent" not in answer.body, target
            counts[answer.status] = counts.get(answer.status, 0) + 1
        if answer is None or answer.headers.get("connection", "").lower() == "close":
            connection.close()
            connection = Connection(port)
    connection.close()
    return counts
