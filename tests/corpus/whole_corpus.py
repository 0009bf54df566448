"""The whole corpus through cairn and cairnd; scripts/corpus runs it and says what it does."""

import argparse
import collections
import gzip
import json
import pathlib
import re
import sys
import tarfile
import tempfile

from lines import Line, Tally, apart, cairn, collections_are_whole, ingest, items_are_whole, items_of
from trees import check_tree

# Roots that are not catalog.json.
COLLECTION_ROOTS = (
    "planet-disaster",
    "goes-glm-examples",
    "mlm-examples",
    "spec-1.0.0-collection",
    "spec-1.1.0-collection",
)
SHOWN_FAILURES = 50


def kind_of_note(note):
    """A note without names, numbers and quotes."""
    message = re.sub(r'"(?:[^"\\]|\\.)*"|\[.*\]|\'.*\'', "…", note["message"])
    message = re.sub(r"-?\d[\d.]*", "N", message)
    pointer = re.sub(r"/\d+(?=/|$)", "/*", re.sub(r"^(/assets|/alternate)/[^/]*", r"\1/*", note["pointer"]))
    return note["kind"], pointer, message


def quote(text):
    return text.replace("|", "\\|")


class Reasons:
    """What was refused and repaired, by kind, over all files."""

    def __init__(self):
        self.counts = collections.defaultdict(collections.Counter)
        self.examples = {}

    def add(self, where, notes):
        for note in notes:
            if "dead link" in note["message"] or "leads to the network" in note["message"]:
                continue
            self.counts[kind_of_note(note)][where] += 1
            self.examples.setdefault(kind_of_note(note), (where, note))

    def print(self):
        print("\n## What was refused and what was repaired\n")
        print("| kind | count | in | first: line, pointer and message |\n|---|---|---|---|")
        for kind in sorted(self.counts, key=lambda kind: (kind[0], -self.counts[kind].total())):
            counts, (_, note) = self.counts[kind], self.examples[kind]
            files = ", ".join(f"{where} {n}" for where, n in counts.items())
            place = f"line {note['line']} `{note['pointer']}`: " if note["pointer"] else f"line {note['line']}: "
            print(f"| {kind[0]} | {counts.total()} | {files} | {quote(place + note['message'])} |")


def validate(tally, path):
    done = cairn(tally, "validate", path, "--collection", "x", "--format", "json")
    return [note for note in map(json.loads, done.stdout.split("\n")[:-1]) if note["kind"] != "summary"]


def texts_of(path):
    return gzip.decompress(path.read_bytes()).decode().split("\n")[:-1]


def try_items(tally, reasons, path, work):
    name = path.name.split(".")[0]
    lines = items_of(texts_of(path))
    refused = {}
    for n, some in enumerate(apart(lines), 1):
        refused |= items_are_whole(tally, work / f"{name}-{n}.cairn", some)
    account(tally, reasons, path, len(lines), refused)


def try_collections(tally, reasons, path, work):
    texts = texts_of(path)
    lines = [Line(n, text, id=json.loads(text).get("id")) for n, text in enumerate(texts, 1)]
    refused = {}
    for n, some in enumerate(apart(lines), 1):
        refused |= collections_are_whole(tally, work / f"collections-{n}.cairn", some)
    account(tally, reasons, path, len(lines), refused)


def account(tally, reasons, path, read, refused):
    """The compressed file as a whole is read as its lines were."""
    name = path.name.split(".")[0]
    notes = validate(tally, path)
    told = sorted(note["line"] for note in notes if note["kind"] == "refused")
    tally.check(told == sorted(refused), path, "validate refuses", told, "ingest", sorted(refused))
    reasons.add(name, notes)
    warned = len({note["line"] for note in notes if note["kind"] == "warning"} - set(told))
    print(f"| {name} | {read} | {read - len(refused)} | {warned} | {len(refused)} |", flush=True)


def try_catalogs(tally, reasons, path, work):
    summary, refused = ingest(tally, work / "catalogs.cairn", path)
    texts = texts_of(path)
    tally.check(summary["catalogs"]["read"] == len(texts), path, "read", summary["catalogs"])
    account(tally, reasons, path, len(texts), {reject["line"]: reject for reject in refused})


def try_trees(tally, reasons, folder, work):
    print("\n## Trees\n")
    print("| tree | catalogs | collections | items | (found again) | dead links | to the network | warnings | refused |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    for path in sorted(folder.glob("*.tar.gz")):
        name = path.name.removesuffix(".tar.gz")
        with tarfile.open(path) as archive:
            archive.extractall(work, filter="data")
        root = work / name / ("collection.json" if name in COLLECTION_ROOTS else "catalog.json")
        counts, notes = check_tree(tally, root, work / f"{name}.cairn")
        reasons.add("trees", notes)
        print(f"| {name} | {' | '.join(map(str, counts))} |", flush=True)


def outcome(summary, refused):
    if refused:
        return f"refused: {refused[0]['pointer']} {refused[0]['message']}"
    sums = {
        "items": summary["read"],
        "collections": summary["collections"]["read"],
        "catalogs": summary["catalogs"]["read"],
    }
    return "taken: " + ", ".join(f"{n} {what}" for what, n in sums.items() if n)


def try_bad(tally, reasons, folder, work):
    """Each input alone, the trees by their roots: taken or refused, one or the other."""
    print("\n## Wrong inputs\n")
    print("| input | what it is | what became of it |\n|---|---|---|", flush=True)
    for n, about in enumerate(json.loads((folder / "expected.json").read_text())):
        path = folder / about["file"]
        root = path / "catalog.json" if path.is_dir() else path
        if root.name.startswith("requests-"):
            continue
        summary, refused = ingest(tally, work / f"bad-{n}.cairn", root, "--collection", "bad")
        total = summary["read"] + summary["collections"]["read"] + summary["catalogs"]["read"]
        tally.check(total > 0 or refused, about["file"], "is neither taken nor refused")
        tally.check(all(reject["message"] for reject in refused), about["file"], "has no reason")
        reasons.add("bad", validate(tally, root))
        print(f"| {about['file']} | {quote(about['what'])} | {quote(outcome(summary, refused))} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("--only", choices=["lines", "trees", "bad"], help="a part of it")
    arguments = parser.parse_args()
    corpus, only = arguments.corpus, arguments.only
    tally, reasons = Tally(), Reasons()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        if only in (None, "lines"):
            print("## Lines\n\n| file | read | taken | of these with warnings | refused |\n|---|---|---|---|---|", flush=True)
            try_items(tally, reasons, corpus / "items.ndjson.gz", work)
            try_items(tally, reasons, corpus / "items-partial.ndjson.gz", work)
            try_collections(tally, reasons, corpus / "collections.ndjson.gz", work)
            try_catalogs(tally, reasons, corpus / "catalogs.ndjson.gz", work)
        if only in (None, "trees"):
            try_trees(tally, reasons, corpus / "trees", work)
        if only in (None, "bad"):
            try_bad(tally, reasons, corpus / "bad", work)
    reasons.print()
    for failure in tally.failures[:SHOWN_FAILURES]:
        print("FAILED", failure)
    print(f"\n{tally.passed} passed, {len(tally.failures)} failed")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
