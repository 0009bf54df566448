"""How commands fail: files that are no catalogs, locks, permissions, full disks, readers that leave."""

import os
import shutil
import subprocess
import sys
import time

import pytest
from support import BUILD, PATIENCE, alone, wait_until
from things import ALL, damage, ids

READING = [
    ["search"],
    ["get", "things", "a"],
    ["info"],
    ["check"],
    ["export"],
]
WRITING = [["delete", "things", "a"], ["optimize"]]


def with_catalog(command, path):
    return [command[0], path, *command[1:]]


@pytest.mark.parametrize("command", READING + WRITING, ids=lambda c: c[0])
def test_no_such_catalog(cairn, tmp_path, command):
    path = tmp_path / "none.cairn"
    done = cairn(*with_catalog(command, path), check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"cairn {command[0]}: ") and str(path) in done.stderr
    assert "cairn ingest" in done.stderr or "cairn init" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", READING + WRITING, ids=lambda c: c[0])
@pytest.mark.parametrize("content", ["empty", "text", "sqlite", "folder"])
def test_not_a_catalog(cairn, tmp_path, command, content):
    path = tmp_path / "what.cairn"
    if content == "folder":
        path.mkdir()
    elif content == "sqlite":
        damage(path, "create table t(x)")
    else:
        path.write_text("" if content == "empty" else '{"type": "FeatureCollection"}\n' * 100)
    before = None if content == "folder" else path.read_bytes()
    done = cairn(*with_catalog(command, path), check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"cairn {command[0]}: ") and str(path) in done.stderr
    assert content == "folder" or path.read_bytes() == before
    assert alone(path)


@pytest.mark.parametrize("command", READING + WRITING, ids=lambda c: c[0])
def test_newer_schema(cairn, things, command):
    damage(things, "pragma user_version = 4711")
    before = things.read_bytes()
    done = cairn(*with_catalog(command, things), check=False)
    assert done.returncode == 1
    assert "4711" in done.stderr and "newer" in done.stderr
    assert things.read_bytes() == before


def unprivileged():
    """What makes file permissions count when the tests run as root."""
    return {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}


def reachable(path):
    """Opens the folders above for others, which pytest keeps private."""
    for folder in path.parents:
        if folder.stat().st_uid == os.geteuid() and len(folder.parts) > 2:
            folder.chmod(folder.stat().st_mode | 0o055)


@pytest.fixture
def read_only(things):
    """The catalog without write permission on file and folder, and beside it the program, which others may not reach."""
    reachable(things)
    shutil.copy(BUILD / "cairn", things.parent)
    things.chmod(0o444)
    things.parent.chmod(0o555)
    yield things
    things.parent.chmod(0o755)


def run_unprivileged(command, catalog, *flags):
    args = [str(arg) for arg in (catalog.parent / "cairn", *with_catalog(command, catalog), *flags)]
    return subprocess.run(args, capture_output=True, text=True, timeout=PATIENCE, cwd="/", **unprivileged())


@pytest.mark.parametrize("command", READING, ids=lambda c: c[0])
def test_reading_needs_no_write_permission(cairn, read_only, command):
    expected = cairn(*with_catalog(command, read_only)).stdout
    done = run_unprivileged(command, read_only)
    assert (done.returncode, done.stdout) == (0, expected), done.stderr


@pytest.mark.parametrize("command", READING, ids=lambda c: c[0])
def test_reading_without_locks(cairn, read_only, command):
    expected = cairn(*with_catalog(command, read_only)).stdout
    done = run_unprivileged(command, read_only, "--immutable")
    assert (done.returncode, done.stdout) == (0, expected), done.stderr


@pytest.mark.parametrize("command", WRITING, ids=lambda c: c[0])
def test_writing_without_permission_is_told(read_only, command):
    before = read_only.read_bytes()
    done = run_unprivileged(command, read_only)
    assert done.returncode == 1
    assert done.stderr.startswith(f"cairn {command[0]}: ") and "ermission" in done.stderr
    assert read_only.read_bytes() == before


