"""Flags, environment, configuration file: one meaning, one order, and errors that help."""

import pathlib
import subprocess

import pytest
from small import tiny  # noqa: F401
from support import BUILD, ROOT
from test_signals import run_cairnd


def fails(*args, env=None):
    done = run_cairnd(*args, env=env)
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert "try 'cairnd --help'" in done.stderr
    return done.stderr.splitlines()[0]


def test_help_and_version():
    done = run_cairnd("--help")
    assert done.returncode == 0 and done.stderr == ""
    assert "--trust-proxy CIDR" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines() if line.startswith("   ")) <= 80
    assert run_cairnd("-h").stdout == done.stdout
    done = run_cairnd("--version")
    assert done.stdout.startswith("cairnd ") and "SQLite" in done.stdout and "libmicrohttpd" in done.stdout


def test_the_documented_table_is_the_table():
    done = run_cairnd("--help=markdown")
    assert (ROOT / "docs" / "cairnd.md").read_text() == done.stdout, "run: cairnd --help=markdown > docs/cairnd.md"


@pytest.mark.parametrize(
    "args, message",
    [
        (["--catlog", "x"], "unknown flag '--catlog', did you mean --catalog?"),
        (["--catlog=x"], "unknown flag '--catlog', did you mean --catalog?"),
        (["--zzzzzzzzzzzz"], "unknown flag '--zzzzzzzzzzzz'"),
        (["x.cairn"], "unexpected argument 'x.cairn', did you mean --catalog x.cairn?"),
        (["-x"], "unexpected argument '-x', expected flags"),
        (["--"], "unexpected argument '--'"),
        (["--catalog"], "--catalog: expected FILE behind it"),
        ([], "--catalog FILE is missing"),
        (["--catalog", ""], "--catalog: expected FILE, found nothing"),
        (["--listen", "localhost:80"], "--listen: expected ADDRESS:PORT"),
        (["--listen", "127.0.0.1"], "--listen: expected ADDRESS:PORT"),
        (["--listen", "127.0.0.1:65536"], "--listen: expected ADDRESS:PORT"),
        (["--listen", "::1:80"], "--listen: expected ADDRESS:PORT"),
        (["--listen", "[127.0.0.1]:80"], "--listen: expected ADDRESS:PORT"),
        (["--listen", ":80"], "--listen: expected ADDRESS:PORT"),
        (["--base-url", "example.org"], "--base-url: expected a URL"),
        (["--base-url", "ftp://example.org"], "--base-url: expected a URL"),
        (["--base-url", "https://"], "--base-url: expected a URL"),
        (["--base-url", "https://a b/"], "--base-url: expected a URL"),
        (["--base-url", "https://a/x?y"], "--base-url: expected a URL"),
        (["--trust-proxy", "10.0.0.1/8"], "--trust-proxy: the address of network '10.0.0.1/8' has bits set"),
        (["--trust-proxy", "10.0.0.0/33"], "--trust-proxy: expected a prefix length of 0 to 32"),
        (["--trust-proxy", "proxy.example"], "--trust-proxy: expected an address or a network"),
        (["--trust-proxy", "::1", "--trust-proxy", "x"], "--trust-proxy: expected an address or a network"),
        (["--max-limit", "0"], "--max-limit: expected a number of 1 to 1000000, found '0'"),
        (["--max-limit", "-1"], "--max-limit: expected a number"),
        (["--max-limit", "1k"], "--max-limit: expected a number"),
        (["--max-limit", "99999999999999999999"], "--max-limit: expected a number"),
        (["--max-body-bytes", "10X"], "--max-body-bytes: expected bytes"),
        (["--request-timeout", "0"], "--request-timeout: expected a time"),
        (["--request-timeout", "2 days"], "--request-timeout: expected a time"),
        (["--unknown-params", "maybe"], "--unknown-params: expected error or ignore, found 'maybe'"),
        (["--log-level", "loud"], "--log-level: expected error, warn, info or debug, found 'loud'"),
        (["--access-log=perhaps"], "--access-log: expected true or false, found 'perhaps'"),
    ],
)
def test_bad_flags(args, message):
    first = fails(*args)
    assert first.startswith(f"cairnd: {message}"), first


