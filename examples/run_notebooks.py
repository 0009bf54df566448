"""Runs notebooks from top to bottom, each in a fresh kernel; examples/run calls it with all that it needs.

    examples/run [--write] [NOTEBOOK]...

Without names it runs all of this folder. A cell that fails, and a text that a cell prints otherwise than is stored,
end it with exit code 1. --write stores what the cells print instead of comparing it.
"""

import pathlib
import re
import sys
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

FOLDER = pathlib.Path(__file__).resolve().parent


def printed(cell):
    """What a cell prints to standard output: the only output that is stored. Warnings and progress are not."""
    outputs = cell.get("outputs", [])
    return "".join(out["text"] for out in outputs if out["output_type"] == "stream" and out["name"] == "stdout")


def execute(notebook, seconds=300):
    """Runs all cells of a notebook in the folder of the examples; a cell may take so many seconds."""
    NotebookClient(notebook, timeout=seconds, kernel_name="python3",
                   resources={"metadata": {"path": str(FOLDER)}}).execute()


def differences(stored, ran):
    """Lines that say which cell prints what, where it was stored otherwise."""
    cells = [(old, new) for old, new in zip(stored.cells, ran.cells, strict=True) if old.cell_type == "code"]
    return [
        f"cell {number} of the code prints\n{printed(new)}but stored is\n{printed(old)}"
        for number, (old, new) in enumerate(cells, 1)
        if printed(old) != printed(new)
    ]


def keep_printed(notebook):
    """Leaves of each cell's outputs what it printed, so that a stored notebook is small and the same on every run."""
    number = 0
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            number += 1
            text = printed(cell)
            cell.execution_count = number
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)] if text else []
    notebook.metadata = {key: notebook.metadata[key] for key in ("kernelspec",)}


def run(path, write=False):
    """Runs one notebook; returns what is wrong with it, or an empty text."""
    stored = nbformat.read(path, as_version=4)
    ran = nbformat.read(path, as_version=4)
    try:
        execute(ran)
    except CellExecutionError as failure:
        return re.sub(r"\x1b\[[0-9;]*m", "", str(failure))  # without colours
    if write:
        keep_printed(ran)
        nbformat.write(ran, path)
        return ""
    return "\n".join(differences(stored, ran))


def main(arguments):
    write = "--write" in arguments
    names = [name for name in arguments if name != "--write"]
    paths = [pathlib.Path(name) for name in names] or sorted(FOLDER.glob("*.ipynb"))
    wrong = 0
    for path in paths:
        start = time.monotonic()
        message = run(path, write)
        wrong += bool(message)
        print(f"{path.name}: {'failed' if message else 'ok'}, {time.monotonic() - start:.0f} s", flush=True)
        if message:
            print(message, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
