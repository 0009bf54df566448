"""The program as a whole: help, versions, usage errors."""

import re

import pytest

COMMANDS = [
    "init",
    "ingest",
    "search",
    "get",
    "delete",
    "info",
    "check",
    "optimize",
    "export",
    "validate",
    "version",
]


def test_overview_lists_every_command(cairn):
    out = cairn("--help").stdout
    for name in COMMANDS:
        assert re.search(rf"^  {name} +\w", out, re.M), name
    assert cairn("help").stdout == out


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_each_command(cairn, name):
    out = cairn(name, "--help").stdout
    assert out.startswith(f"Usage: cairn {name}")
    assert "\nExamples:\n  $ " in out
    assert cairn("help", name).stdout == out
    assert cairn(name, "-h").stdout == out


def test_without_a_command(cairn):
    done = cairn(check=False)
    assert done.returncode == 2
    assert done.stdout == "" and "Usage: cairn COMMAND" in done.stderr


def test_unknown_command_names_the_nearest(cairn):
    done = cairn("xearch", check=False)
    assert done.returncode == 2
    assert done.stderr == "cairn: unknown command 'xearch': did you mean 'search'?\ncairn: try 'cairn --help'\n"
    assert "did you mean" not in cairn("xyzzy-plugh", check=False).stderr
    assert cairn("help", "xearch", check=False).returncode == 2


@pytest.mark.parametrize("name", COMMANDS)
def test_unknown_option(cairn, name):
    done = cairn(name, "--hlep", check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert lines[0] == f"cairn {name}: unknown option '--hlep': did you mean '--help'?"
    assert lines[-1] == f"cairn {name}: try 'cairn {name} --help'"


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "version"])
def test_missing_operand(cairn, name):
    done = cairn(name, check=False)
    assert done.returncode == 2
    assert f"cairn {name}: try 'cairn {name} --help'" in done.stderr


def test_version(cairn):
    out = cairn("--version").stdout
    assert re.match(r"cairn \d+\.\d+\.\d+ \([0-9a-z-]+\)\n", out)
    for library in ["SQLite 3", "GEOS 3", "PROJ ", "libmicrohttpd "]:
        assert re.search(rf"^{library}[ .\d]*\d", out, re.M), library
    assert cairn("version").stdout == out == cairn("-V").stdout
