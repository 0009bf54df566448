"""Requests of a query class, and their load by wrk: rate, latency, bytes, and the server's CPU time."""

import gzip
import http.client
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import machine

LUA = Path(__file__).resolve().parent / "load.lua"
ENCODINGS = ("identity", "gzip")


class Client:
    """One connection. Paths are relative to the root."""

    def __init__(self, root, timeout=120):
        self.root, parts = root.rstrip("/"), urlsplit(root)
        self.prefix, self.netloc = parts.path.rstrip("/"), parts.netloc
        self.connection = http.client.HTTPConnection(self.netloc, timeout=timeout)

    def ask(self, method, path, body=None, encoding="identity"):
        """(status, text of the body as bytes)."""
        data = None if body is None else json.dumps(body)
        headers = {"Accept-Encoding": encoding} | ({} if body is None else {"Content-Type": "application/json"})
        self.connection.request(method, self.prefix + path, data, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, gzip.decompress(text) if answer.getheader("Content-Encoding") == "gzip" else text

    def page(self, method, path, body=None, encoding="identity"):
        status, text = self.ask(method, path, body, encoding)
        if status != 200:
            raise RuntimeError(f"{status} from {method} {path[:200]} {json.dumps(body)[:300]}: {text[:300]}")
        return json.loads(text)

    def next(self, path, body, page):
        """The request of a page's next link, or None."""
        link = next((k for k in page.get("links", []) if k.get("rel") == "next"), None)
        if link is None:
            return None
        parts = urlsplit(urljoin(self.root + path, link["href"]))
        target = (parts.path + (f"?{parts.query}" if parts.query else "")).removeprefix(self.prefix)
        if link.get("method", "GET").upper() != "POST":
            return "GET", target, None
        new = link.get("body") or {}
        return "POST", target, {**(body or {}), **new} if link.get("merge") else new

    def pages(self, method, path, body, most):
        """(request, page) of up to `most` pages."""
        request = (method, path, body)
        while request and most:
            page = self.page(*request)
            yield request, page
            request = self.next(request[1], request[2], page)
            most -= 1


def read_queries(path):
    """{class: queries}, in the order of the file."""
    classes = {}
    with open(path) as lines:
        for line in lines:
            query = json.loads(line)
            classes.setdefault(query["name"], []).append(query)
    return classes


def requests_of(root, queries, most_walks=20):
    """Plain requests (method, path, body). Queries with `pages` are walked, `most_walks` of them."""
    client = Client(root)
    found, walks = [], 0
    for q in queries:
        if "pages" not in q:
            found.append((q["method"], q["path"], q["body"]))
        elif walks < most_walks:
            walks += 1
            found += [request for request, _ in client.pages(q["method"], q["path"], q["body"], q["pages"])]
    return found


def run_wrk(root, requests, connections, seconds, encoding):
    parts = urlsplit(root)
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as f:
        for method, path, body in requests:
            text = "" if body is None else json.dumps(body, separators=(",", ":"))
            f.write(f"{method}\t{parts.path.rstrip('/')}{path}\t{text}\n")
        f.flush()
        out = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "-s", LUA, f"http://{parts.netloc}"],
            env={**os.environ, "REQUESTS": f.name, "ENCODING": encoding}, capture_output=True, text=True)
    line = next((k for k in out.stdout.splitlines() if k.startswith("RESULT ")), None)
    if line is None:
        raise RuntimeError(f"wrk failed: {out.stdout}{out.stderr}")
    return json.loads(line.removeprefix("RESULT "))


def drain(pids, longest=60):
    """Waits until a server rests: wrk drops its last requests, but the server still works on them."""
    end = time.monotonic() + longest
    while time.monotonic() < end:
        before = machine.cpu_seconds(pids)
        time.sleep(0.1)
        if machine.cpu_seconds(pids) - before < 0.02:
            return


def measure(root, requests, connections, seconds, encoding, pids, warm=1):
    """{rate, p50, p95, p99, max (ms), size (bytes on the wire a reply), cpu (us a request), errors, requests}.

    A class that answers fewer than five requests a connection is measured once more for four times as long."""
    if warm:
        run_wrk(root, requests, connections, warm, encoding)
    for length in (seconds, 4 * seconds):
        drain(pids)
        before = machine.cpu_seconds(pids)
        row = run_wrk(root, requests, connections, length, encoding)
        if row["requests"] >= 5 * connections:
            break
    drain(pids)
    n = max(1, row["requests"])
    row["cpu"] = (machine.cpu_seconds(pids) - before) / n * 1e6
    row["rate"] = row["requests"] / row["seconds"]
    row["size"] = row["bytes"] / n
    row["few"] = row["requests"] < 5 * connections
    return row


def cpu_of_each(root, requests, pid, times=5, encoding="gzip"):
    """Sorted CPU time (us) of each request, the mean of some in a row: other programs on the machine hardly move it."""
    client, found = Client(root), []
    for request in requests:
        client.ask(*request, encoding)
        before = machine.cpu_microseconds(pid)
        for _ in range(times):
            client.ask(*request, encoding)
        found.append((machine.cpu_microseconds(pid) - before) / times)
    return sorted(found)


def quantile(values, share):
    """Of sorted values."""
    return values[min(len(values) - 1, int(share * len(values)))]
