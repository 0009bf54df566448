"""What the item reader makes of real items, compared with an independent reading of the same text in Python: members byte
for byte, hrefs by RFC 3986, times, boxes, the upgraded views by pystac. What the load-ready form changes has a file of its
own, test_ready.py. On tests/data/corpus-sample.ndjson, and on the
whole corpus where $CAIRN_CORPUS (../shared/corpus by default) is there.

The program under test is cairn_item_tool of the build directory named by CAIRN_BUILD (build/dev by default).
"""

import collections
import datetime
import functools
import gzip
import json
import os
import pathlib
import re
import subprocess
import warnings

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("CAIRN_BUILD", ROOT / "build" / "dev"))
TOOL = BUILD / "tests" / "tools" / "cairn_item_tool"
CORPUS = pathlib.Path(os.environ.get("CAIRN_CORPUS", ROOT.parent / "shared" / "corpus"))
BASE = "file:///data/a%20b/item.json"
OWN = {"self", "root", "parent", "collection", "item", "items", "child", "children", "next", "prev"}

pytestmark = pytest.mark.skipif(not TOOL.exists(), reason=f"{TOOL} is not built")


def run(text, *flags):
    done = subprocess.run([TOOL, *flags], input=text, capture_output=True, check=True)
    assert done.stderr == b""
    return [json.loads(line) for line in done.stdout.splitlines()]


def lines_of(name):
    if name == "sample":
        return (ROOT / "tests/data/corpus-sample.ndjson").read_bytes().splitlines()
    path = CORPUS / f"{name}.ndjson.gz"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return gzip.open(path).read().splitlines()


@functools.cache
def read(name):
    """Pairs of the text and what the tool says."""
    lines = lines_of(name)
    answers = run(b"\n".join(lines) + b"\n", "--base", BASE, "--collection", "given")
    assert len(answers) == len(lines)
    return list(zip([line.decode() for line in lines], answers))


def taken(name):
    return [(text, answer) for text, answer in read(name) if answer["ok"]]


def close(open_form):
    return open_form.removesuffix(",") + "]}"


# ---- an independent reading ----

STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def skip_value(text, at):
    """The end of the value at `at` in compact JSON."""
    if text[at] == '"':
        return STRING.match(text, at).end()
    if text[at] not in "[{":
        return re.compile(r"[^,\]}]*").match(text, at).end()
    depth = 0
    for token in re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]').finditer(text, at):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token.group(), 0)
        if depth == 0:
            return token.end()
    raise ValueError("not closed")


def members(text):
    """The members of a compact object as pairs (key, text of the value)."""
    out, at = [], 1
    while text[at] == '"':
        key = STRING.match(text, at)
        end = skip_value(text, key.end() + 1)
        out.append((json.loads(key.group()), text[key.end() + 1 : end]))
        at = end + (text[end] == ",")
    assert text[at:] == "}"
    return out


def exact(text):
    """Parsed with the spelling of numbers, the order of keys, and keys that repeat."""
    return json.loads(text, object_pairs_hook=lambda p: ("object", p), parse_float=lambda s: ("n", s),
                      parse_int=lambda s: ("n", s))


def last(pairs, name):
    found = [value for key, value in pairs if key == name]
    return found[-1] if found else None


def is_absolute(href):
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", href) is not None


def remove_dots(path):
    out = []
    segments = path.split("/")
    for i, segment in enumerate(segments):
        if segment in (".", ".."):
            if segment == ".." and len(out) > 1:
                out.pop()
            if i == len(segments) - 1:
                out.append("")
        else:
            out.append(segment)
    return "/".join(out)


def code_unsafe(text):
    coded = "".join(
        "".join(f"%{b:02X}" for b in c.encode()) if ord(c) > 126 or ord(c) <= 32 or c in '<>"{}|\\^`' else c
        for c in text
    )
    return re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", coded)


