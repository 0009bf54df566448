"""Every notebook of examples/ runs from top to bottom, its assertions hold, and it prints what is stored in it."""

import json
import os
import sys

import pytest
from support import BUILD, ROOT

EXAMPLES = ROOT / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))
sys.path.insert(0, str(EXAMPLES))

import run_notebooks  # noqa: E402: stands in examples/


@pytest.fixture(autouse=True)
def programs_of_the_build(monkeypatch):
    monkeypatch.setenv("PATH", f"{BUILD}{os.pathsep}{os.environ['PATH']}")


def code_of(path):
    return ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_and_prints_what_is_stored(path):
    assert run_notebooks.run(path) == ""


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_begins_with_a_question_and_can_fail(path):
    first = json.loads(path.read_text())["cells"][0]
    assert first["cell_type"] == "markdown" and "**The question: " in "".join(first["source"])
    assert sum(code.count("\nassert ") for code in code_of(path)) >= 3
    assert path.stat().st_size < 30_000, "stored outputs are to be short"


def test_all_are_listed():
    readme = (EXAMPLES / "README.md").read_text()
    assert NOTEBOOKS and [path.name for path in NOTEBOOKS if path.name not in readme] == []


def test_a_changed_text_and_a_failing_cell_are_told(tmp_path):
    import nbformat

    good = nbformat.v4.new_code_cell("print(6 * 7)", outputs=[nbformat.v4.new_output("stream", name="stdout", text="41\n")])
    bad = nbformat.v4.new_code_cell("assert 6 * 7 == 41")
    for name, cell in (("changed.ipynb", good), ("fails.ipynb", bad)):
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / name)
    assert "prints\n42\nbut stored is\n41" in run_notebooks.run(tmp_path / "changed.ipynb")
    assert "AssertionError" in run_notebooks.run(tmp_path / "fails.ipynb")


def test_data_is_the_same_on_every_run(tmp_path):
    import make_data

    for name in ("one", "two"):
        make_data.buoys(tmp_path / name)
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).rglob("*.csv")} for name in ("one", "two"))
    assert len(one) == 24 and one == two
