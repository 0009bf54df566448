"""stac-fastapi-pgstac (on a PostgreSQL of its own) and rustac, beside which Cairn is measured. Python packages: scripts/venv peers."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from machine import Ended
from programs import free_port, stop, wait_for

# As one would set up a server of 20 GB for reading; commits stay durable.
SETTINGS = {"shared_buffers": "2GB", "effective_cache_size": "8GB", "work_mem": "64MB", "maintenance_work_mem": "512MB",
            "max_wal_size": "4GB", "random_page_cost": "1.1", "jit": "off", "listen_addresses": "127.0.0.1"}


def postgres_folder():
    """Where the newest PostgreSQL has its programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    if not found:
        raise RuntimeError("no PostgreSQL: apt-get install postgresql-15 postgresql-15-postgis-3")
    return found[-1].parent


class Postgres:
    """A cluster in a folder of its own, that is removed at the end. PostgreSQL refuses to run as root: then it is `postgres`."""

    def __init__(self):
        self.programs, self.port = postgres_folder(), free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="cairn-bench-pg-"))
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.user:
            shutil.chown(self.folder, "postgres")
        self.run("initdb", "-D", self.folder / "data", "-U", "bench", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
        options = [f"-c{k}={v}" for k, v in SETTINGS.items()]
        command = [*self.user, self.programs / "postgres", "-D", self.folder / "data", "-p", self.port, "-k", self.folder, *options]
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log, cwd="/")
        self.environment = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "bench", "PGPASSWORD": "bench",
                            "PGDATABASE": "postgis"}
        self.wait()

    def run(self, program, *words):
        subprocess.run([*self.user, self.programs / program, *map(str, words)], check=True, stdout=subprocess.DEVNULL, cwd="/")

    def wait(self):
        import time

        for _ in range(200):
            ready = subprocess.run([self.programs / "pg_isready", "-h", "127.0.0.1", "-p", str(self.port)], capture_output=True)
            if ready.returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()}")

    def sql(self, text, database="postgis"):
        out = subprocess.run([self.programs / "psql", "-XAtq", "-h", "127.0.0.1", "-p", str(self.port), "-U", "bench", "-d", database,
                              "-c", text], check=True, capture_output=True, text=True, cwd="/")  # fmt: skip
        return out.stdout.strip()

    def stop(self):
        # `runuser` is the parent; a fast shutdown goes to the server itself.
        subprocess.run([*self.user, self.programs / "pg_ctl", "-D", self.folder / "data", "-m", "fast", "-w", "stop"],
                       capture_output=True, cwd="/")  # fmt: skip
        stop(self.process)
        shutil.rmtree(self.folder)


class Pgstac:
    """pgstac in a Postgres, and stac-fastapi-pgstac with two workers. `load` has what the loading of the items took."""

    name = "pgstac"

    def __init__(self, venv, collections, items, log):
        self.venv, self.log = Path(venv) / "bin", log
        self.api = None
        self.postgres = Postgres()
        try:
            self.environment = {**os.environ, **self.postgres.environment}
            self.postgres.sql("CREATE DATABASE postgis", "postgres")
            self.postgres.sql("CREATE EXTENSION postgis; CREATE EXTENSION btree_gist; CREATE EXTENSION unaccent")
            self.pypgstac("migrate")
            self.pypgstac("load", "collections", collections, "--method", "insert")
            self.load = self.pypgstac("load", "items", items, "--method", "insert")
            self.postgres.sql("VACUUM ANALYZE")
            self.size = int(self.postgres.sql("SELECT pg_database_size('postgis')"))
            self.start()
        except BaseException:
            self.stop()
            raise

    def pypgstac(self, *words):
        done = Ended([self.venv / "pypgstac", *words], env=self.environment, stdout=self.log, stderr=self.log)
        if done.code:
            raise RuntimeError(f"pypgstac {' '.join(map(str, words))}: exit {done.code}; see {self.log.name}")
        return done

    def start(self):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.api = subprocess.Popen(
            [self.venv / "uvicorn", "stac_fastapi.pgstac.app:create_app", "--factory", "--workers", "2", "--no-access-log",
             "--log-level", "error", "--port", str(port)], env=self.environment, stdout=self.log, stderr=self.log)  # fmt: skip
        self.pids = [self.api.pid, self.postgres.process.pid]
        wait_for(f"{self.url}/", self.api)

    def body(self, query):
        """The query as this server wants it: it counts only when it is asked to."""
        if query["name"] == "count" and query["body"]:
            return {**query, "body": {**query["body"], "conf": {"context": "on"}}}
        return query

    def stop(self):
        if self.api:
            stop(self.api)
        self.postgres.stop()


class Rustac:
    """rustac with its memory backend, its quickest."""

    name = "rustac"

    def __init__(self, venv, items, log):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = [Path(venv) / "bin" / "rustac", "serve", "--use-duckdb", "false", "--create-collections", "--addr",
                   f"127.0.0.1:{port}", items]  # fmt: skip
        self.process = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log)
        self.pids = [self.process.pid]
        try:
            wait_for(f"{self.url}/", self.process, 1800)
        except BaseException:
            self.stop()
            raise

    def body(self, query):
        return query

    def stop(self):
        stop(self.process)


def parquet(venv, items, out, log):
    """`rustac translate` of NDJSON to stac-geoparquet: what it took, or None when rustac refused the items."""
    done = Ended([Path(venv) / "bin" / "rustac", "translate", items, out], stdout=log, stderr=log)
    return None if done.code else done


def parquet_by_collection(venv, items, taken, folder, log):
    """The same, a file for each collection: a table has one schema, which items from all over the world have not. Those that
    rustac writes go to `taken`, so that Cairn can be given the same. (bytes, seconds, items)."""
    parts = {}
    with open(items) as lines:
        for line in lines:
            item = json.loads(line)
            if "collection" in item:
                parts.setdefault(item["collection"], []).append(json.dumps(item))
    size = seconds = count = 0
    source, target = folder / "part.ndjson", folder / "part.parquet"
    with open(taken, "w") as out:
        for part in parts.values():
            source.write_text("\n".join(part) + "\n")
            target.unlink(missing_ok=True)
            if done := parquet(venv, source, target, log):
                out.write(source.read_text())
                size, seconds, count = size + target.stat().st_size, seconds + done.seconds, count + len(part)
    source.unlink()
    return size, seconds, count
