"""Servers that a benchmark starts: cairnd in its modes, and a server of fixed bodies. Each has url, pids and stop()."""

import re
import socket
import subprocess
import time
import urllib.request


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def stop(process, seconds=30):
    """SIGTERM to one process, and SIGKILL when that does not help."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Cairn:
    def __init__(self, program, catalog, *flags):
        self.started = time.monotonic()
        command = [program, "--catalog", catalog, "--listen", "127.0.0.1:0", "--log-level", "error", *flags]
        self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip().rstrip("/")
        if not self.url:
            raise RuntimeError(f"{program} did not start: its message is above")
        self.pids = [self.process.pid]

    def stop(self):
        stop(self.process)
        self.process.stdout.close()


class Fixed:
    """GET /N answers N bytes from memory."""

    def __init__(self, source, folder, threads=2):
        binary = folder / "fixed"
        subprocess.run(["cc", "-O2", "-o", binary, source, "-lmicrohttpd"], check=True)
        port = free_port()
        self.process = subprocess.Popen([binary, str(port), str(threads)])
        self.url, self.pids = f"http://127.0.0.1:{port}", [self.process.pid]
        wait_for(f"{self.url}/1", self.process)

    def stop(self):
        stop(self.process)


def wait_for(url, process, seconds=120):
    """Until `url` is answered; RuntimeError when the process ends before."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.read()
        except OSError:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{process.args[0]} does not answer {url}") from None
            time.sleep(0.1)


# ---- cairnd's caches, as its help names them ----


def cache_flags(program):
    """{"reply": [flag, off, on], "item": ...} of the caches that this cairnd has."""
    text = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    found = {}
    for kind in ("reply", "item"):
        match = re.search(rf"^  (--{kind}-cache\S*) (\S+)", text, re.MULTILINE)
        if match:
            in_bytes = match[2] == "BYTES"
            found[kind] = [match[1], "0", "256M" if in_bytes else "256"]
    return found


def modes(program):
    """{mode: flags}: plain (no cache), items (item cache), replies (item and reply cache), as far as there are such caches."""
    caches = cache_flags(program)
    switch = {k: {on: [c[0], c[2 if on else 1]] for on in (False, True)} for k, c in caches.items()}

    def flags(**on):
        return [word for kind, state in on.items() if kind in switch for word in switch[kind][state]]

    made = {"plain": flags(item=False, reply=False)}
    if "item" in caches:
        made["items"] = flags(item=True, reply=False)
    if "reply" in caches:
        made["replies"] = flags(item=True, reply=True)
    return made


# ---- from exec to the first answer ----


def start_time(program, catalog, *flags, times=5, path="/search?limit=1"):
    """(least seconds to the landing page, least seconds to a search, RSS in MB behind both), each on a server of its own."""
    import machine
    import measuring

    best = [float("inf"), float("inf")]
    memory = 0
    for _ in range(times):
        for i, asked in enumerate(("/", path)):
            server = Cairn(program, catalog, *flags)
            try:
                measuring.Client(server.url).page("GET", asked)
                best[i] = min(best[i], time.monotonic() - server.started)
                memory = max(memory, machine.rss_mb(server.process.pid))
            finally:
                server.stop()
    return (*best, memory)
