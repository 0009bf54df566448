"""The examples of these pages are run, in order, in one folder, and print what the page says.

```console blocks have commands behind "$ " and what they print (both streams) below; "..." stands for anything, "# exit N" behind a command
for its exit code. ```ndjson NAME and ```json NAME blocks are files. The folder has what the examples of the help texts have.
"""

import os
import re
import shutil
import subprocess

import pytest
from support import BUILD, PATIENCE, ROOT
from test_help import prepared  # noqa: F401: a fixture

PAGES = {"docs/ingest.md": 15, "docs/assets.md": 8, "docs/load-ready.md": 5, "docs/enrich.md": 5}  # and how many commands each has at least
BLOCK = re.compile(r"^```(console|ndjson|json) ?(\S*)\n(.*?)^```$", re.M | re.S)


def commands(text):
    """Pairs of a command and what it is to print."""
    found = []
    for line in text.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append((line[2:].rstrip("\n"), []))
        else:
            found[-1][1].append(line)
    return [(command, "".join(printed)) for command, printed in found]


def pattern_of(printed):
    """A line that is "..." stands for any lines, within a line for anything."""
    lines = [".*\n" if line == "...\n" else re.escape(line).replace(r"\.\.\.", ".*") for line in printed.splitlines(True)]
    return re.compile("".join("(.*\n)*?" if line == ".*\n" else line for line in lines))


def run(command, folder):
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": f"{BUILD}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=10 * PATIENCE,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("page", PAGES)
def test_examples_print_what_the_page_says(page, prepared, tmp_path):  # noqa: F811
    folder = shutil.copytree(prepared, tmp_path / "page")
    folder.joinpath("refused.ndjson").unlink()
    ran = 0
    for kind, name, text in BLOCK.findall((ROOT / page).read_text()):
        if kind != "console":
            folder.joinpath(name).write_text(text)
            continue
        for command, printed in commands(text):
            told = re.search(r"\s+# exit (\d+)$", command)
            code, output = run(command, folder)
            assert code == (int(told.group(1)) if told else 0), f"$ {command}\nexit {code}\n{output}"
            assert pattern_of(printed).fullmatch(output), f"$ {command}\n{output}\nexpected\n{printed}"
            ran += 1
    assert ran > PAGES[page]
