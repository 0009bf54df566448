"""Where the instructions of a request go: a dump of callgrind, added up by library and by folder of our own sources.

    scripts/instructions --where [class,...]"""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMES = {"libsqlite3": "SQLite", "libmicrohttpd": "libmicrohttpd", "libdeflate": "libdeflate", "libc": "libc", "libz": "zlib",
         "libgeos_c": "GEOS", "libgeos": "GEOS", "libproj": "PROJ", "libstdc++": "GEOS", "libjansson": "jansson"}  # fmt: skip


def place(library, source):
    """What a line of a program belongs to."""
    short = re.sub(r"[-.](so|\d).*", "", Path(library).name)
    if short not in ("cairn", "cairnd"):
        return NAMES.get(short, short or "other")
    path = Path(source)
    if path.is_absolute() and path.is_relative_to(ROOT):
        path = path.relative_to(ROOT)
    parts = [p for p in path.parent.parts if p not in ("..", ".")]
    return "/".join(parts) if parts and parts[0] in ("lib", "server", "indexer") else "cairn, other"


def add_up(text):
    """{place: instructions} of the functions themselves, without what they call."""
    names, found = {"ob": {}, "fl": {}}, Counter()
    library = source = ""
    called = False
    for line in text.splitlines():
        match = re.match(r"(c?)(ob|fl|fi|fe)=\((\d+)\)(?: (.*))?$", line)
        if match:
            kind = "ob" if match[2] == "ob" else "fl"
            if match[4] is not None:
                names[kind][match[3]] = match[4]
            if not match[1]:
                value = names[kind].get(match[3], "")
                library, source = (value, source) if kind == "ob" else (library, value)
        elif line.startswith("cfi=") or line.startswith("cfl="):
            pass
        elif line.startswith("calls="):
            called = True
        elif re.match(r"[+*\-\d]\S* \d+$", line):
            if not called:
                found[place(library, source)] += int(line.split()[1])
            called = False
    return found


def table(counts, requests):
    """Markdown of {class: {place: instructions}}, thousands a request."""
    total = Counter()
    for places in counts.values():
        total.update(places)
    places = [p for p, _ in total.most_common(16)]
    lines = ["| thousands of instructions a request | " + " | ".join(counts) + " |", "|---|" + "---|" * len(counts)]
    for p in [*places, "others", "all"]:
        values = []
        for name, found in counts.items():
            value = sum(found.values()) if p == "all" else sum(v for k, v in found.items() if k not in places) if p == "others" else found[p]
            values.append(f"{value / requests[name] / 1000:,.0f}")
        lines.append(f"| {p} | " + " | ".join(values) + " |")
    return "\n".join(lines)
