"""Serving files beside nginx. See scripts/bench-assets."""

import argparse
import datetime
import os
import pathlib
import platform
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from support import Server, run_cairn

LARGE, CHUNKS, CHUNK = 64 << 20, 2000, 10 << 10

NGINX = """
worker_processes 2;
pid {root}/nginx.pid;
error_log {root}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  default_type application/octet-stream;
  client_body_temp_path {root}/t1; proxy_temp_path {root}/t2; fastcgi_temp_path {root}/t3; uwsgi_temp_path {root}/t4; scgi_temp_path {root}/t5;
  server {{ listen 127.0.0.1:{port}; location /assets/ {{ alias {root}/data/; }} }}
}}
"""

# $WHAT is the length of random ranges of the large file, or the name of what to ask for.
LUA = f"""
local what, large = os.getenv("WHAT"), {LARGE}
local length = tonumber(what)
math.randomseed(1)
request = function()
  if length then
    local start = math.random(0, large - length)
    return wrk.format("GET", "/assets/large.tif", {{["Range"] = "bytes=" .. start .. "-" .. (start + length - 1)}})
  elseif what == "chunks" then
    return wrk.format("GET", "/assets/s.zarr/v/" .. math.random(0, {CHUNKS - 1}) .. ".0")
  elseif what == "missing" then
    return wrk.format("GET", "/assets/s.zarr/v/" .. math.random(0, {CHUNKS - 1}) .. ".1")
  end
  return wrk.format("GET", "/assets/large.tif")
end
"""

CLASSES = [
    ("ranges of 16 KB", str(16 << 10), 16 << 10),
    ("ranges of 256 KB", str(256 << 10), 256 << 10),
    ("ranges of 1 MB", str(1 << 20), 1 << 20),
    ("a whole file of 64 MB", "whole", LARGE),
    ("2,000 files of 10 KB", "chunks", CHUNK),
    ("files that are missing", "missing", 0),
]


def arguments():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--seconds", type=int, default=3, help="of each round")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--connections", type=int, default=16)
    p.add_argument("--out", type=pathlib.Path, help="Markdown file (default: standard output)")
    return p.parse_args()


def make_data(root):
    data = root / "data"
    (data / "s.zarr" / "v").mkdir(parents=True)
    (data / "large.tif").write_bytes(os.urandom(LARGE))
    for n in range(CHUNKS):
        (data / "s.zarr" / "v" / f"{n}.0").write_bytes(os.urandom(CHUNK))
    for path in (root, data, data / "s.zarr", data / "s.zarr" / "v"):
        path.chmod(0o755)  # nginx's workers are another user
    (root / "ask.lua").write_text(LUA)
    return data


def start_nginx(root):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (root / "nginx.conf").write_text(NGINX.format(root=root, port=port))
    subprocess.run(["nginx", "-p", root, "-e", root / "nginx.log", "-c", root / "nginx.conf"], check=True)
    pid = int((root / "nginx.pid").read_text())
    workers = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=True).stdout.split()
    return port, pid, [int(worker) for worker in workers]


def processor_seconds(pids):
    fields = [pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split() for pid in pids]
    return sum(int(f[11]) + int(f[12]) for f in fields) / os.sysconf("SC_CLK_TCK")


def resident_kb(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])


def measure(a, root, port, pids, what):
    """(requests/s, microseconds of processor time a request) of one round."""
    before, start = processor_seconds(pids), time.monotonic()
    connections = 4 if what == "whole" else a.connections  # of which each takes its time
    command = ["wrk", "-t1", f"-c{connections}", f"-d{a.seconds}s", "-s", root / "ask.lua", f"http://127.0.0.1:{port}"]
    out = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "WHAT": what}).stdout
    n = int(re.search(r"(\d+) requests in", out)[1])
    assert "Socket errors" not in out and ("Non-2xx" in out) == (what == "missing"), out
    return n / (time.monotonic() - start), (processor_seconds(pids) - before) / n * 1e6


def compare(a, root, cairnd, nginx):
    for name, what, size in CLASSES:
        rounds = {"cairnd": [], "nginx": []}
        for _ in range(a.rounds):
            for server, (port, pids) in (("cairnd", cairnd), ("nginx", nginx)):
                rounds[server].append(measure(a, root, port, pids, what))
        (ours, our_cost), (theirs, their_cost) = (
            [statistics.median(values) for values in zip(*rounds[server], strict=True)] for server in ("cairnd", "nginx")
        )
        rate = f"{ours * size / 1e6:,.0f} | {theirs * size / 1e6:,.0f}" if size else "- | -"
        yield f"| {name} | {ours:,.0f} | {theirs:,.0f} | {ours / theirs:.2f} | {rate} | {our_cost:,.0f} | {their_cost:,.0f} |"


def main():
    a = arguments()
    with tempfile.TemporaryDirectory() as root:
        root = pathlib.Path(root)
        data = make_data(root)
        run_cairn("init", root / "a.cairn")
        load = os.getloadavg()[0]
        daemon = Server(root / "a.cairn", "--assets", f"/assets/={data}", "--threads", "2")
        port, pid, workers = start_nginx(root)
        try:
            us = daemon.port, [daemon.process.pid]
            for what in ("1048576", "whole"):  # the memory that is kept for later
                measure(a, root, *us, what)
            before = resident_kb(daemon.process.pid)
            rows = list(compare(a, root, us, (port, workers)))
            after = resident_kb(daemon.process.pid)
        finally:
            daemon.stop()
            os.kill(pid, 15)
        version = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True).stderr.strip().split("/")[-1]
    text = f"""# Files, beside nginx

`scripts/bench-assets --seconds {a.seconds} --rounds {a.rounds} --connections {a.connections}`, {datetime.date.today()}, {os.cpu_count()} cores, \
{platform.system()} {platform.machine()}, load average before {load:.2f}. cairnd with 2
threads, nginx {version} with 2 workers and sendfile, the same folder, wrk with one thread on the same machine, in turns; medians of the rounds. Read the
ratios: machines are noisy, and wrk takes its part of the cores.

| what | cairnd, requests/s | nginx, requests/s | ratio | cairnd, MB/s | nginx, MB/s | cairnd, us CPU a request | nginx, us CPU a request |
|---|---|---|---|---|---|---|---|
{chr(10).join(rows)}

Memory of cairnd: {before / 1024:,.1f} MB resident before, {after / 1024:,.1f} MB after.
"""
    if a.out:
        a.out.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
