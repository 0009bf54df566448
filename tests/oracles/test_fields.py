"""Fields compared with a plain reading of the table in lib/query/fields.h, over dictionaries.

The program under test is cairn_fields_tool of the build directory named by CAIRN_BUILD (build/dev by default).
"""

import json
import os
import pathlib
import random
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("CAIRN_BUILD", ROOT / "build" / "dev"))
TOOL = BUILD / "tests" / "tools" / "cairn_fields_tool"
SAMPLE = ROOT / "tests" / "data" / "corpus-sample.ndjson"

pytestmark = pytest.mark.skipif(not TOOL.exists(), reason=f"{TOOL} is not built")

MEMBERS = ["type", "stac_version", "stac_extensions", "id", "geometry", "bbox", "links", "assets", "collection"]
MEMBERS += ["properties"]
EXTRAS = ["type", "stac_version", "id", "collection"]
ITEM = ["type", "stac_version", "id", "collection", "geometry", "bbox", "links", "assets", "properties.datetime"]
RANGE = ["properties.start_datetime", "properties.end_datetime"]
COLLECTION = ["type", "stac_version", "id", "description", "license", "extent", "links"]


def dumps(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def open_form(document):
    links = document.get("links", [])
    front = dumps({key: value for key, value in document.items() if key != "links"})[:-1]
    comma = "," if len(front) > 1 else ""
    return front + comma + '"links":[' + "".join(dumps(link) + "," for link in links)


def close(text, links):
    """The whole document that a server makes of what is sent."""
    return json.loads(text.rstrip(",") + "]}" if links else text)


def run(cases):
    """Each case is (document, "get" or "post", what is asked for)."""
    lines = [dumps({"open": open_form(document), method: asked}) for document, method, asked in cases]
    done = subprocess.run([TOOL], input="\n".join(lines).encode(), capture_output=True, check=True)
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert len(answers) == len(cases)
    return answers


# ---- the same in Python


def parse_get(text):
    include, exclude = [], []
    for piece in text.split(","):
        name = piece.strip()
        target = exclude if name.startswith("-") else include
        name = name[1:].strip() if name[:1] in ("-", "+") and name else name
        if name:
            target.append(name)
    return include, exclude, False


def parse_post(asked):
    include = [name for name in asked.get("include") or [] if name]
    exclude = [name for name in asked.get("exclude") or [] if name]
    return include, exclude, "include" not in asked and bool(exclude)


def full_names(names, is_item):
    full = set(names)
    if is_item:
        full |= {f"properties.{name}" for name in names if name.split(".")[0] not in MEMBERS}
    return full


def is_within(path, names):
    return any(path == name or path.startswith(name + ".") for name in names)


def select(value, path, include, exclude, keep):
    """The members of an object that are sent. The longest name that the path begins with decides."""
    kept = {}
    for key, member in value.items():
        here = f"{path}.{key}" if path is not None else key
        wanted = True if here in include else False if here in exclude else keep
        deeper = any(name.startswith(here + ".") for name in include | exclude)
        if isinstance(member, dict) and deeper:
            part = select(member, here, include, exclude, wanted)
            if part or wanted:
                kept[key] = part
        elif wanted:
            kept[key] = member
    return kept


def expected(document, method, asked):
    include, exclude, all_but = parse_get(asked) if method == "get" else parse_post(asked)
    is_item = document.get("type") == "Feature"
    include, exclude = full_names(include, is_item), full_names(exclude, is_item)
    unasked = EXTRAS if include else [] if all_but else ITEM if is_item else COLLECTION
    if is_item and not include and not all_but and document.get("properties", {}).get("datetime") is None:
        unasked = unasked + RANGE
    exclude -= include
    include |= {name for name in unasked if not is_within(name, exclude)}
    return select(document, None, include, exclude, all_but)


def order_of(value):
    """Key order counts, but for `links`, which stands last."""
    if isinstance(value, dict):
        return [(key, order_of(member)) for key, member in value.items()]
    return [order_of(member) for member in value] if isinstance(value, list) else repr(value)


def check(cases):
    for case, answer in zip(cases, run(cases)):
        document, method, asked = case
        assert "sent" in answer, (asked, answer)
        want = expected(document, method, asked)
        got = close(answer["sent"], answer["links"])
        if "links" in want:
            want["links"] = want.pop("links")
        assert order_of(got) == order_of(want), (document.get("id"), method, asked, answer["sent"])


# ---- documents and names


def paths_of(value, path=(), depth=4):
    if not isinstance(value, dict) or depth == 0:
        return
    for key, member in value.items():
        yield ".".join([*path, key])
        yield from paths_of(member, (*path, key), depth - 1)


def items():
    documents = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    for document in documents:
        document.setdefault("links", [])
        document.setdefault("collection", "c")
    assert len(documents) > 50
    return documents


ODD = {
    "type": "Feature",
    "id": "odd",
    "foreign": {"a": 1, "b": {"c": 2}},
    "a.b": 1,
    "properties": {
        "datetime": None,
        "a": {"b": 1, "b.c": {"d": 2}, "": {"": 3}},
        "a.b": {"c": {"d": 4}},
        "a.b.c": [{"d": 5}],
        'quote"back\\slash/ü': {"é\n": 6, "x": 7},
        "": 8,
        "id": 9,
        "links": [],
        "empty": {},
    },
    "assets": {"B04.tif": {"href": "x", "roles": []}, "B04": {"tif": {"href": "y"}}, "B": None},
    "links": [{"rel": "license", "href": "https://example.com/"}],
}
COLLECTION_DOCUMENT = {
    "stac_version": "1.1.0",
    "type": "Collection",
    "id": "c",
    "title": "t",
    "description": "d",
    "license": "other",
    "extent": {"spatial": {"bbox": [[0, 0, 1, 1]]}, "temporal": {"interval": [[None, None]]}},
    "summaries": {"platform": ["a"], "gsd": {"minimum": 1, "maximum": 2}},
    "properties": {"title": "not this"},
    "links": [{"rel": "license", "href": "https://example.com/"}],
}


def draw_name(dice, names):
    name = dice.choice(names)
    change = dice.random()
    if change < 0.15 and name.startswith("properties."):
        return name[len("properties.") :]
    if change < 0.2:
        return name + "." + dice.choice(["x", "href", ""])
    if change < 0.25:
        return dice.choice(MEMBERS + ["nothing", "properties", ".", "datetime", "properties."])
    if change < 0.3 and "." in name:
        return name[: name.rindex(".")]
    return name


def draw_names(dice, names):
    return [draw_name(dice, names) for _ in range(dice.choice([0, 1, 1, 2, 3, 6]))]


def draw_case(dice, document, names):
    include, exclude = draw_names(dice, names), draw_names(dice, names)
    if include and dice.random() < 0.3:  # something inside of it, or the same
        inside = [name for name in names if name.startswith(include[0])]
        exclude.append(dice.choice(inside or include))
    if dice.random() < 0.5:
        usable = [n for n in include + exclude if n and "," not in n and n == n.strip() and n[0] not in "+-"]
        signs = [dice.choice(["", "+", " "]) if name in include else "-" for name in usable]
        pieces = [sign + name for sign, name in zip(signs, usable)]
        dice.shuffle(pieces)
        return document, "get", ",".join(pieces)
    asked = {}
    for key, value in (("include", include), ("exclude", exclude)):
        if value or dice.random() < 0.5:
            asked[key] = value or dice.choice([None, []])
    return document, "post", asked


def test_random_cases_over_real_items():
    dice = random.Random(4)
    cases = []
    for document in items() + 20 * [ODD, COLLECTION_DOCUMENT]:
        names = [name for name in paths_of(document) if name.count(".") < 15]
        cases += [draw_case(dice, document, names) for _ in range(60)]
    assert len(cases) > 5000
    check(cases)


TABLE = [
    ("post", {}, None),
    ("post", {"include": None, "exclude": []}, None),
    ("get", "", None),
    ("get", "geometry,assets", {"type", "stac_version", "id", "collection", "geometry", "assets"}),
    ("post", {"exclude": ["geometry", "assets"]}, "all but"),
    ("post", {"include": [], "exclude": ["geometry"]}, "default but"),
    ("get", "-geometry", "default but"),
    ("get", "+geometry,-geometry", {"type", "stac_version", "id", "collection", "geometry"}),
]


def test_the_table():
    document = {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": [],
        "id": "i",
        "collection": "c",
        "geometry": None,
        "bbox": [0, 0, 1, 1],
        "properties": {"datetime": "2020-01-01T00:00:00Z", "start_datetime": "x", "platform": "p"},
        "assets": {},
        "links": [],
    }
    cases = [(document, method, asked) for method, asked, _ in TABLE]
    check(cases)
    default = set(document) - {"stac_extensions"}
    for (method, asked, want), answer in zip(TABLE, run(cases)):
        keys = set(close(answer["sent"], answer["links"]))
        if want is None:
            want = default
        elif want == "all but":
            want = set(document) - {"geometry", "assets"}
        elif want == "default but":
            want = default - {"geometry"}
        assert keys == want, (method, asked)


def test_nothing_is_printed_anew():
    text = (
        '{"type":"Feature","properties":{"n":1.50e+01,"n":-0,"s":"\\u00e9\\/","d":{"b":1,"a":[1,{"x":1e400}]},'
        '"datetime":null},"links":['
    )
    asked = [{"include": ["properties"]}, {"include": ["n", "s", "d", "datetime"]}, {"exclude": ["properties.x"]}]
    lines = [dumps({"open": text, "post": fields}) for fields in asked]
    done = subprocess.run([TOOL], input="\n".join(lines).encode(), capture_output=True, check=True)
    sent = [json.loads(line)["sent"] for line in done.stdout.decode().splitlines()]
    kept = text[: text.index(',"links":[')]
    assert sent == [kept + "}", kept + "}", text]


def test_wanted_members():
    cases = [
        (ODD, "get", "datetime"),
        (ODD, "get", "assets.B04.href"),
        (ODD, "get", ""),
        (ODD, "get", "-assets"),
        (ODD, "get", "-assets.B04"),
        (ODD, "post", {"exclude": ["links", "assets"]}),
        (ODD, "post", {"exclude": ["assets"], "include": ["assets.B04"]}),
        (ODD, "get", "links.href"),
        (ODD, "get", "links"),
    ]
    got = [(answer["wants"]["assets"], answer["wants"]["properties"], answer["links"]) for answer in run(cases)]
    assert got == [
        (False, True, False),
        (True, False, False),
        (True, True, True),
        (False, True, True),
        (True, True, True),
        (False, True, False),
        (True, False, False),
        (False, False, False),
        (False, False, True),
    ]


BAD = [
    ("post", None),
    ("post", []),
    ("post", "id"),
    ("post", 1),
    ("post", {"include": "id"}),
    ("post", {"include": [1]}),
    ("post", {"exclude": {"a": 1}}),
    ("post", {"inclde": ["id"]}),
    ("get", "id,-"),
    ("get", "+"),
]
LARGE = [
    ("get", ",".join(f"a{i}" for i in range(1001))),
    ("get", ",".join("-a" for i in range(1001))),
    ("post", {"include": ["a"] * 501, "exclude": ["b"] * 500}),
    ("get", ".".join("a" * 17)),
    ("post", {"exclude": ["a" * 1025]}),
]


@pytest.mark.parametrize("code, cases", [("invalid", BAD), ("too large", LARGE)])
def test_refusals(code, cases):
    for case, answer in zip(cases, run([(ODD, *case) for case in cases])):
        assert answer.get("code") == code and answer["parameter"] == "fields", (case, answer)
        assert "expected" in answer["message"] and "\n" not in answer["message"], answer


def test_just_within_the_limits():
    check(
        [
            (ODD, "get", ",".join(f"a{i}" for i in range(999)) + ",id"),
            (ODD, "get", ".".join("a" * 16)),
            (ODD, "post", {"exclude": ["a" * 1024]}),
        ]
    )


def test_older_names_of_the_lists():
    plural, singular = run(
        [
            (ODD, "post", {"includes": ["a"], "excludes": ["a.b"]}),
            (ODD, "post", {"include": ["a"], "exclude": ["a.b"]}),
        ]
    )
    assert plural == singular