def resolve(base, href):
    part = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:)?(//[^/?#]*)?([^?#]*)(\?[^#]*)?(#.*)?")
    scheme, authority, path, query, _ = part.fullmatch(base).groups()
    _, authority2, path2, query2, fragment2 = part.fullmatch(code_unsafe(href.replace("\\", "/"))).groups()
    if authority2:
        return scheme + authority2 + remove_dots(path2) + (query2 or "") + (fragment2 or "")
    if not path2:
        return scheme + (authority or "") + path + (query2 or query or "") + (fragment2 or "")
    merged = path2 if path2.startswith("/") else (path[: path.rfind("/") + 1] or "/") + path2
    return scheme + (authority or "") + remove_dots(merged) + (query2 or "") + (fragment2 or "")


def base_of(text):
    links = last(members(text), "links") or "[]"
    for link in json.loads(links) if links[0] == "[" else json.loads(links).values():
        if isinstance(link, dict) and link.get("rel") == "self" and is_absolute(str(link.get("href"))):
            return link["href"]
    return BASE


def absolute(base, href):
    if not isinstance(href, str) or not href.strip(" \t\r\n") or is_absolute(href):
        return href
    href = href.strip(" \t\r\n")
    return href if is_absolute(href) else resolve(base, href)


def absolute_asset(base, asset, alternates=True):
    if not isinstance(asset, tuple) or asset[0] != "object":
        return asset
    out = []
    for key, value in asset[1]:
        if key == "href":
            value = absolute(base, value)
        elif key == "alternate" and alternates and isinstance(value, tuple):
            value = ("object", [(k, absolute_asset(base, v, False)) for k, v in value[1]])
        out.append((key, value))
    return ("object", out)


def kept_links(base, text):
    links = exact(text) if text else []
    if isinstance(links, tuple):
        links = [v if last(v[1], "rel") else ("object", [("rel", k)] + v[1]) for k, v in links[1]]
    out = []
    for link in links or []:
        rel, href = last(link[1], "rel"), last(link[1], "href")
        if isinstance(rel, str) and isinstance(href, str) and rel not in OWN:
            out.append(("object", [(k, absolute(base, v) if k == "href" else v) for k, v in link[1]]))
    return out


# ---- the tests ----

NAMES = ["sample", "items", "items-partial"]


@pytest.mark.parametrize("name", NAMES)
def test_source_is_kept(name):
    """Member by member, apart from links and hrefs that became absolute."""
    count = 0
    for text, answer in taken(name):
        base = base_of(text)
        own = members(text)
        kept = members(close(answer["source"] or answer["body"]))
        assert kept[-1][0] == "links"
        if not answer["source"]:
            assert answer["stac_version"] >= "1"
        assert [k for k, _ in own if k != "links"] == [k for k, _ in kept[:-1]]
        for (key, before), (_, after) in zip([m for m in own if m[0] != "links"], kept):
            if key != "assets" or before == after:
                assert before == after
            else:
                expected = [(k, absolute_asset(base, v)) for k, v in exact(before)[1]]
                assert exact(after) == ("object", expected)
        assert exact(kept[-1][1]) == kept_links(base, last(own, "links"))
        count += 1
    assert count > 0.9 * len(read(name)) or name == "items-partial"


def is_old(version):
    return version == "" or version < "1" or version.startswith("1.0.0-")


@pytest.mark.parametrize("name", NAMES)
def test_body_of_recent_items(name):
    """The same members; a missing collection is written in, and only what the load-ready form is about differs."""
    equal = 0
    for text, answer in taken(name):
        if is_old(answer["stac_version"]):
            continue
        own = members(close(answer["source"] or answer["body"]))[:-1]
        collection = last(members(text), "collection")
        body = members(close(answer["body"]))[:-1]
        if collection in (None, "null", '""'):
            assert answer["source"] and answer["collection"] == "given"
            own = [m for m in own if m[0] != "collection"] + [("collection", '"given"')]
        else:
            equal += answer["source"] is None
        ready = {"stac_extensions", "geometry", "bbox", "properties", "assets"}
        assert [m for m in body if m[0] not in ready] == [m for m in own if m[0] not in ready]
        assert answer["source"] or body == own
    assert equal > 0.8 * len(taken(name)) or name != "items"


def exact_time(text):
    """(seconds, nanoseconds) of a timestamp that Python may be too coarse for."""
    m = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):?(\d\d)?)?)?", text)
    date, clock, fraction, sign, hours, minutes = m.groups()
    at = datetime.datetime.fromisoformat(f"{date}T{clock or '00:00:00'}+00:00")
    offset = (int(hours or 0) * 3600 + int(minutes or 0) * 60) * (-1 if sign == "-" else 1)
    seconds = round((at - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)).total_seconds()) - offset
    return seconds, int(((fraction or "") + "0" * 9)[:9])


def expected_times(properties):
    when, start, end = (properties.get(k) for k in ("datetime", "start_datetime", "end_datetime"))
    when, start, end = (exact_time(t) if t else None for t in (when, start, end))
    if not start and not end:
        return when, [when, when]
    return when, [start, end] if not start or not end or start <= end else [end, start]


