"""Static catalogs: an own crawl of the files, compared with what `cairn ingest` made of them."""

import json
import pathlib
import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from lines import cairn, check_items_served, ingest, items_of

FOLLOWED = ("child", "children", "item", "items")


@dataclass
class Crawl:
    """What a reader that follows links finds, each file once, in the order of the links."""

    catalogs: int = 0
    collections: int = 0
    items: list = field(default_factory=list)
    dead: int = 0
    unreadable: int = 0
    seen: set = field(default_factory=set)


def kind_of(document):
    if document.get("type") in ("Feature", "Catalog", "Collection"):
        return document["type"]
    return "Collection" if "extent" in document and "license" in document else "Catalog"


def target(file, href):
    """The file that a link leads to, or None."""
    path = file.parent / unquote(href)
    return path if path.is_file() else next((one for one in [file.parent / href] if one.is_file()), None)


def compact(text):
    """Without the white space that is outside of strings."""
    return re.sub(r'("(?:[^"\\]|\\.)*")|\s+', r"\1", text)


def visit(crawl, file, collection=None, catalog=None):
    if file.resolve() in crawl.seen:
        return
    crawl.seen.add(file.resolve())
    text = file.read_text()
    try:
        document = json.loads(text)
    except ValueError:
        crawl.unreadable += 1
        return
    kind = kind_of(document)
    if kind == "Feature":
        (line,) = items_of([compact(text)], collection or catalog)
        line.file_uri = file.resolve().as_uri()
        crawl.items.append(line)
        return
    crawl.catalogs += kind == "Catalog"
    crawl.collections += kind == "Collection"
    if kind == "Collection":
        collection = document.get("id")
    elif not collection:
        catalog = document.get("id")
    links = [one for one in document.get("links", []) if one.get("rel") in FOLLOWED]
    for link in links:
        if "://" in link["href"]:
            continue
        found = target(file, link["href"])
        if found:
            visit(crawl, found, collection, catalog)
        else:
            crawl.dead += 1


def told_by_validate(tally, root):
    done = cairn(tally, "validate", root, "--format", "json")
    return [note for note in map(json.loads, done.stdout.split("\n")[:-1]) if note["kind"] != "summary"]


def check_tree(tally, root, catalog):
    """Returns what to say of it, and the notes of `cairn validate`."""
    crawl = Crawl()
    visit(crawl, root)
    notes = told_by_validate(tally, root)
    summary, refused = ingest(tally, catalog, root)
    dead = sum("dead link" in note["message"] for note in notes)
    read = (summary["catalogs"]["read"], summary["collections"]["read"], summary["read"])
    expected = (crawl.catalogs, crawl.collections, len(crawl.items) + crawl.unreadable)
    tally.check(read == expected, root, "catalogs, collections, items:", read, "expected", expected)
    tally.check(dead == crawl.dead, root, dead, "dead links, expected", crawl.dead)
    sources = {pathlib.Path(reject["source"]).resolve().as_uri() for reject in refused}
    taken = {line.key: line for line in crawl.items if line.file_uri not in sources}  # the last one counts
    tally.check(len(sources) == len(refused), root, "refused the same twice")
    check_items_served(tally, catalog, list(taken.values()))
    warnings = sum(note["kind"] == "warning" for note in notes) - dead
    return [*read, len(taken), dead, summary["remote_links"], warnings, len(refused)], notes
