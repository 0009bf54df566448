"""A catalog of version 1 that is brought up while the program is killed is one of version 1, or wholly one of version 2."""

import json
import shutil
import subprocess
import time

from support import BUILD, make_item, run_cairn
from version1 import make_version_1


def make_old(path, items=3000):
    source = path.with_suffix(".ndjson")
    with source.open("w") as out:
        for n in range(items):
            item = make_item(f"i{n}", collection=f"c{n % 3}", lon=n % 170, lat=n % 80)
            item["properties"].update({"eo:cloud_cover": n % 101, "title": f"Scene {n}", "platform": f"p{n % 4}"})
            out.write(json.dumps(item) + "\n")
    run_cairn("ingest", path, source, "--quiet")
    make_version_1(path)


def test_a_kill_leaves_one_version_or_the_other(tmp_path):
    made, path, seen = tmp_path / "made.cairn", tmp_path / "c.cairn", set()
    make_old(made)
    began = time.monotonic()
    run_cairn("optimize", shutil.copy(made, path))
    whole = time.monotonic() - began
    exported = run_cairn("export", path).stdout
    for n in range(8):
        for file in tmp_path.glob("c.cairn*"):
            file.unlink()
        shutil.copy(made, path)
        running = subprocess.Popen([BUILD / "cairn", "optimize", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(whole * (n + 0.5) / 8)
        running.kill()
        running.wait()
        read = run_cairn("info", path, "--format", "json", check=False)
        seen.add(json.loads(read.stdout)["schema_version"] if read.returncode == 0 else 1)
        if read.returncode:
            assert "has schema version 1" in read.stderr or "interrupted" in read.stderr, read.stderr
        run_cairn("optimize", path)
        run_cairn("check", path)
        assert run_cairn("export", path).stdout == exported
    assert 1 in seen
