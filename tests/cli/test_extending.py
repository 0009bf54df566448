"""docs/extending.md is walked through: the JSON descriptor with the programs as they are built, the C file in a copy of the sources."""

import json
import os
import re
import shutil
import subprocess
import urllib.request

import pytest
from support import BUILD, PATIENCE, ROOT, Server
from test_docs import commands, pattern_of, run

PAGE = ROOT / "docs" / "extending.md"
BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.M | re.S)
SOURCES = ["CMakeLists.txt", "CMakePresets.json", "cmake", "lib", "indexer", "server", "schema", "openapi.yaml", "scripts", "docs"]
TESTS = ["CMakeLists.txt", "unit", "tools"]


def blocks():
    return BLOCK.findall(PAGE.read_text())


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A folder with the files of the page, in which its commands were run; they print what it says."""
    folder = tmp_path_factory.mktemp("extending")
    ran = 0
    for kind, name, text in blocks():
        if kind in ("json", "ndjson") and "." in name:
            folder.joinpath(name).write_text(text)
        for command, printed in commands(text) if kind == "console" else []:
            told = re.search(r"\s+# exit (\d+)$", command)
            code, output = run(command, folder)
            assert code == (int(told.group(1)) if told else 0), f"$ {command}\nexit {code}\n{output}"
            assert pattern_of(printed).fullmatch(output), f"$ {command}\n{output}\nexpected\n{printed}"
            ran += 1
    assert ran > 5
    return folder


def test_the_queryables_are_what_the_page_says(told):
    (excerpt,) = [json.loads(text) for kind, name, text in blocks() if (kind, name) == ("json", "queryables")]
    server = Server(told / "waves.cairn", "--extensions", told / "wave.json")
    try:
        with urllib.request.urlopen(server.url + "queryables", timeout=PATIENCE) as answer:
            served = json.load(answer)["properties"]
    finally:
        code, _, errors = server.stop()
    assert code == 0, errors
    assert len(excerpt) == 3
    for name, wanted in excerpt.items():
        assert {key: served[name].get(key) for key in wanted} == wanted


def test_a_daemon_does_not_start_with_a_wrong_descriptor(told):
    done = subprocess.run(
        [BUILD / "cairnd", "--catalog", told / "waves.cairn", "--listen", "127.0.0.1:0"],
        env={**os.environ, "CAIRN_EXTENSIONS": str(told / "wrong.json")},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 1
    assert "wrong.json: /fields/0/type: expected" in done.stderr
    assert done.stdout == ""


def copy_sources(folder):
    """What the build needs; of the tests, the C programs."""
    for name in SOURCES:
        path = ROOT / name
        (shutil.copytree if path.is_dir() else shutil.copy)(path, folder / name)
    for name in TESTS:
        path = ROOT / "tests" / name
        (shutil.copytree if path.is_dir() else shutil.copy)(path, folder / "tests" / name)


@pytest.mark.skipif(not (shutil.which("cmake") and shutil.which("ninja")), reason="cmake and ninja are not installed")
def test_a_file_in_c_is_all_that_is_added(tmp_path):
    folder = tmp_path / "cairn"
    folder.mkdir()
    (folder / "tests" / "data").mkdir(parents=True)
    copy_sources(folder)
    ((name, text),) = [(name, text) for kind, name, text in blocks() if kind == "c"]
    folder.joinpath(name).write_text(text)
    ((script),) = [text for kind, name, text in blocks() if (kind, name) == ("sh", "build")]
    here = {name: value for name, value in os.environ.items() if name != "CAIRN_BUILD"}
    done = subprocess.run(
        ["sh", "-e", "-x"], input=script, cwd=folder, env=here, capture_output=True, text=True, timeout=20 * PATIENCE
    )
    assert done.returncode == 0, done.stdout + done.stderr
    page = folder.joinpath("docs", "fields.md").read_text()
    assert "| `wave:height` | number | Significant wave height | m | yes | yes | `wave_height` |" in page
    before = ROOT.joinpath("docs", "fields.md").read_text().splitlines()
    assert set(before) <= set(page.splitlines())


def test_fields_md_is_up_to_date():
    done = subprocess.run(
        [ROOT / "scripts" / "docs-fields", "--check"], env={**os.environ, "CAIRN_BUILD": str(BUILD)}, capture_output=True, text=True
    )
    assert done.returncode == 0, f"run scripts/docs-fields and commit docs/fields.md\n{done.stdout}{done.stderr}"
