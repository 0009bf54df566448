"""The table of docs/clients.md, from what the clients really do. See scripts/client-table."""

import argparse
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile
from importlib.metadata import version

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

import data_maker
import openers
from expectations import EQUAL, WAY_ROUND, expected_outcome

BEGIN, END = "<!-- client-table: written by scripts/client-table -->", "<!-- /client-table -->"
HEAD = "# Clients\n\n## The matrix\n"
PROFILES = ("source", "default")
FORMATS = {"cog": "COG", "zarr": "Zarr", "netcdf": "netCDF"}
OF_CLIENTS = "pystac-client pystac stackstac odc-stac rioxarray rasterio xpystac xarray zarr h5netcdf".split()
OF_INTAKE = "intake-stac intake intake-xarray".split()
COLUMNS = list(itertools.product(data_maker.PROJECTIONS, data_maker.VERSIONS))


def ask(root, clients):
    """{client: {profile: {id of the combination: outcome}}}"""
    return {
        client: {
            profile: {question.id: openers.outcome(client, question) for question in openers.questions(root, client, profile)}
            for profile in PROFILES
        }
        for client in clients
    }


def ask_all(intake_python):
    from world import made_world

    with tempfile.TemporaryDirectory() as folder, made_world(pathlib.Path(folder)) as world:
        found = ask(world.relative, [client for client in openers.CLIENTS if client not in openers.OF_INTAKE])
        command = [intake_python, __file__, "--of-intake", world.relative]
        other = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    gdal = subprocess.run(["gdalinfo", "--version"], capture_output=True, text=True, check=True).stdout.split(",")[0]
    versions = [f"{name} {version(name)}" for name in OF_CLIENTS] + [gdal] + other["versions"]
    return {**found, **other["found"]}, versions


def expected():
    """What ask_all() finds when every client does what the tests expect."""
    return {
        client: {
            profile: {each.id: expected_outcome(client, each) for each in openers.questions("", client, profile)}
            for profile in PROFILES
        }
        for client in openers.CLIENTS
    }


def surprises(found):
    """Lines about what is other than the tests expect."""
    for client, profiles in found.items():
        for profile in PROFILES:
            for question in openers.questions("", client, profile):
                got, wanted = profiles[profile][question.id], expected_outcome(client, question)
                if got != wanted:
                    yield f"{client}, {question.id}, profile {profile}: {got!r} and not {wanted!r}"


class Notes:
    """Numbers the refusals as they come up."""

    def __init__(self):
        self.numbers = {}

    def mark(self, outcome):
        if outcome == EQUAL:
            return "✓"
        return f"✗<sup>{self.numbers.setdefault(outcome, len(self.numbers) + 1)}</sup>"

    def lines(self):
        for outcome, number in self.numbers.items():
            yield f"{number}. `{outcome}`: {WAY_ROUND[outcome]}."


def cell(before, after, notes):
    if before == after:
        return notes.mark(after)
    return f"{notes.mark(before)} → {notes.mark(after)}"


def table(found, notes):
    yield "| client | asset | " + " | ".join(f"{projection} · {version}" for projection, version in COLUMNS) + " |"
    yield "|---|---|" + "---|" * len(COLUMNS)
    for client, profiles in found.items():
        for format in openers.ONLY.get(client, data_maker.FORMATS):
            ids = [f"{format}-{projection}-{version}" for projection, version in COLUMNS]
            cells = [cell(*(profiles[profile][id] for profile in PROFILES), notes) for id in ids]
            yield f"| {client} | {FORMATS[format]} | " + " | ".join(cells) + " |"


def section(found, versions):
    notes = Notes()
    counts = {profile: [] for profile in PROFILES}
    for profiles in found.values():
        for profile in PROFILES:
            counts[profile] += profiles[profile].values()
    loaded = [sum(outcome == EQUAL for outcome in counts[profile]) for profile in PROFILES]
    lines = [
        BEGIN,
        "",
        "Each cell is one item that the client was given by a running `cairnd` and read, every pixel compared with the truth: ✓ when all are equal.",
        "Columns are the version of the projection extension in the source (none: the item tells no grid) and of STAC. An arrow leads from the",
        "source's own words (`profile=source`) to the load-ready form; one mark stands for both. Rows with a comma are ways round.",
        "",
        *table(found, notes),
        "",
        f"{loaded[0]} of {len(counts['source'])} load in the source's own words, {loaded[1]} in the load-ready form.",
        "",
        "What the refusals say, and what to do instead:",
        "",
        *notes.lines(),
        "",
        f"With {', '.join(versions)}.",
        "",
        END,
    ]
    return "\n".join(lines)


def put_in(path, text):
    """Replaces what stands between the marks, or adds it at the end."""
    page = path.read_text() if path.exists() else HEAD
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text(f"{before.rstrip()}\n\n{text}\n{after.lstrip() and chr(10) + after.lstrip()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--of-intake", metavar="URL", help="ask those of the second environment; JSON")
    parser.add_argument("--intake-python", help="of the second environment")
    parser.add_argument("--write", type=pathlib.Path, help="the page that the table stands in")
    arguments = parser.parse_args()
    if arguments.of_intake:
        versions = [f"{name} {version(name)}" for name in OF_INTAKE]
        json.dump({"found": ask(arguments.of_intake, openers.OF_INTAKE), "versions": versions}, sys.stdout)
        return
    found, versions = ask_all(arguments.intake_python)
    text = section(found, versions)
    print(text)
    wrong = list(surprises(found))
    if wrong:
        sys.exit("\n".join(["other than tests/matrix/expectations.py has it:", *wrong]))
    if arguments.write:
        put_in(arguments.write, text)


if __name__ == "__main__":
    main()
