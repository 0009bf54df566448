"""A few kills for every test run; scripts/kill9 makes a hundred."""

import subprocess
import sys

from support import BUILD, ROOT


def test_kill9(tmp_path):
    script = ROOT / "tests" / "fault" / "kill9.py"
    flags = ["--kills", "5", "--items", "1000", "--cairn", BUILD / "cairn", "--work", tmp_path]
    done = subprocess.run([sys.executable, script, *map(str, flags)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
