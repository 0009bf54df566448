"""From a search to lazy arrays of terabytes: where the time goes. See scripts/bench-4tb."""

import argparse
import gc
import http.client
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile
import time
import warnings
from datetime import date
from importlib.metadata import version
from urllib.parse import urlsplit

import big_catalog
import requests


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="folder of cairn and cairnd")
    parser.add_argument("--dates", type=int, default=big_catalog.DATES, help="of eight scenes of 964 MB each")
    parser.add_argument("--limit", type=int, default=1000, help="items a page")
    parser.add_argument("--chunk", type=int, default=big_catalog.SIZE, help="pixels along each side of a lazy chunk")
    parser.add_argument("--repeat", type=int, default=3, help="the run of median length is shown")
    parser.add_argument("--out", type=pathlib.Path, help="Markdown file (default: standard output)")
    return parser.parse_args()


class Daemon:
    """cairnd with its access log: what it says of its own time."""

    def __init__(self, binary, catalog, log):
        self.log = open(log, "w+")
        command = [binary / "cairnd", "--catalog", catalog, "--listen", "127.0.0.1:0", "--access-log"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.url = self.process.stdout.readline().strip().rstrip("/") + "/"

    def seconds_since(self, position):
        """Of all requests that were logged since then: (seconds of the server, bytes sent)."""
        time.sleep(0.1)  # the line of the last answer
        with open(self.log.name) as file:
            file.seek(position)
            found = re.findall(r"access: \w+ \S+ 200 (\d+) bytes (\d+) us", file.read())
        return sum(int(us) for _, us in found) / 1e6, sum(int(size) for size, _ in found)

    def cpu(self):
        """Seconds that its threads have run."""
        threads = pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def position(self):
        return pathlib.Path(self.log.name).stat().st_size

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Recorder:
    """Notes every request that goes out through requests, to be sent once more."""

    def __enter__(self):
        self.sent, self.send = [], requests.Session.send

        def send(session, request, **more):
            self.sent.append(request)
            return self.send(session, request, **more)

        requests.Session.send = send
        return self

    def __exit__(self, *_):
        requests.Session.send = self.send


def replay(sent):
    """Seconds to send the same requests and to read the answers whole, on one connection, without a look at them."""
    address = urlsplit(sent[0].url)
    connection = http.client.HTTPConnection(address.hostname, address.port)
    start = time.perf_counter()
    for request in sent:
        parts = urlsplit(request.url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(request.method, path, request.body, dict(request.headers))
        connection.getresponse().read()
    seconds = time.perf_counter() - start
    connection.close()
    return seconds


def measure(daemon, load, tiles, a):
    """One run: seconds in all, of the server, of the transfer, of the client; the server's share of CPU; bytes sent, requests,
    bytes of the arrays."""
    gc.collect()
    position = daemon.position()
    cpu, cpu_of_server = time.process_time(), daemon.cpu()
    with Recorder() as recorder:
        start = time.perf_counter()
        arrays = load(daemon.url, tiles, a.limit, a.chunk)
        total = time.perf_counter() - start
    cpu, cpu_of_server = time.process_time() - cpu, daemon.cpu() - cpu_of_server
    server, sent = daemon.seconds_since(position)
    position = daemon.position()
    moved = replay(recorder.sent)
    transfer = moved - daemon.seconds_since(position)[0]
    share = cpu_of_server / (cpu + cpu_of_server)
    return total, server, transfer, total - server - transfer, share, sent, len(recorder.sent), big_catalog.bytes_of(arrays)


def rows(daemon, a):
    for name, load in big_catalog.LOADERS.items():
        load(daemon.url, big_catalog.TILES[:1], a.limit, a.chunk)  # imports and caches of the client are not measured
        for tiles in (big_catalog.TILES[:1], big_catalog.TILES):
            runs = sorted(measure(daemon, load, tiles, a) for _ in range(a.repeat))
            yield name, len(tiles) * a.dates, runs[len(runs) // 2]


def table(found):
    lines = [
        "| client | scenes | arrays | requests | JSON | in all | server | transfer | client | server's share | of CPU |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, scenes, (total, server, transfer, client, cpu, sent, count, size) in found:
        lines.append(
            f"| {name} | {scenes:,} | {size / 1e12:.2f} TB | {count} | {sent / 1e6:.1f} MB | {total:.2f} s | {server * 1000:.0f} ms |"
            f" {transfer * 1000:.0f} ms | {client:.2f} s | {100 * server / total:.1f} % |"
            f" {100 * cpu:.1f} % |"
        )
    return "\n".join(lines)


def page(a, load, count, found):
    clients = ", ".join(f"{name} {version(name)}" for name in ("pystac-client", "pystac", "odc-stac", "stackstac", "xarray", "dask"))
    return f"""# From a search to lazy arrays of {big_catalog.SCENE_BYTES * count / 1e12:.1f} TB

`scripts/bench-4tb{"" if a.dates == big_catalog.DATES else f" --dates {a.dates}"}`, {date.today()}, Python {platform.python_version()}, {clients}.
The run of median length of {a.repeat}, on {os.cpu_count()} cores, by loopback; load average before {load:.1f}, so read the shares.

{count:,} scenes of four bands of 10980 x 10980 uint16 (and twelve assets more each), of eight tiles: one search for one tile, and one for all.
Pages of {a.limit:,} items; chunks of {a.chunk:,} x {a.chunk:,} pixels, of which smaller ones make the client slower and nothing else.

{table(found)}

* server: the microseconds of the access log, from the first byte of a request until its answer is ready;
* transfer: the same requests sent once more and read whole by a plain HTTP client, less what the access log says of these;
* client: the rest, which is to read JSON, to make items of it, and to build the lazy arrays;
* of CPU: the server's share of the processor time of both, which a busy machine changes less.

odc-stac makes one dataset with the tiles of a date side by side; stackstac, which knows no such mosaic, an array for each tile.
"""


def main():
    a = arguments()
    load = os.getloadavg()[0]
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        count = big_catalog.write_scenes(folder / "scenes.ndjson", a.dates)
        subprocess.run([a.bin / "cairn", "ingest", "--quiet", folder / "big.cairn", folder / "scenes.ndjson"], check=True)
        daemon = Daemon(a.bin, folder / "big.cairn", folder / "log")
        try:
            found = list(rows(daemon, a))
        finally:
            daemon.stop()
    text = page(a, load, count, found)
    print(table(found) if a.out else text)
    if a.out:
        a.out.write_text(text)
    worst = max(server / total for _, _, (total, server, *_) in found)
    if worst >= 0.05:
        sys.exit(f"the server's share is {100 * worst:.1f} %, which should be below 5 %")


if __name__ == "__main__":
    main()
