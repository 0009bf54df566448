"""A catalog of an older version that is brought up while the program is killed is wholly one of some version."""

import json
import re
import shutil
import sqlite3
import subprocess
import time

import pytest
from support import BUILD, make_item, run_cairn
from version1 import make_version_1, make_version_2, make_version_3


def make_old(path, items=3000, make=make_version_1):
    source = path.with_suffix(".ndjson")
    with source.open("w") as out:
        for n in range(items):
            item = make_item(f"i{n}", collection=f"c{n % 3}", lon=n % 170, lat=n % 80)
            item["properties"].update({"eo:cloud_cover": n % 101, "title": f"Scene {n}", "platform": f"p{n % 4}"})
            out.write(json.dumps(item) + "\n")
    run_cairn("ingest", path, source, "--quiet")
    make(path)


@pytest.mark.parametrize("version, make", [(1, make_version_1), (2, make_version_2), (3, make_version_3)])
def test_a_kill_leaves_one_version_or_the_other(tmp_path, version, make):
    made, path, seen = tmp_path / "made.cairn", tmp_path / "c.cairn", set()
    make_old(made, make=make)
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
        seen.add(json.loads(read.stdout)["schema_version"] if read.returncode == 0 else version)
        if read.returncode:
            assert re.search(f"has schema version [{version}-3]|interrupted", read.stderr), read.stderr
        run_cairn("optimize", path)
        run_cairn("check", path)
        assert run_cairn("export", path).stdout == exported
    assert version in seen


def leave_hot_journal(path):
    """As a writer leaves it that was killed in its commit: the file has its pages, the journal those from before."""
    db, journal = sqlite3.connect(path, isolation_level=None), path.with_name(path.name + "-journal")
    db.executescript("PRAGMA synchronous=OFF; BEGIN IMMEDIATE; PRAGMA user_version=2; CREATE TABLE unfinished(a)")
    kept = journal.read_bytes()
    db.execute("COMMIT")
    db.close()
    journal.write_bytes(kept)


def test_what_was_not_committed_is_not_believed(tmp_path):
    path = tmp_path / "c.cairn"
    make_old(path, items=30)
    leave_hot_journal(path)
    read = run_cairn("info", path, check=False)
    assert read.returncode != 0
    assert "has schema version 1" in read.stderr
    leave_hot_journal(path)
    run_cairn("optimize", path)
    run_cairn("check", path)


def test_a_version_that_stands_in_the_wal_is_believed(tmp_path):
    path, new, killed = tmp_path / "c.cairn", tmp_path / "new.cairn", tmp_path / "killed.cairn"
    make_old(path, items=30)
    run_cairn("optimize", shutil.copy(path, new))
    db, brought_up = sqlite3.connect(path), sqlite3.connect(new)
    db.executescript("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0")
    brought_up.backup(db)
    for end in ("", "-wal"):
        shutil.copy(f"{path}{end}", f"{killed}{end}")
    assert killed.read_bytes()[60:64] == b"\0\0\0\1"
    run_cairn("optimize", killed)
    run_cairn("check", killed)
