"""Ingests lines of NDJSON and proves for each that it can be found, or that it was refused with a reason."""

import collections
import json
import re
import subprocess
from dataclasses import dataclass, field

import requests
from source_form import difference
from support import BUILD, Server

BROKEN = re.compile(r"AddressSanitizer|LeakSanitizer|runtime error:")
CHUNK = 100  # ids in a search
OTHER_COLLECTION = "corpus: no collection"  # of items that name none


@dataclass
class Tally:
    """Counts what was proved; keeps what was not."""

    passed: int = 0
    failures: list = field(default_factory=list)

    def check(self, ok, *words):
        if ok:
            self.passed += 1
        else:
            self.failures.append(" ".join(map(str, words)))
        return ok


@dataclass
class Line:
    """A record: its text, where it stands, and under which names it must be found."""

    number: int
    text: str
    collection: str = None
    id: str = None
    file_uri: str = None

    @property
    def key(self):
        return (self.collection, self.id)


def cairn(tally, *args, codes=(0, 3)):
    """Runs the program, which must neither crash nor make a sanitizer speak."""
    done = subprocess.run([BUILD / "cairn", *map(str, args)], capture_output=True, text=True)
    fine = done.returncode in codes and not BROKEN.search(done.stderr)
    tally.check(fine, "cairn", *map(str, args[:4]), "exit", done.returncode, done.stderr[-2000:])
    return done


def collection_of(item, otherwise):
    """Its own; before 1.0.0 that could be a property."""
    version = str(item.get("stac_version", ""))
    is_old = version < "1" or version.startswith("1.0.0-")
    inherited = item.get("properties", {}).get("collection") if is_old else None
    return item.get("collection") or inherited or otherwise


def items_of(texts, otherwise=OTHER_COLLECTION):
    """Lines with the names under which items must be found."""
    items = [(text, json.loads(text)) for text in texts]
    return [Line(n, text, collection_of(item, otherwise), item.get("id")) for n, (text, item) in enumerate(items, 1)]


def apart(lines):
    """Lists in which no key comes twice: those that come again are for further catalogs."""
    lists, seen = [], collections.Counter()
    for line in lines:
        if seen[line.key] == len(lists):
            lists.append([])
        lists[seen[line.key]].append(line)
        seen[line.key] += 1
    return lists


def ingest(tally, catalog, source, *flags):
    """(summary, refused records in their order)"""
    rejects = catalog.with_suffix(".rejects")
    done = cairn(tally, "ingest", catalog, source, "--reject", rejects, "--progress", "json", *flags)
    told = [json.loads(line) for line in done.stdout.split("\n")[:-1]]
    summary = told[-1] if told else {"read": 0, "collections": {"read": 0}, "catalogs": {"read": 0}}
    refused = [json.loads(line) for line in rejects.read_text().split("\n")[:-1]]
    for counts in (summary, summary["collections"]):
        names = ("added", "replaced", "unchanged", "skipped", "refused")
        tally.check(counts["read"] == sum(counts.get(name, 0) for name in names), "sums of", source, counts)
    cairn(tally, "check", catalog, codes=(0,))
    return summary, refused


def ingest_lines(tally, catalog, lines):
    """Writes the lines into one file and ingests it. Returns (the lines that were taken, reasons of the others)."""
    source = catalog.with_suffix(".ndjson")
    source.write_text("".join(line.text + "\n" for line in lines))
    summary, refused = ingest(tally, catalog, source, "--collection", OTHER_COLLECTION)
    read = summary["read"] + summary["collections"]["read"] + summary["catalogs"]["read"]
    tally.check(read == len(lines), source, "has", len(lines), "lines,", read, "were read")
    reasons = {}
    for reject in refused:
        line = lines[reject["line"] - 1]
        kept = tally.check(reject["record"] == json.loads(line.text), source, reject["line"], "another record is kept")
        tally.check(kept and reject["message"] and "\n" not in reject["message"], "no reason:", reject["message"])
        reasons[line.number] = reject
    for line in lines:
        line.file_uri = source.resolve().as_uri()
    return [line for line in lines if line.number not in reasons], reasons


def chunks(lines):
    """Lines of one collection, a few at a time."""
    by_collection = collections.defaultdict(list)
    for line in lines:
        by_collection[line.collection].append(line)
    for name, some in by_collection.items():
        for at in range(0, len(some), CHUNK):
            yield name, some[at : at + CHUNK]


def check_found_by_program(tally, catalog, lines):
    """By `cairn search`, or `cairn get` where a comma would part an id."""
    plain = [line for line in lines if "," not in line.collection + line.id]
    for name, some in chunks(plain):
        ids = ",".join(line.id for line in some)
        done = cairn(tally, "search", catalog, "--collections", name, "--ids", ids, codes=(0,))
        found = set(done.stdout.split("\n")[:-1])
        for line in some:
            tally.check(f"{line.collection}\t{line.id}" in found, "cairn search:", line.key, "is not found")
        tally.check(len(found) == len(some), "cairn search:", name, len(found), "found of", len(some))
    for line in lines:
        if line not in plain:
            done = cairn(tally, "get", catalog, line.collection, line.id, codes=(0,))
            tally.check(json.loads(done.stdout)["id"] == line.id, "cairn get:", line.key)


def self_link(document):
    return next(link["href"] for link in document["links"] if link["rel"] == "self")


def check_source(tally, session, url, line):
    answer = session.get(url, params={"profile": "source"})
    if tally.check(answer.status_code == 200, url, answer.status_code, answer.text[:200]):
        told = difference(line.text, answer.content.decode(), line.file_uri)
        tally.check(told is None, "line", line.number, line.key, told)


def check_items_served(tally, catalog, lines):
    """Each is found by POST and comes back from its self link in the source's own words."""
    server, session = Server(catalog), requests.Session()
    for name, some in chunks(lines):
        body = {"collections": [name], "ids": [line.id for line in some], "limit": 10000}
        features = session.post(server.url + "search", json=body).json()["features"]
        links = {(one["collection"], one["id"]): self_link(one) for one in features}
        tally.check(len(features) == len(some), "POST /search:", name, len(features), "found of", len(some))
        for line in some:
            if tally.check(line.key in links, "POST /search:", line.key, "is not found"):
                check_source(tally, session, links[line.key], line)
    stop(tally, server)


def check_collections_served(tally, catalog, lines):
    server, session = Server(catalog), requests.Session()
    listed = session.get(server.url + "collections").json()["collections"]
    links = {one["id"]: self_link(one) for one in listed}
    for line in lines:
        done = cairn(tally, "get", catalog, line.id, codes=(0,))
        tally.check(done.returncode == 0 and json.loads(done.stdout)["id"] == line.id, "cairn get:", line.id)
        if tally.check(line.id in links, "GET /collections:", line.id, "is not listed"):
            check_source(tally, session, links[line.id], line)
    stop(tally, server)


def stop(tally, server):
    code, _, errors = server.stop()
    tally.check(code == 0 and not BROKEN.search(errors), "cairnd exit", code, errors[-2000:])


def items_are_whole(tally, catalog, lines):
    """All of it for items; returns the reasons of those that were refused, by the lines' numbers."""
    taken, reasons = ingest_lines(tally, catalog, lines)
    check_found_by_program(tally, catalog, taken)
    check_items_served(tally, catalog, taken)
    return reasons


def collections_are_whole(tally, catalog, lines):
    taken, reasons = ingest_lines(tally, catalog, lines)
    check_collections_served(tally, catalog, taken)
    return reasons
