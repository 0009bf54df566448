"""The examples in the help of each command do what they say, and docs/cli.md is what the program says of itself."""

import json
import os
import re
import shutil
import subprocess

import pytest
from support import BUILD, PATIENCE, ROOT, make_item, run_cairn

DEMO = [
    make_item("LC08_195028_20200504", collection="landsat", lon=7.4, lat=46.9, datetime="2020-05-04T10:10:04Z"),
    make_item("LC08_195027_20190115", collection="landsat", lon=7.9, lat=48.3, datetime="2019-01-15T10:10:18Z"),
    make_item("LC08_195028_20180915", collection="landsat", lon=6.1, lat=46.2, datetime="2018-09-15T10:09:51Z"),
    make_item("S2A_01KAB_20210101", collection="sentinel-2", lon=179.8, lat=-17.5, datetime="2021-01-01T22:24:41Z"),
]

for number, item in enumerate(DEMO):
    item["properties"].update({"eo:cloud_cover": 5 + 10 * number, "platform": item["collection"] + "-8", "title": "Sea ice"})
    # In the words that all clients read, so that `cairn doctor` has nothing to find.
    item["stac_extensions"] = ["https://stac-extensions.github.io/projection/v1.2.0/schema.json"]
    item["properties"].update({"proj:epsg": 32632, "proj:code": "EPSG:32632", "proj:shape": [7800, 7700]})
    item["properties"].update({"proj:bbox": [300000, 5200000, 531000, 5434000], "proj:transform": [30, 0, 300000, 0, -30, 5434000]})
    item["assets"] = {
        "red": {
            "href": f"https://data.example.com/{item['id']}/red.tif",
            "type": "image/tiff; application=geotiff; profile=cloud-optimized",
            "roles": ["data"],
            "raster:bands": [{"data_type": "uint16", "nodata": 0}],
        }
    }


def commands():
    overview = run_cairn("--help").stdout
    return re.findall(r"^  ([a-z]+) ", overview[overview.index("Commands:") :], re.M)


def examples(text):
    """The commands of a help text; an indented line below one goes on with it."""
    found = []
    for line in text[text.index("\nExamples:\n") :].splitlines():
        if line.startswith("  $ "):
            found.append(line[4:])
        elif line.startswith("    ") and found:
            found[-1] += "\n" + line.strip()
    return found


def write(path, document):
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document))


def write_static_catalog(folder):
    """The demo as catalog.json with collections below it; those are minimal, which ingest says and takes."""
    base = {"stac_version": "1.0.0", "description": "A demonstration"}
    collections = sorted({item["collection"] for item in DEMO})
    children = [{"rel": "child", "href": f"{id}/collection.json"} for id in collections]
    write(folder / "catalog.json", {"type": "Catalog", "id": "demo", **base, "links": children})
    extent = {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [["2018-01-01T00:00:00Z", None]]}}
    for id in collections:
        items = [item for item in DEMO if item["collection"] == id]
        links = [{"rel": "item", "href": f"{item['id']}.json"} for item in items]
        about = {"type": "Collection", "id": id, **base, "license": "other", "extent": extent, "links": links}
        write(folder / id / "collection.json", about)
        for item in items:
            write(folder / id / f"{item['id']}.json", item)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """What the examples find in their folder; indexer/command.h and docs/cli.md tell it too."""
    folder = tmp_path_factory.mktemp("demo")
    folder.joinpath("items.ndjson").write_text("".join(json.dumps(item) + "\n" for item in DEMO))
    write(folder / "refused.ndjson", {"source": "more.ndjson", "line": 7, "record": make_item("mended", "landsat")})
    write_static_catalog(folder)
    run_cairn("ingest", "demo.cairn", "items.ndjson", cwd=folder)
    return folder


@pytest.fixture
def scratch(prepared, tmp_path):
    return shutil.copytree(prepared, tmp_path / "scratch")


def run_examples(name, scratch):
    """Runs all of a help text's examples in order; returns what each printed."""
    text = run_cairn(*([name] if name else []), "--help").stdout
    path = f"{BUILD}:{os.environ['PATH']}"
    printed = {}
    for command in examples(text):
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", command],
            cwd=scratch,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=10 * PATIENCE,
        )
        assert done.returncode == 0, f"$ {command}\nexit {done.returncode}\n{done.stdout}{done.stderr}"
        printed[command] = done.stdout
    return printed


@pytest.mark.parametrize("name", ["", *commands()])
def test_examples_run(name, scratch):
    assert run_examples(name, scratch)


def test_examples_of_search_find_something(scratch):
    for command, printed in run_examples("search", scratch).items():
        assert printed.strip() not in ["", "0"], command


def test_help_fits_a_terminal():
    for name in commands():
        text = run_cairn(name, "--help").stdout
        long = [line for line in text.splitlines() if len(line) > 80 and not line.startswith("  $ ")]
        assert not long, name


def test_docs_are_what_the_program_says():
    done = subprocess.run(
        [ROOT / "scripts" / "docs-cli", "--check"], env={**os.environ, "CAIRN_BUILD": str(BUILD)}, capture_output=True, text=True
    )
    assert done.returncode == 0, f"run scripts/docs-cli and commit docs/cli.md\n{done.stdout}{done.stderr}"
