"""How the examples get a server: cairn indexes a folder, cairnd serves it on this machine for as long as Python runs."""

import atexit
import pathlib
import shutil
import subprocess
import tempfile


def program(name):
    """Where cairn or cairnd is: on the PATH, or in the build of this clone that scripts/quickstart makes."""
    built = pathlib.Path(__file__).resolve().parent.parent / "build" / "release" / name
    found = shutil.which(name) or (str(built) if built.exists() else None)
    if not found:
        raise FileNotFoundError(f"{name} is neither on the PATH nor in build/release: run scripts/quickstart --once first")
    return found


def index(folder):
    """Indexes every STAC document in the folder, into a new catalog file, and returns its path."""
    catalog = pathlib.Path(tempfile.mkdtemp(prefix="cairn-example-")) / "example.cairn"
    atexit.register(shutil.rmtree, catalog.parent, ignore_errors=True)
    subprocess.run([program("cairn"), "ingest", catalog, folder, "--quiet"], check=True)
    return catalog


def serve(catalog, folder):
    """Serves the catalog, and the data files in the folder under /data/, at a free port; returns the URL of the API."""
    command = [program("cairnd"), "--catalog", catalog, "--listen", "127.0.0.1:0", "--assets", f"/data/={folder}",
               "--log-level", "error"]
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    atexit.register(daemon.wait)  # the last registered runs first: terminate, then wait
    atexit.register(daemon.terminate)
    url = daemon.stdout.readline().strip()  # the first line that cairnd prints is its URL
    if not url:
        raise RuntimeError(f"cairnd did not start, exit code {daemon.wait()}")
    return url