@pytest.mark.parametrize(
    "env, message",
    [
        ({"CAIRND_LISTN": "x"}, "unknown environment variable 'CAIRND_LISTN', did you mean CAIRND_LISTEN?"),
        ({"CAIRND_HELP": "1"}, "unknown environment variable 'CAIRND_HELP'"),
        ({"CAIRND_MAX_LIMIT": "x"}, "CAIRND_MAX_LIMIT: expected a number"),
    ],
)
def test_bad_environment(env, message):
    assert fails("--catalog", "x", env=env).startswith(f"cairnd: {message}")


def test_variables_of_orchestrators_are_passed_over(tmp_path):
    env = {"CAIRND_SERVICE_HOST": "10.0.0.1", "CAIRND_PORT": "tcp://10.0.0.1:80", "CAIRND_PORT_80_TCP": "x", "CAIRND_TITLE": ""}
    done = run_cairnd("--catalog", tmp_path / "none", env=env)
    assert done.returncode == 1 and "none" in done.stderr


@pytest.mark.parametrize(
    "text, message",
    [
        ("listn = x", "file.ini:1: unknown key 'listn', did you mean listen?"),
        ("\n# c\nmax-limit: 0\n", "file.ini: max-limit: expected a number"),
        ("[other]\nlisten = x\n", "file.ini:2: section 'other': expected [cairnd] or none"),
        ("title = a\ntitle = b\n", "file.ini:2: title: given a second time"),
        ("title = a\nnonsense\n", "file.ini:2: expected key = value"),
        ("title = " + "a" * 300 + "\n", "file.ini:1: expected a line of at most"),
        ("config = x\n", "file.ini:1: unknown key 'config'"),
        ("help = yes\n", "file.ini:1: unknown key 'help'"),
    ],
)
def test_bad_files(tmp_path, text, message):
    (tmp_path / "file.ini").write_text(text)
    first = fails("--config", tmp_path / "file.ini", "--catalog", "x")
    assert first.startswith(f"cairnd: {tmp_path}/{message}"), first


def test_missing_file(tmp_path):
    done = run_cairnd("--config", tmp_path / "none.ini", "--catalog", "x")
    assert done.returncode == 1 and "none.ini: No such file" in done.stderr


def title_of(daemon):
    import json
    import urllib.request

    return json.load(urllib.request.urlopen(daemon.url))


def test_flag_beats_environment_beats_file(start_server, tiny, tmp_path):
    config = tmp_path / "cairnd.ini"
    config.write_text(
        "# a comment\n[cairnd]\ntitle = From the file\nid = from-file\ndescription = A long text\n"
        "   that goes on here\n\taccording to the file\naccess-log = true\ntrust-proxy = 10.0.0.0/8\ntrust-proxy = 192.168.0.0/16\n"
    )
    daemon = start_server(tiny, "--config", config)
    page = title_of(daemon)
    assert (page["title"], page["id"]) == ("From the file", "from-file")
    assert page["description"] == "A long text that goes on here according to the file"
    assert "access: GET / 200" in daemon.errors()
    env = {"CAIRND_CONFIG": str(config), "CAIRND_TITLE": "From the environment", "CAIRND_ID": "from-env", "CAIRND_ACCESS_LOG": "off"}
    daemon = start_server(tiny, env=env)
    page = title_of(daemon)
    assert (page["title"], page["id"]) == ("From the environment", "from-env")
    assert "access:" not in daemon.errors()
    daemon = start_server(tiny, "--title", "first", "--title=From the flag", env=env)
    page = title_of(daemon)
    assert (page["title"], page["id"]) == ("From the flag", "from-env")


def test_examples_of_the_help_parse(tmp_path):
    """The lines that begin with $ are good usage: only their catalog is missing."""
    lines = [line.strip()[2:] for line in run_cairnd("--help").stdout.splitlines() if line.startswith("  $ ")]
    assert len(lines) >= 4
    for line in lines:
        command = line.replace("cairnd ", f"{BUILD / 'cairnd'} ", 1)
        done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=tmp_path, timeout=30)
        assert done.returncode == 1 and "there is no such catalog" in done.stderr, (line, done.stderr)


