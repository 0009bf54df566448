"""CQL2 compared with what others say: the JSON schema of the standard, the counts of its Abstract Test Suite, the ids of
cql2-rs, a plain evaluator in Python, shapely.

The program under test is cairn_cql2_tool of the build directory named by CAIRN_BUILD (build/dev by default).
"""

import datetime
import gzip
import json
import math
import os
import pathlib
import random
import re
import subprocess
import unicodedata

import jsonschema
import pytest
import shapely
import shapely.geometry

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("CAIRN_BUILD", ROOT / "build" / "dev"))
TOOL = BUILD / "tests" / "tools" / "cairn_cql2_tool"
DATA = ROOT / "tests" / "data" / "cql2"
NATURAL_EARTH = ROOT / "tests" / "data" / "natural-earth.ndjson.gz"

pytestmark = pytest.mark.skipif(not TOOL.exists(), reason=f"{TOOL} is not built")


def run(filters, items=None, tmp_path=None):
    flags = []
    if items is not None:
        path = tmp_path / "items.ndjson"
        path.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items), encoding="utf-8")
        flags = ["--items", str(path)]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in filters)
    done = subprocess.run([TOOL, *flags], input=text.encode(), capture_output=True, check=True)
    assert done.stderr == b""
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(filters)
    return answers


def lines(name):
    return [json.loads(line) for line in (DATA / f"{name}.ndjson").read_text(encoding="utf-8").splitlines()]