@pytest.fixture
def writer(things):
    """A `cairn delete` that holds the write lock and waits for ids on its standard input."""
    process = subprocess.Popen(
        [str(BUILD / "cairn"), "delete", str(things), "things", "--ids-from", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    lock = things.parent / (things.name + ".lock")
    wait_until(lambda: lock.exists() and lock.stat().st_size)
    yield process
    if process.poll() is None:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("command", WRITING, ids=lambda c: c[0])
def test_a_second_writer_says_who_holds_the_lock(cairn, things, writer, command):
    done = cairn(*with_catalog(command, things), "--wait", "0", check=False)
    assert done.returncode == 1
    assert "cairn delete" in done.stderr and str(writer.pid) in done.stderr


def test_a_second_writer_waits(cairn, things, writer):
    second = subprocess.Popen(
        [str(BUILD / "cairn"), "delete", str(things), "things", "b"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    time.sleep(0.5)
    assert second.poll() is None
    out, _ = writer.communicate("a\n", timeout=PATIENCE)
    assert out == "deleted 1, not found 0\n"
    out, errors = second.communicate(timeout=PATIENCE)
    assert (second.returncode, out) == (0, "deleted 1, not found 0\n"), errors
    assert ids(things) == [pair for pair in ALL if pair not in [("things", "a"), ("things", "b")]]
    assert alone(things)


@pytest.mark.parametrize("command", READING, ids=lambda c: c[0])
def test_reading_while_somebody_writes(cairn, things, writer, command):
    done = cairn(*with_catalog(command, things))
    assert done.returncode == 0
    writer.communicate("", timeout=PATIENCE)
    assert writer.returncode == 0
    assert alone(things)


@pytest.mark.parametrize("milliseconds", [0, 1, 3, 10, 30, 100, 300])
def test_a_killed_writer_leaves_nothing_behind(cairn, things, writer, milliseconds):
    time.sleep(milliseconds / 1000)
    writer.kill()
    writer.communicate()
    assert ids(things) == ALL
    cairn("check", things)
    assert cairn("delete", things, "things", "a").stdout == "deleted 1, not found 0\n"
    assert alone(things)


# Dies in the middle of a transaction in rollback mode, with parts of it in the file already.
DIE_IN_ROLLBACK_MODE = """
import os, signal, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("pragma cache_size = 1")
db.execute("begin immediate")
db.execute("update item_body set body = randomblob(100000)")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("command", READING, ids=lambda c: c[0])
def test_a_hot_journal_is_played_back(cairn, things, command):
    expected = cairn(*with_catalog(command, things)).stdout
    before = things.read_bytes()
    subprocess.run([sys.executable, "-c", DIE_IN_ROLLBACK_MODE, things], check=False)
    assert things.read_bytes() != before and things.with_name(things.name + "-journal").stat().st_size > 0
    assert cairn(*with_catalog(command, things)).stdout == expected
    assert alone(things)


@pytest.mark.parametrize(
    "command", [["search"], ["search", "--format", "geojson"], ["get", "things", "a"], ["info"], ["check"], ["export"]], ids=" ".join
)
def test_a_full_disk_is_told(things, command):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [str(BUILD / "cairn"), *map(str, with_catalog(command, things))], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 1
    assert "cannot write to standard output: No space left on device" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [["--help"], ["--version"], ["help", "search"]], ids=" ".join)
def test_a_full_disk_is_told_by_help_too(command):
    with open("/dev/full", "w") as full:
        done = subprocess.run([str(BUILD / "cairn"), *command], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert done.stderr == "cairn: cannot write to standard output: No space left on device\n"


def test_nobody_reads_any_more(make_catalog, item):
    path = make_catalog([item(str(i), title="x" * 1000) for i in range(3000)])
    process = subprocess.Popen(
        [str(BUILD / "cairn"), "export", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(timeout=PATIENCE) == 141
    assert alone(path)


def test_a_long_listing_needs_little_memory(make_catalog, item):
    """60 MB of items are printed in far less address space than that, page by page."""
    path = make_catalog([item(str(i), filler="".join(f"{i * k:x}" for k in range(1, 400))) for i in range(20000)])
    command = f"ulimit -v 400000; exec {BUILD / 'cairn'} search {path} --format ndjson | wc -c"
    if "asan" in str(BUILD) or "tsan" in str(BUILD):
        pytest.skip("sanitizers reserve address space of their own")
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=10 * PATIENCE)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 40_000_000