@pytest.mark.parametrize("name", NAMES)
def test_times(name):
    for _, answer in taken(name):
        properties = json.loads(close(answer["body"]))["properties"]
        when, span = expected_times(properties)
        assert (exact_time(answer["datetime"]) if answer["datetime"] else None) == when
        assert [None if t == ".." else exact_time(t) for t in answer["range"]] == span


def positions(coordinates):
    if coordinates and isinstance(coordinates[0], (int, float)):
        yield coordinates
    else:
        for part in coordinates:
            yield from positions(part)


@pytest.mark.parametrize("name", NAMES)
def test_boxes(name):
    """Of geometries that needed no repair; one that crosses the antimeridian has west > east and reaches it."""
    plain = 0
    for text, answer in taken(name):
        geometry = json.loads(text).get("geometry")
        if not geometry:
            made = json.loads(close(answer["body"])).get("geometry")
            assert (answer["box"] is None) == (made is None)
            continue
        if any(pointer.startswith("/geometry") for pointer, _ in answer["warnings"]):
            continue
        lon, lat = zip(*[p[:2] for p in positions(geometry["coordinates"])])
        west, south, east, north = answer["box"]
        assert (south, north) == (min(lat), max(lat))
        if west <= east:
            assert (west, east) == (min(lon), max(lon))
            plain += 1
        else:
            assert (min(lon), max(lon)) == (-180, 180)
            assert west == min(x for x in lon if x > 0) and east == max(x for x in lon if x < 0)
    assert plain > 0.5 * len(taken(name))


@pytest.mark.parametrize("name", NAMES)
def test_bbox_warnings(name):
    """A bbox that is far from the box of a geometry is told; one that is near is not."""
    for text, answer in taken(name):
        bbox = json.loads(text).get("bbox")
        told = any(pointer == "/bbox" for pointer, _ in answer["warnings"])
        if not json.loads(text).get("geometry"):
            assert told == bool(bbox and json.loads(text).get("geometry", ...) is None)
            continue
        if not bbox or not answer["box"]:
            assert told == bool(bbox or answer["box"])
            continue
        flat = len(bbox) // 2
        sides = [bbox[0], bbox[1], bbox[flat], bbox[flat + 1]]
        apart = max(abs(a - b) for a, b in zip(sides, answer["box"]))
        west, south, east, north = answer["box"]
        if apart < 1e-7:
            assert not told
        if apart > 0.03 + 0.011 * max(east - west, north - south) and west < east:
            assert told


@pytest.mark.parametrize("name", NAMES)
def test_refusals_have_reasons(name):
    reasons = collections.Counter()
    for text, answer in read(name):
        if answer["ok"]:
            continue
        item = json.loads(text)
        pointer = answer["pointer"]
        reasons[re.sub(r"/\d+.*", "", pointer)] += 1
        assert "expected" in answer["message"] or "found" in answer["message"], answer["message"]
        if pointer == "/id":
            assert not item.get("id")
        elif pointer == "/properties/datetime":
            assert "-05:00Z" in str(item["properties"].get("datetime")) or not item["properties"].get("datetime")
        else:
            assert pointer.startswith("/geometry")
    print(name, dict(reasons))
    assert sum(reasons.values()) < 0.01 * len(read(name)) + 15


def test_strict_refuses_what_was_mended():
    texts = [text.encode() for text, _ in read("sample")]
    strict = run(b"\n".join(texts) + b"\n", "--base", BASE, "--collection", "given", "--strict")
    harmless = re.compile(r"backslashes|white space|nothing to resolve|empty|expected a URI")
    for (_, lenient), answer in zip(read("sample"), strict):
        if answer["ok"]:
            assert lenient["ok"] and all(harmless.search(m) for _, m in lenient["warnings"])
            assert answer["body"] == lenient["body"] and answer["range"] == lenient["range"]
        else:
            assert not lenient["ok"] or lenient["warnings"]


def test_white_space_changes_nothing():
    spaced = [json.dumps(json.loads(text), indent=1).replace("\n", "\r\t ").encode() for text, _ in read("sample")]
    plain = [json.dumps(json.loads(text), separators=(",", ":")).encode() for text, _ in read("sample")]
    flags = ("--base", BASE, "--collection", "given")
    assert run(b"\n".join(spaced) + b"\n", *flags) == run(b"\n".join(plain) + b"\n", *flags)


# ---- upgraded views ----