def zipped(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


# ---- the schema of the standard


def schema_faults(answers):
    validator = jsonschema.Draft202012Validator(json.loads((DATA / "cql2.json").read_text(encoding="utf-8")))
    return {answer["text"] for answer in answers if not validator.is_valid(answer["json"])}


def test_what_is_printed_follows_the_schema():
    answers = run([{"text": line["text"]} for name in ("ogc-examples", "ats-syntax") for line in lines(name)])
    assert all(answer["ok"] for answer in answers)
    # The schema tries every branch of every oneOf: what is large takes minutes.
    assert schema_faults([answer for answer in answers if answer["nodes"] < 10]) == set()


# ---- counts and ids of others


def test_counts_of_the_abstract_test_suite(tmp_path):
    predicates = lines("ats-predicates")
    filters = [{"text": line["filter"], "collection": line["collection"]} for line in predicates]
    answers = run(filters, zipped(NATURAL_EARTH), tmp_path)
    wrong = {
        line["filter"]: (line["expected"], answer.get("message", len(answer.get("ids", []))))
        for line, answer in zip(predicates, answers)
        if len(answer.get("ids", [])) != line["expected"]
    }
    assert wrong == {}
    assert len(predicates) == 157


# The records of cql2-rs reach from -195.8 to 191.1 degrees of longitude and down to -103.7 of latitude. /conf/
# basic-spatial-functions/s_intersects of OGC 21-065 wants literals beyond 180 and 90 degrees refused (invalid coordinate),
# RFC 7946 3.1.9 and 4 have footprints cut at the antimeridian, where what lies beyond it comes in on the other side.
BEYOND = re.compile(r"-195\.79")
WRAPPED = "s_crosses(geometry, LINESTRING(-170 -90, -170 90))"


def test_ids_of_cql2_rs(tmp_path):
    expressions = lines("cql2-rs-expressions")
    answers = run([{"text": line["filter"]} for line in expressions], zipped(DATA / "cql2-rs-items.ndjson.gz"), tmp_path)
    unlike = []
    for line, answer in zip(expressions, answers):
        if BEYOND.search(line["filter"]):
            assert not answer["ok"] and "out of range" in answer["message"]
            unlike.append(line["filter"])
        elif line["filter"] == WRAPPED:
            assert answer["ok"] and set(answer["ids"]) != set(line["expected_ids"])
            unlike.append(line["filter"])
        else:
            assert answer.get("ids") == line["expected_ids"], line["filter"]
    assert len(expressions) == 108 and len(unlike) == 4


# ---- a plain evaluator

COMPARISONS = {
    "=": lambda order: order == 0,
    "<>": lambda order: order != 0,
    "<": lambda order: order < 0,
    ">": lambda order: order > 0,
    "<=": lambda order: order <= 0,
    ">=": lambda order: order >= 0,
}
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")


class Instant:
    """Microseconds since 1970, or a whole day."""

    def __init__(self, text):
        self.is_day = len(text) == 10
        when = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        when = when if when.tzinfo else when.replace(tzinfo=datetime.timezone.utc)
        self.micros = (when - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(microseconds=1)

    def order(self, other):
        scale = 86400 * 10**6 if self.is_day or other.is_day else 1
        return self.micros // scale - other.micros // scale


def as_instant(value):
    if isinstance(value, str) and (re.match(r"\d{4}-\d\d-\d\d$", value) or STAMP.match(value)):
        return Instant(value)
    return value if isinstance(value, Instant) else None


def order(a, b):
    """Negative, 0 or positive; None when they can't be compared."""
    if isinstance(a, Instant) or isinstance(b, Instant):
        a, b = as_instant(a), as_instant(b)
        return None if a is None or b is None else a.order(b)
    if isinstance(a, bool) and isinstance(b, bool):
        return a - b
    if isinstance(a, bool) or isinstance(b, bool):
        return None
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return (float(a) > float(b)) - (float(a) < float(b))
    if isinstance(a, str) and isinstance(b, str):
        a, b = a.encode(), b.encode()
        return (a > b) - (a < b)
    return None


def compare(op, a, b):
    answer = order(a, b)
    return None if answer is None else COMPARISONS[op](answer)


def negate(truth):
    return None if truth is None else not truth


def both(truths):
    return False if False in truths else None if None in truths else True


def like(value, pattern):
    if not isinstance(value, str) or not isinstance(pattern, str):
        return None
    out, i = "", 0
    while i < len(pattern):
        if pattern[i] == "\\" and i + 1 < len(pattern):
            i += 1
            out += re.escape(pattern[i])
        else:
            out += {"%": ".*", "_": "."}.get(pattern[i], re.escape(pattern[i]))
        i += 1
    return re.fullmatch(out, value, re.S) is not None


def calculate(op, a, b):
    if not all(isinstance(x, (int, float)) and not isinstance(x, bool) for x in (a, b)):
        return None
    a, b = float(a), float(b)
    try:
        if op in "+-*/^":
            answer = {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b, "^": lambda: math.pow(a, b)}[op]()
        else:
            answer = math.fmod(a, b) if op == "%" else float(math.trunc(a / b))
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    return answer if math.isfinite(answer) else None


def fold(op, value):
    if not isinstance(value, str):
        return None
    if op == "casei":
        return unicodedata.normalize("NFC", unicodedata.normalize("NFD", value).casefold())
    return unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", value) if not unicodedata.combining(c)))


def evaluate(node, properties):
    if not isinstance(node, dict):
        return node
    if "property" in node:
        return properties.get(node["property"])
    if "date" in node or "timestamp" in node:
        return Instant(node.get("date") or node.get("timestamp"))
    op = node["op"]
    if op == "in":
        value = evaluate(node["args"][0], properties)
        return negate(both([negate(compare("=", value, evaluate(member, properties))) for member in node["args"][1]]))
    args = [evaluate(arg, properties) for arg in node["args"]]
    if op in COMPARISONS:
        return compare(op, *args)
    if op in ("and", "or", "not"):
        args = [arg if isinstance(arg, bool) else None for arg in args]
        return {"and": lambda: both(args), "or": lambda: negate(both([negate(arg) for arg in args])), "not": lambda: negate(args[0])}[op]()
    if op == "isNull":
        return args[0] is None
    if op == "between":
        return both([compare(">=", args[0], args[1]), compare("<=", args[0], args[2])])
    if op == "like":
        return like(*args)
    return fold(op, args[0]) if op in ("casei", "accenti") else calculate(op, *args)


STRINGS = ["", "a", "A", "ab", "abc", "é", "É", "e\u0301", "straße", "STRASSE", "z%", "_", "10", "9", "2020-01-01", "😀", "a\\b"]
TIMES = ["2020-01-01T00:00:00Z", "2020-01-01T23:59:59.999Z", "2020-01-02T00:30:00+01:00", "2019-12-31T23:59:59Z", "2021-06-01T12:00:00Z"]
DATES = ["2020-01-01", "2019-12-31", "2021-06-01"]
NUMBERS = [0, 1, -1, 2, 2.5, 9, 10, 1e10, -0.5, 3, 0.1]
PATTERNS = ["%", "a%", "%b%", "_", "__", "\\_", "z\\%", "%é%", "", "1_", "a_c", "%%b", "a\\\\b"]
NAMES = ["num", "str", "flag", "when", "odd", "none"]


def odd_value(dice):
    return dice.choice([dice.choice(NUMBERS), dice.choice(STRINGS), dice.choice(TIMES + DATES), True, False, None, [1, 2], {"a": 1}])


def make_items(dice, n):
    items = []
    for i in range(n):
        properties = {"datetime": "2020-01-01T00:00:00Z"}
        for name, values in (("num", NUMBERS), ("str", STRINGS), ("flag", [True, False]), ("when", TIMES + DATES)):
            if dice.random() < 0.85:
                properties[name] = dice.choice(values) if dice.random() < 0.9 else odd_value(dice)
        if dice.random() < 0.8:
            properties["odd"] = odd_value(dice)
        items.append({"type": "Feature", "stac_version": "1.0.0", "id": str(i), "geometry": None, "properties": properties, "links": [], "assets": {}})
    return items


def make_number(dice, depth):
    if depth == 0 or dice.random() < 0.4:
        return dice.choice(NUMBERS) if dice.random() < 0.4 else {"property": dice.choice(["num", "num", "odd"])}
    return {"op": dice.choice(["+", "-", "*", "/", "%", "div", "^"]), "args": [make_number(dice, depth - 1), make_number(dice, depth - 1)]}


def make_string(dice):
    inner = dice.choice(STRINGS) if dice.random() < 0.4 else {"property": dice.choice(["str", "str", "odd"])}
    return {"op": dice.choice(["casei", "accenti"]), "args": [inner]} if dice.random() < 0.3 else inner


def make_time(dice):
    return dice.choice([{"timestamp": dice.choice(TIMES)}, {"date": dice.choice(DATES)}, {"property": "when"}, {"property": "odd"}])


def make_scalars(dice, n):
    """Operands of one kind, most of the time; a time among them is never met by a bare string only."""
    make = dice.choice([lambda: make_number(dice, 2), lambda: make_string(dice), lambda: make_time(dice), lambda: dice.choice([True, False, {"property": "flag"}])])
    return [make() for _ in range(n)]


def make_predicate(dice):
    kind = dice.random()
    if kind < 0.5:
        return {"op": dice.choice(list(COMPARISONS)), "args": make_scalars(dice, 2)}
    if kind < 0.6:
        return {"op": "isNull", "args": [dice.choice([{"property": dice.choice(NAMES)}, make_number(dice, 1)])]}
    if kind < 0.7:
        return {"op": "between", "args": dice.choice([lambda: [make_number(dice, 1) for _ in range(3)], lambda: [make_time(dice) for _ in range(3)]])()}
    if kind < 0.8:
        value, *members = make_scalars(dice, dice.randrange(1, 6))
        return {"op": "in", "args": [value, members]}
    if kind < 0.9:
        pattern = dice.choice(PATTERNS)
        return {"op": "like", "args": [make_string(dice), {"op": "casei", "args": [pattern]} if dice.random() < 0.2 else pattern]}
    return dice.choice([True, False, {"property": "flag"}, {"property": "odd"}])


def make_filter(dice, depth):
    if depth == 0 or dice.random() < 0.3:
        return make_predicate(dice)
    op = dice.choice(["and", "or", "not"])
    return {"op": op, "args": [make_filter(dice, depth - 1) for _ in range(1 if op == "not" else dice.randrange(2, 4))]}


def test_five_thousand_filters_like_a_plain_evaluator(tmp_path):
    dice = random.Random(20240726)
    items = make_items(dice, 120)
    filters = [make_filter(dice, dice.randrange(4)) for _ in range(5000)]
    answers = run([{"json": node} for node in filters], items, tmp_path)
    selective = 0
    for node, answer in zip(filters, answers):
        assert answer["ok"], (node, answer)
        truths = [evaluate(node, item["properties"]) for item in items]
        truths = [truth if isinstance(truth, bool) else None for truth in truths]
        expected = [item["id"] for item, truth in zip(items, truths) if truth]
        assert answer["ids"] == expected, (answer["text"], node)
        assert answer["unknown"] == truths.count(None), answer["text"]
        selective += 0 < len(expected) < len(items)
    assert selective > 2500


# ---- time and arrays

TEMPORAL = {
    "t_after": lambda a, b, c, d: a > d,
    "t_before": lambda a, b, c, d: b < c,
    "t_contains": lambda a, b, c, d: a < c and b > d,
    "t_disjoint": lambda a, b, c, d: a > d or b < c,
    "t_during": lambda a, b, c, d: a > c and b < d,
    "t_equals": lambda a, b, c, d: a == c and b == d,
    "t_finishedBy": lambda a, b, c, d: b == d and a < c,
    "t_finishes": lambda a, b, c, d: b == d and a > c,
    "t_intersects": lambda a, b, c, d: a <= d and b >= c,
    "t_meets": lambda a, b, c, d: b == c,
    "t_metBy": lambda a, b, c, d: a == d,
    "t_overlappedBy": lambda a, b, c, d: c < a < d < b,
    "t_overlaps": lambda a, b, c, d: a < c < b < d,
    "t_startedBy": lambda a, b, c, d: a == c and b > d,
    "t_starts": lambda a, b, c, d: a == c and b < d,
}
DAY = 86400 * 10**9


def reach(value):
    """First and last nanosecond of an instant; None when it is none."""
    value = as_instant(value)
    if value is None:
        return None
    first = value.micros * 1000
    return (first, first + (DAY - 1 if value.is_day else 0))


def temporal_reach(node, properties):
    if "interval" not in node:
        return reach(evaluate(node, properties))
    ends = [end if isinstance(end, str) else evaluate(end, properties) for end in node["interval"]]
    reaches = [(-math.inf, math.inf) if end == ".." and isinstance(node["interval"][i], str) else reach(end) for i, end in enumerate(ends)]
    if None in reaches or reaches[0][0] > reaches[1][1]:
        return None
    return (reaches[0][0], reaches[1][1])


def make_temporal(dice):
    kind = dice.randrange(4)
    if kind < 2:
        return make_time(dice)
    ends = [dice.choice([dice.choice(TIMES + DATES), "..", {"property": "when"}, {"property": "odd"}]) for _ in range(2)]
    fixed = [end if isinstance(end, str) and end != ".." else None for end in ends]
    if None not in fixed and reach(fixed[0])[0] > reach(fixed[1])[1]:
        ends.reverse()
    return {"interval": ends}


def test_temporal_functions_like_a_plain_evaluator(tmp_path):
    dice = random.Random(8601)
    items = make_items(dice, 80)
    filters = [{"op": dice.choice(list(TEMPORAL)), "args": [make_temporal(dice), make_temporal(dice)]} for _ in range(2000)]
    found = dict.fromkeys(TEMPORAL, 0)
    for node, answer in zip(filters, run([{"json": node} for node in filters], items, tmp_path)):
        assert answer["ok"], (node, answer)
        sides = [[temporal_reach(arg, item["properties"]) for arg in node["args"]] for item in items]
        truths = [None if None in pair else TEMPORAL[node["op"]](*pair[0], *pair[1]) for pair in sides]
        assert answer["ids"] == [item["id"] for item, truth in zip(items, truths) if truth], answer["text"]
        assert answer["unknown"] == truths.count(None), answer["text"]
        found[node["op"]] += len(answer["ids"])
    assert all(found.values()), found


def is_subset(a, b):
    return all(any(compare("=", x, y) for y in b) for x in a)


ARRAYS = {
    "a_equals": lambda a, b: is_subset(a, b) and is_subset(b, a),
    "a_contains": lambda a, b: is_subset(b, a),
    "a_containedBy": is_subset,
    "a_overlaps": lambda a, b: any(compare("=", x, y) for x in a for y in b),
}


def test_array_functions_like_a_plain_evaluator(tmp_path):
    dice = random.Random(3)
    members = [1, 1.0, 2, 3, "a", "b", "1", True, False]

    def make_array():
        return [dice.choice(members) for _ in range(dice.randrange(4))]

    items = make_items(dice, 80)
    for item in items:
        if dice.random() < 0.9:
            item["properties"]["list"] = make_array() if dice.random() < 0.9 else odd_value(dice)
    filters = []
    for _ in range(600):
        args = [{"property": "list"}, dice.choice([make_array(), make_array(), {"property": "odd"}])]
        filters.append({"op": dice.choice(list(ARRAYS)), "args": args if dice.random() < 0.5 else args[::-1]})
    found = dict.fromkeys(ARRAYS, 0)
    for node, answer in zip(filters, run([{"json": node} for node in filters], items, tmp_path)):
        assert answer["ok"], (node, answer)
        sides = [[evaluate(arg, item["properties"]) if isinstance(arg, dict) else arg for arg in node["args"]] for item in items]
        truths = [ARRAYS[node["op"]](*pair) if all(isinstance(side, list) for side in pair) else None for pair in sides]
        assert answer["ids"] == [item["id"] for item, truth in zip(items, truths) if truth], answer["text"]
        assert answer["unknown"] == truths.count(None), answer["text"]
        found[node["op"]] += len(answer["ids"])
    assert all(found.values()), found


# ---- the page


def test_the_page_has_the_tables_of_the_program():
    tables = subprocess.run([TOOL, "--describe"], capture_output=True, check=True, text=True).stdout
    page = (ROOT / "docs" / "filters.md").read_text(encoding="utf-8")
    for table in tables.split("\n\n"):
        assert table.strip() in page


# ---- shapely

RELATIONS = {
    "s_intersects": shapely.intersects,
    "s_equals": shapely.equals,
    "s_disjoint": shapely.disjoint,
    "s_touches": shapely.touches,
    "s_within": shapely.within,
    "s_overlaps": shapely.overlaps,
    "s_crosses": shapely.crosses,
    "s_contains": shapely.contains,
}


def vertices(geometry):
    return [list(map(float, xy)) for xy in shapely.get_coordinates(geometry)]


def make_geometry(dice, places):
    """A geometry that has much to do with the places: made of their vertices, or one of them."""
    some = vertices(dice.choice(places))
    at = [dice.choice(some) for _ in range(4)]
    x, y = at[0]
    kind = dice.randrange(7)
    if kind == 0:
        return {"type": "Point", "coordinates": at[0]}
    if kind == 1:
        return {"type": "MultiPoint", "coordinates": at}
    if kind == 2 and at[1] != at[2]:
        return {"type": "LineString", "coordinates": [at[1], at[2]]}
    if kind == 3:
        return shapely.geometry.mapping(dice.choice(places))
    if kind == 4 and len(some) > 3:
        i = dice.randrange(len(some) - 2)
        if some[i] != some[i + 1]:
            return {"type": "LineString", "coordinates": some[i : i + 2]}
    size = dice.choice([0.5, 5, 40])
    return shapely.geometry.mapping(shapely.box(max(x - size, -180), max(y - size, -90), min(x + size, 180), min(y + size, 90)))


def test_spatial_functions_like_shapely(tmp_path):
    dice = random.Random(7)
    items = [item for item in zipped(NATURAL_EARTH)]
    places = [shapely.geometry.shape(item["geometry"]) for item in items]
    keep = [i for i, place in enumerate(places) if place.is_valid]
    items, places = [items[i] for i in keep], [places[i] for i in keep]
    filters = []
    while len(filters) < 800:
        geometry = make_geometry(dice, places)
        if shapely.geometry.shape(geometry).is_valid:
            args = [{"property": "geometry"}, json.loads(json.dumps(geometry))]
            filters.append({"op": dice.choice(list(RELATIONS)), "args": args if dice.random() < 0.7 else args[::-1]})
    answers = run([{"json": node} for node in filters], [{**item, "id": str(i)} for i, item in enumerate(items)], tmp_path)
    found = dict.fromkeys(RELATIONS, 0)
    for node, answer in zip(filters, answers):
        assert answer["ok"], answer
        sides = [places if "property" in arg else shapely.geometry.shape(arg) for arg in node["args"]]
        expected = [str(i) for i, holds in enumerate(RELATIONS[node["op"]](*sides)) if holds]
        assert answer["ids"] == expected, answer["text"][:400]
        found[node["op"]] += len(expected)
    assert all(found.values()), found
