"""The made data and two catalogs of them, crawled from relative hrefs and served by cairnd.

served     the daemon that serves the catalog serves the files, too (--assets), and writes its own hrefs
relative   the same crawl with --asset-base; another daemon serves it

Hrefs are absolute in both profiles, so what clients make of the source's own words (profile=source) can be told from what
they make of the load-ready form.
"""

import pathlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import data_maker
from support import Server, run_cairn


@dataclass
class World:
    folder: pathlib.Path  # with data/ and catalog.json of relative hrefs
    files: str  # URL of the folder, a slash at its end
    catalog: pathlib.Path  # of `relative`
    served: str  # root URLs of the APIs
    relative: str


@contextmanager
def running(catalog, *flags):
    server = Server(catalog, *flags)
    try:
        yield server.url
    finally:
        code, _, errors = server.stop()
    assert code == 0, errors


@contextmanager
def made_world(folder):
    made, catalog = folder / "made", folder / "relative.cairn"
    data_maker.write_files(made)
    data_maker.write_catalog(made)
    run_cairn("ingest", folder / "served.cairn", made / "catalog.json", "--quiet")
    with ExitStack() as stack:
        served = stack.enter_context(running(folder / "served.cairn", "--assets", f"/files/={made}"))
        files = f"{served}files/"
        data_maker.write_references(made, files)
        run_cairn("ingest", catalog, made / "catalog.json", "--asset-base", files, "--quiet")
        relative = stack.enter_context(running(catalog))
        yield World(made, files, catalog, served, relative)