# What pystac leaves alone, wraps twice or writes in the words of 1.1.
PYSTAC_DIFFERS = re.compile(
    r"^(proj:.*|bands|(eo|raster):bands|(file:)?checksum(:.*)?|sat:.*|sar:(pass_direction|absolute_orbit|relative_orbit|polarizations)"
    r"|view:(off_nadir|azimuth|sun_azimuth|sun_elevation)|label:overviews|(item:)?(license|providers)|type|href|gsd|eo:gsd"
    r"|name|title|pc:schemas?)$"
)


@pytest.mark.parametrize("name", NAMES)
def test_upgraded_as_pystac_does(name):
    pytest.importorskip("pystac")
    from pystac.serialization import identify_stac_object, migrate_to_latest

    compared = 0
    for text, answer in taken(name):
        if not is_old(answer["stac_version"]):
            continue
        view = json.loads(close(answer["body"]))
        assert view["stac_version"] == "1.0.0"
        assert all("://" in e for e in view["stac_extensions"])
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                theirs = migrate_to_latest(json.loads(text), identify_stac_object(json.loads(text)))
        except Exception:  # pystac gives up on some of them, in many ways
            continue
        parts = [(view["properties"], theirs["properties"])]
        parts += [(view["assets"][k], asset) for k, asset in theirs["assets"].items()]
        for ours, their in parts:
            for key in set(ours) | set(their):
                if not PYSTAC_DIFFERS.match(key):
                    assert ours.get(key) == their.get(key), (answer["id"], key)
        epsg = view["properties"].get("proj:epsg")
        if epsg and answer["stac_version"] < "1":
            assert theirs["properties"].get("proj:code") == f"EPSG:{epsg}"
        compared += 1
    assert compared > (0 if name == "items-partial" else 5)


@pytest.mark.parametrize("name", ["sample"])
def test_pystac_reads_the_bodies(name):
    pystac = pytest.importorskip("pystac")
    for _, answer in taken(name):
        body = json.loads(close(answer["body"]))
        if all("href" in asset for asset in body.get("assets", {}).values()):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                item = pystac.Item.from_dict(body)
            assert item.id == answer["id"] and item.collection_id == answer["collection"]


# ---- collections, catalogs, bad inputs ----


def test_collections():
    answers = run(b"\n".join(lines_of("collections")) + b"\n", "--collections", "--base", BASE)
    refused = 0
    for line, answer in zip(lines_of("collections"), answers):
        source = json.loads(line)
        assert answer["kind"] == "collection"
        if not answer["ok"]:
            assert answer["pointer"] == "/id" and "id" not in source
            refused += 1
            continue
        body = json.loads(close(answer["body"]))
        kept = json.loads(close(answer["source"] or answer["body"]))
        for part in (source, kept):
            part.pop("links")
            part.pop("assets", None)
        assert list(kept) == list(source) and kept == source
        assert {"type", "id", "description", "license", "extent", "stac_version"} <= set(body)
        assert body["type"] == "Collection" and body["stac_version"] >= "1.0.0" and "-rc" not in body["stac_version"]
        assert body["extent"]["spatial"]["bbox"] and body["extent"]["temporal"]["interval"]
    assert refused == 1


def test_catalogs():
    answers = run(b"\n".join(lines_of("catalogs")) + b"\n", "--collections")
    assert {answer["kind"] for answer in answers} == {"catalog"}


# Items that are refused, with the pointer; all the other items of bad/ are taken.
REFUSED = {
    "resto/S2A_MSIL1C_20190611T160901_N0207_R140_T23XMD_20190611T193040.json": "/properties/datetime",
    "rustac/invalid-item.json": "/id",
    "stac-check/bad-item-0.9.0.json": "/id",
    "stac-check/bad-item.json": "/id",
    "stac-server/badGeometryItem.json": "/geometry/coordinates/0/0",
    "stac-validator/bad-item.json": "/id",
    "stac-validator/bad_item_v090.json": "/id",
}
NOT_JSON = {"stac-spec/znz029-0.9.0-not-json.json", "stac-validator/znz029-not-json.json"}


def test_bad_items():
    folder = CORPUS / "bad"
    if not folder.exists():
        pytest.skip(f"{folder} is not there")
    refused, not_json = {}, set()
    for path in sorted(folder.glob("*/*.json")):
        text = path.read_bytes().replace(b"\n", b" ").replace(b"\r", b" ")
        (answer,) = run(text + b"\n", "--base", BASE, "--collection", "given")
        name = f"{path.parent.name}/{path.name}"
        if answer["kind"] == "item" and not answer["ok"]:
            refused[name] = answer["pointer"]
        if answer.get("message", "").startswith("JSON:"):
            not_json.add(name)
    assert refused == REFUSED and not_json == NOT_JSON
