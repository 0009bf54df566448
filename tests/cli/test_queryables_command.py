"""What a catalog keeps of its items' properties: counted, indexed, summarised, brought up from version 1.

What is kept is compared with plain Python over the items that were written last.
"""

import json
import random
import sqlite3
from collections import Counter

import pytest
import requests
from support import Server, alone, make_item
from things import damage, ids
from version1 import make_version_1


def ndjson(path, items):
    path.write_text("".join(json.dumps(item) + "\n" for item in items))
    return path


def listed(cairn, path, *args):
    return {p["name"]: p for p in json.loads(cairn("queryables", "list", path, "--json", *args).stdout)["properties"]}


def rows(path, sql, *values):
    db = sqlite3.connect(path)
    try:
        return db.execute(sql, values).fetchall()
    finally:
        db.close()


def collection(cairn, path, id, *args):
    return json.loads(cairn("get", path, id, *args).stdout)


# ---- counting: any sequence of batches leaves what Python counts ----

CHOICES = {
    "eo:cloud_cover": [0, 0, 7.5, 12, 99.25, 100],
    "platform": ["landsat-8", "landsat-9", "Müller \"x\"", None],
    "instruments": [["oli"], ["oli", "tirs"], ["oli", "oli", None], []],
    "gsd": [10, 30, 0.5],
    "created": ["2020-02-03T04:05:06Z", "2020-02-03T05:05:06+01:00", "2019-01-01T00:00:00.25Z", "yesterday"],
    "proj:epsg": [32632, 32633],
    "proj:code": ["EPSG:4326", None],
    "flag": [True, False],
    "mixed": [1, "1", True, [1], {"a": 1}],
    "title": ["Sea ice", "Öl, Eis"],
    "nested": [{"a": {"b": 3}}, {"a.b": 4}],
    "empty": [[], None],
}


def random_item(dice, number):
    item = make_item(
        f"item-{number}",
        collection=dice.choice(["things", "other"]),
        lon=dice.randint(-170, 170),
        lat=dice.randint(-80, 80),
        datetime=f"20{dice.randint(10, 20)}-01-01T00:00:00Z",
    )
    for name, choices in CHOICES.items():
        if dice.random() < 0.6:
            item["properties"][name] = dice.choice(choices)
    return item


def load_ready(item):
    """With the code of its EPSG number and the other way round, as items are kept."""
    code, epsg = (item["properties"].get(f"proj:{name}") for name in ("code", "epsg"))
    if epsg and not code:
        item["properties"]["proj:code"] = f"EPSG:{epsg}"
    if code and not epsg:
        item["properties"]["proj:epsg"] = int(code.removeprefix("EPSG:"))
    return item


def kind(value):
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return {str: "string", list: "array", dict: "object"}[type(value)]


def check_counts(known, items):
    """The counts of one property, where its values are scalars or arrays of them."""
    values = [v for v in items if v is not None]
    assert known["items"] == len(values)
    numbers = [v for v in values if kind(v) == "number"]
    if numbers:
        assert (known["minimum"], known["maximum"]) == (min(numbers), max(numbers))
    if all(kind(v) != "object" for v in values):
        counts = Counter()
        for value in values:
            members = value if isinstance(value, list) else [value]
            counts.update({json.dumps(m) for m in members if m is not None})
        assert {json.dumps(v["value"]): v["items"] for v in known.get("values", [])} == dict(counts)


def check_all(cairn, path, items):
    cairn("check", path)
    for id in ["things", "other"]:
        own = [i["properties"] for i in items.values() if i["collection"] == id]
        names = {name for p in own for name, value in p.items() if value is not None}
        known = listed(cairn, path, "--collection", id) if own else {}
        assert {name for name, p in known.items() if p["items"]} == names
        for name in names - {"nested"}:
            check_counts(known[name], [p.get(name) for p in own])


def index_of(path, name):
    """What the index holds of a property: {(collection, id, value)}."""
    return set(
        rows(
            path,
            "SELECT i.collection, i.id, v.value FROM promoted p JOIN item_value v ON v.property=p.slot*2"
            " JOIN item i ON i.key=v.key WHERE p.name=?",
            name,
        )
    )


def epsg_or_code(properties):
    code, epsg = properties.get("proj:code"), properties.get("proj:epsg")
    return code if code is not None else f"EPSG:{epsg}" if epsg is not None else None


def test_what_is_kept_follows_the_items(cairn, tmp_path):
    dice = random.Random(7)
    path, items = tmp_path / "c.cairn", {}
    for step in range(12):
        batch = [random_item(dice, dice.randint(0, 60)) for _ in range(dice.randint(1, 40))]
        cairn("ingest", path, ndjson(tmp_path / "batch.ndjson", batch), "--quiet")
        items.update({(i["collection"], i["id"]): load_ready(i) for i in batch})
        gone = [key for key in list(items) if dice.random() < 0.2]
        for id in ["things", "other"]:
            own = [item for where, item in gone if where == id]
            if own:
                cairn("delete", path, id, *own)
        for key in gone:
            del items[key]
        if step == 8:
            cairn("delete", path, "other", "--all")
            items = {key: item for key, item in items.items() if key[0] != "other"}
        check_all(cairn, path, items)
    expected = {
        (c, id, epsg_or_code(item["properties"])) for (c, id), item in items.items() if epsg_or_code(item["properties"])
    }
    assert index_of(path, "proj:code") == expected
    times = {value for _, _, value in index_of(path, "created")}
    assert times <= {"2020-02-03T04:05:06", "2019-01-01T00:00:00.25", "yesterday"}


def test_values_are_listed_again_when_few_items_are_left(cairn, tmp_path):
    def batch(numbers):
        made = [make_item(f"i{n}", lon=1, lat=1) for n in numbers]
        for n, item in zip(numbers, made):
            item["properties"]["made"] = f"m{n}"
        return ndjson(tmp_path / "batch.ndjson", made)

    path = tmp_path / "c.cairn"
    cairn("ingest", path, batch(range(70)), "--quiet")
    assert "values" not in listed(cairn, path)["made"]
    cairn("delete", path, "things", *[f"i{n}" for n in range(5)])
    assert "values" not in listed(cairn, path)["made"]
    cairn("delete", path, "things", "i5")
    assert {v["value"] for v in listed(cairn, path)["made"]["values"]} == {f"m{n}" for n in range(6, 70)}
    cairn("ingest", path, batch([100]), "--quiet")
    assert "values" not in listed(cairn, path)["made"]
    cairn("check", path)


def test_the_same_again_changes_nothing(cairn, tmp_path):
    dice = random.Random(3)
    path, source = tmp_path / "c.cairn", ndjson(tmp_path / "i.ndjson", [random_item(dice, n) for n in range(50)])
    cairn("ingest", path, source, "--quiet")
    tables = ["item_properties", "item_value", "property", "collection"]
    before = [rows(path, f"SELECT * FROM {table}") for table in tables]
    assert "unchanged 50" in cairn("ingest", path, source).stdout
    assert [rows(path, f"SELECT * FROM {table}") for table in tables] == before


# ---- values, names and texts that are odd ----


def test_odd_properties(cairn, tmp_path):
    properties = [
        '"id":"x","a.b":1,"":2,"datetime":"2020-01-01T00:00:00Z"',
        '"a\\u0062":3,"ab":4,"datetime":"2020-01-01T00:00:00Z","n":-0.0,"big":123456789012345678901234567890,"huge":1e999',
        '"datetime":"2020-01-01T00:00:00Z","s":"\\ud800","long":"' + "x" * 300 + '","' + "n" * 300 + '":1',
        '"datetime":"2020-01-01T00:00:00Z","s":"\\u0000","platform":"\\u0041","platform":"B","many":%s' % list(range(500)),
    ]
    lines = [
        '{"type":"Feature","stac_version":"1.0.0","id":"%d","collection":"odd","geometry":null,"properties":{%s},'
        '"links":[],"assets":{}}\n' % (n, text)
        for n, text in enumerate(properties)
    ]
    (tmp_path / "odd.ndjson").write_text("".join(lines))
    path = tmp_path / "c.cairn"
    cairn("ingest", path, tmp_path / "odd.ndjson")
    cairn("queryables", "add", path, "properties.id", "a.b", "n", "s", "many")
    cairn("queryables", "add", path, "huge", "--force")
    cairn("check", path)
    known = listed(cairn, path)
    assert [v["value"] for v in known["ab"]["values"]] == [4]
    assert [v["value"] for v in known["platform"]["values"]] == ["B"]
    assert known["n"]["minimum"] == 0 and "n" * 300 not in known and "values" not in known["long"]
    assert index_of(path, "id") == {("odd", "0", "x")}
    assert index_of(path, "a.b") == {("odd", "0", 1.0)}
    cairn("delete", path, "odd", "0", "1", "2")
    cairn("check", path)
    cairn("delete", path, "odd", "--all")
    cairn("check", path)
    assert rows(path, "SELECT count(*) FROM item_value") == [(0,)]


# ---- adding and removing an index ----


@pytest.fixture
def filled(cairn, tmp_path):
    dice = random.Random(5)
    path = tmp_path / "filled.cairn"
    cairn("ingest", path, ndjson(tmp_path / "items.ndjson", [random_item(dice, n) for n in range(80)]), "--quiet")
    return path


def test_add_and_remove(cairn, filled):
    done = cairn("queryables", "add", filled, "title", "nested.a.b")
    known = listed(cairn, filled)
    counts = known["title"]["items"], known["nested"]["items"]
    assert done.stdout == "title: has an index now, of %d items\nnested.a.b: has an index now, of %d items\n" % counts
    cairn("check", filled)
    assert known["title"]["index"] == "added" and known["title"]["indexed_items"] == known["title"]["items"]
    assert {value for _, _, value in index_of(filled, "nested.a.b")} == {3.0, 4.0}
    cairn("queryables", "remove", filled, "title", "properties.nested.a.b", "--quiet")
    assert listed(cairn, filled)["title"]["index"] is None
    cairn("check", filled)
    assert alone(filled)


def test_an_index_for_items_to_come(cairn, filled, tmp_path):
    done = cairn("queryables", "add", filled, "later", "nested", "--force")
    assert done.stdout == "later: has an index now, of 0 items\nnested: has an index now, of 0 items\n"
    item = make_item("new", lon=1, lat=1)
    item["properties"]["later"] = 5
    cairn("ingest", filled, ndjson(tmp_path / "new.ndjson", [item]), "--quiet")
    assert index_of(filled, "later") == {("things", "new", 5.0)}
    cairn("check", filled)


def test_a_built_in_index_stays_away(cairn, filled):
    cairn("queryables", "remove", filled, "platform")
    cairn("optimize", filled)
    assert listed(cairn, filled)["platform"]["index"] is None
    cairn("queryables", "add", filled, "platform")
    assert listed(cairn, filled)["platform"]["index"] == "added"
    cairn("check", filled)


@pytest.mark.parametrize(
    "args, code, said",
    [
        (["add", "datetime"], 1, "'datetime' is no property that an index can be made for"),
        (["add", "assets.B02"], 1, "'assets.B02' is no property"),
        (["add", "platform"], 1, "property 'platform' has an index already"),
        (["remove", "nothing"], 1, "property 'nothing' has no index"),
        (["add", "platfrom"], 1, "no item has 'platfrom'; did you mean 'platform'? --force makes the index for items"),
        (["add", "title", "properties.platfrom"], 1, "no item has 'platfrom'; did you mean 'platform'? --force"),
        (["add", "qqqqqqqqqqqqqqqq"], 1, "no item has 'qqqqqqqqqqqqqqqq': `cairn queryables list CATALOG` shows"),
        (["add", "view:azimuth"], 1, "no item has 'view:azimuth'"),
        (["add", "nested.a.c"], 1, "no item has 'nested.a.c'"),
        (["add", "nested"], 1, "'nested' is an object wherever an item has it, and an index holds text, numbers and"),
        (["add", "empty"], 1, "the items have nothing in 'empty' that an index holds"),
        (["add"], 2, "expected the names of properties"),
        (["ad", "x"], 2, "found 'ad': did you mean 'add'?"),
    ],
)
def test_what_can_not_be(cairn, filled, args, code, said):
    before = filled.read_bytes()
    done = cairn("queryables", args[0], filled, *args[1:], check=False)
    assert done.returncode == code and said in done.stderr
    if code == 2:
        assert filled.read_bytes() == before


def test_all_or_none_of_the_names(cairn, filled):
    done = cairn("queryables", "add", filled, "title", "datetime", check=False)
    assert done.returncode == 1
    assert listed(cairn, filled)["title"]["index"] is None
    cairn("check", filled)


def test_an_index_is_made_under_a_running_daemon(cairn, filled, start_server):
    server = start_server(filled)
    search = {"filter": "title = 'Sea ice'", "limit": 100}
    before = requests.get(server.url + "search", params=search).json()
    cairn("queryables", "add", filled, "title")
    after = requests.get(server.url + "search", params=search).json()
    assert [i["id"] for i in after["features"]] == [i["id"] for i in before["features"]] != []


# ---- what is listed ----


def lines_of(cairn, path, *args):
    """The table as {property: (items, index, values)}."""
    _, *lines = cairn("queryables", "list", path, *args).stdout.splitlines()
    cells = [line.split(None, 4) + [""] for line in lines]
    return {name: (int(items), index, values) for name, _, items, index, values, *_ in cells}


@pytest.fixture
def two_collections(cairn, tmp_path):
    one, odd = make_item("one", lon=1, lat=1), make_item("odd", collection="odd", lon=1, lat=1)
    one["properties"].update({"platform": "x", "s2:product_type": "S2MSI2A", "a": {"b": 3}})
    one["properties"]["title"] = 'it\'s "quoted" \\ \n\x1b[31m\x9b ende'
    odd["properties"]["gsd"] = 10
    path = tmp_path / "two.cairn"
    cairn("ingest", path, ndjson(tmp_path / "two.ndjson", [one, odd]), "--quiet")
    cairn("queryables", "add", path, "a.b")
    return path


def test_list_has_only_what_the_collection_has(cairn, two_collections):
    path = two_collections
    assert set(lines_of(cairn, path, "--collection", "odd")) == {"datetime", "gsd"}
    assert set(listed(cairn, path, "--collection", "odd")) == {"datetime", "gsd"}
    assert "indexed_items" not in listed(cairn, path, "--collection", "odd")["gsd"]
    own = lines_of(cairn, path, "--collection", "things")
    assert "gsd" not in own and "product:type" not in own
    assert own["a.b"] == (0, "added", "index only: nested in objects")


def test_list_tells_what_only_an_index_has(cairn, two_collections):
    lines = lines_of(cairn, two_collections)
    assert lines["product:type"] == (0, "built-in", "index only, of 1 item: under another name")
    assert lines["a.b"] == (0, "added", "index only, of 1 item: nested in objects")
    assert lines["s2:product_type"][0] == 1
    known = listed(cairn, two_collections)["product:type"]
    assert (known["items"], known["index"], known["indexed_items"]) == (0, "built-in", 1)


def test_list_escapes_once(cairn, two_collections):
    shown = lines_of(cairn, two_collections)["title"][2]
    assert shown == r""" "it's \"quoted\" \\ \n\u001b[31m? ende" (1)""".strip().replace("?", "\ufffd")


# ---- served collections ----

GIVEN = {
    "type": "Collection",
    "stac_version": "1.0.0",
    "id": "things",
    "description": "Given",
    "license": "other",
    "extent": {
        "spatial": {"bbox": [[5, 45, 10, 48]]},
        "temporal": {"interval": [["2020-01-01T00:00:00Z", "2020-12-31T00:00:00Z"]]},
    },
    "summaries": {"flag": [True], "gsd": {"minimum": 20, "maximum": 20}},
    "links": [],
}


def test_a_given_collection_follows_its_items(cairn, tmp_path):
    path = tmp_path / "c.cairn"
    items = [
        make_item("a", lon=7, lat=46, datetime="2020-05-01T00:00:00Z"),
        make_item("b", lon=12, lat=46, datetime="2021-05-01T00:00:00Z"),
    ]
    items[1]["properties"].update({"flag": False, "gsd": 30, "platform": "x"})
    cairn("ingest", path, ndjson(tmp_path / "a.ndjson", [GIVEN, items[0]]), "--quiet")
    served = collection(cairn, path, "things")
    assert served["extent"] == GIVEN["extent"] and served["summaries"] == GIVEN["summaries"]
    cairn("ingest", path, ndjson(tmp_path / "b.ndjson", [items[1]]), "--quiet")
    served = collection(cairn, path, "things")
    assert served["extent"]["spatial"]["bbox"] == [[5, 45, 12, 48]]
    assert served["extent"]["temporal"]["interval"] == [["2020-01-01T00:00:00Z", "2021-05-01T00:00:00Z"]]
    assert served["summaries"]["flag"] == [True, False]
    assert served["summaries"]["gsd"] == {"minimum": 20, "maximum": 30}
    assert served["summaries"]["platform"] == ["x"]
    given = collection(cairn, path, "things", "--profile", "source")
    assert {key: given[key] for key in GIVEN if key != "links"} == {key: GIVEN[key] for key in GIVEN if key != "links"}
    assert "unchanged 1" in cairn("ingest", path, ndjson(tmp_path / "c.ndjson", [GIVEN])).stdout
    cairn("delete", path, "things", "b")
    served = collection(cairn, path, "things")
    assert served["extent"] == GIVEN["extent"] and served["summaries"] == GIVEN["summaries"]
    cairn("check", path)


@pytest.mark.parametrize(
    "declared, values, expected",
    [
        ({"minimum": 3, "maximum": 4}, [5, 50, "12"], {"minimum": 3, "maximum": 50}),
        ({"minimum": 3, "maximum": 4}, [1, "12", "13", True], {"minimum": 1, "maximum": 4}),
        ({"minimum": "a", "maximum": "b"}, [5, "c"], {"minimum": "a", "maximum": "b"}),
        (
            {"minimum": "2020-01-01T00:00:00Z", "maximum": "2020-02-01T00:00:00Z"},
            [7, "2021-01-01T00:00:00Z", "soon"],
            {"minimum": "2020-01-01T00:00:00Z", "maximum": "2021-01-01T00:00:00Z"},
        ),
        ([3], [5, "12"], [3, "12", 5]),
        (None, [5, 50, "12"], {"minimum": 5, "maximum": 50}),
        (None, [5, "a", "b"], ["a", "b", 5]),
    ],
)
def test_a_summary_of_mixed_values(cairn, tmp_path, declared, values, expected):
    """A declared range is widened by all that is of its kind; one is made where at least half are numbers."""
    items = [make_item(f"i{n}", lon=7, lat=46) for n in range(len(values))]
    for item, value in zip(items, values):
        item["properties"]["eo:cloud_cover"] = value
    given = [{**GIVEN, "summaries": {"eo:cloud_cover": declared}}] if declared else []
    path = tmp_path / "c.cairn"
    cairn("ingest", path, ndjson(tmp_path / "i.ndjson", given + items), "--quiet")
    assert collection(cairn, path, "things")["summaries"]["eo:cloud_cover"] == expected
    cairn("check", path)
    if declared:
        cairn("delete", path, "things", *[item["id"] for item in items])
        assert collection(cairn, path, "things")["summaries"]["eo:cloud_cover"] == declared
        cairn("check", path)


# ---- a catalog of version 1 ----


@pytest.fixture
def version_1(cairn, filled, tmp_path):
    cairn("ingest", filled, ndjson(tmp_path / "given.ndjson", [GIVEN]), "--quiet")
    old = tmp_path / "old.cairn"
    old.write_bytes(filled.read_bytes())
    make_version_1(old)
    return old


TRAITS = "SELECT c.id, traits, t.items FROM item_traits t JOIN collection c ON c.slot=t.collection ORDER BY c.id, traits"


@pytest.mark.parametrize("args", [["search"], ["info"], ["check"], ["export"], ["queryables", "list"]])
def test_version_1_is_not_read_as_it_is(cairn, version_1, args):
    done = cairn(*args, version_1, check=False)
    assert done.returncode == 1
    assert f"`cairn optimize {version_1}` brings it up" in done.stderr


def test_version_1_is_not_served_as_it_is(version_1):
    with pytest.raises(AssertionError, match="cairn optimize"):
        Server(version_1)


@pytest.mark.parametrize("how", [["optimize"], ["delete", "other", "nobody"]])
def test_version_1_is_brought_up(cairn, filled, version_1, how):
    cairn(how[0], version_1, *how[1:], check=how[0] == "optimize")
    cairn("check", version_1)
    assert rows(version_1, "PRAGMA user_version") == [(4,)]
    assert rows(version_1, TRAITS) == rows(filled, TRAITS) != []
    assert listed(cairn, version_1) == listed(cairn, filled)
    assert cairn("export", version_1).stdout == cairn("export", filled).stdout
    for id in ["things", "other"]:
        assert collection(cairn, version_1, id) == collection(cairn, filled, id)
    assert ids(version_1, "--filter", "platform = 'landsat-8'") == ids(filled, "--filter", "platform = 'landsat-8'")
    assert alone(version_1)


# ---- faults ----


@pytest.mark.parametrize(
    "sql, where",
    [
        ("UPDATE property SET integers=integers + 1 WHERE name='gsd'", "statistics"),
        ("UPDATE property SET minimum=minimum - 1 WHERE name='gsd'", "statistics"),
        ("UPDATE property SET list='nonsense' WHERE name='gsd'", "statistics"),
        ("DELETE FROM property WHERE name='flag'", "statistics"),
        ("DELETE FROM item_value WHERE key=1", "index"),
        ("UPDATE item_value SET value='elsewhere' WHERE value='landsat-8'", "index"),
        ("INSERT INTO item_value SELECT property, collection, 'more', back_sec, key FROM item_value LIMIT 1", "index"),
        ("UPDATE promoted SET definition='[1]' WHERE name='gsd'", "index"),
        ("DELETE FROM item_properties WHERE key=1", "body"),
        ("UPDATE item_properties SET body_at=body_at + 1 WHERE key=1", "body"),
        ("INSERT INTO item_properties SELECT 999, encoding, crc, length, NULL, properties FROM item_properties LIMIT 1", "properties"),
        ("INSERT INTO item_text(rowid, words) VALUES(1, 'more')", "words"),
        ("UPDATE collection_text SET words='more'", "words"),
        ("UPDATE collection SET west=west - 1", "collection"),
        ("UPDATE collection SET body='{}'", "collection"),
        ("INSERT INTO item_value VALUES(9999, 1, 'a', 0, 1)", "index"),
        ("INSERT INTO collection_text(rowid, words) VALUES(77, 'more')", "words"),
        ("UPDATE property SET collection=collection + 77 WHERE name='gsd'", "statistics"),
        ("CREATE TRIGGER harm AFTER DELETE ON item BEGIN DELETE FROM item_body; END", "file"),
    ],
)
def test_check_finds(cairn, filled, sql, where):
    damage(filled, sql)
    done = cairn("check", filled, "--format", "json", check=False)
    assert done.returncode == 1, done.stderr
    assert where in {finding["where"] for finding in json.loads(done.stdout)["findings"]}


def test_damage_does_not_stop_a_writer_that_can_go_on(cairn, filled, tmp_path):
    damage(filled, "UPDATE property SET list='[[' WHERE name='gsd'")
    damage(filled, "UPDATE promoted SET definition='' WHERE name='gsd'")
    item = make_item("new", lon=1, lat=1)
    cairn("ingest", filled, ndjson(tmp_path / "new.ndjson", [item, {**item, "collection": "other"}]), "--quiet")
    cairn("check", filled)


@pytest.mark.parametrize("table", ["promoted", "item_value", "item_properties", "property", "meta"])
def test_a_missing_table_is_named(cairn, filled, table):
    found = ids(filled, "--filter", "gsd = 10")[0]
    damage(filled, f"DROP TABLE {table}")
    done = cairn("check", filled, check=False)
    assert done.returncode == 1
    assert f"table {table} is missing" in done.stdout
    done = cairn("delete", filled, *found, check=False)
    assert done.returncode == 1
    assert "`cairn check` tells which" in done.stderr


@pytest.mark.parametrize("version", [-1, 0])
def test_no_catalog_has_such_a_version(cairn, filled, version):
    damage(filled, f"PRAGMA user_version={version}")
    for command in ["check", "optimize", "search"]:
        done = cairn(command, filled, check=False)
        assert done.returncode == 1
        assert f"has schema version {version}, which no catalog has" in done.stderr


def test_a_thousand_properties_can_have_an_index(cairn, tmp_path):
    names = [f"p{n}" for n in range(1300)]
    path = tmp_path / "many.cairn"
    item = make_item("all", lon=1, lat=1)
    item["properties"].update(dict.fromkeys(names, 5))
    cairn("ingest", path, ndjson(tmp_path / "many.ndjson", [item]), "--quiet")
    cairn("queryables", "add", path, "--quiet", *names)  # not all are known, but each is looked for
    assert ids(path, "--filter", "p1299 = 5") == [("things", "all")]
    cairn("check", path)


def test_ranges_of_many_items_may_be_wider(cairn, tmp_path):
    """One deletion does not count a large collection anew; the check knows that, and `cairn optimize` does it."""
    number = 20050
    items = (make_item(f"i{n:05}", lon=1, lat=1) for n in range(number))
    source, path = tmp_path / "items.ndjson", tmp_path / "c.cairn"
    with source.open("w") as out:
        for n, item in enumerate(items):
            item["properties"]["n"] = n
            out.write(json.dumps(item) + "\n")
    cairn("ingest", path, source, "--quiet")
    cairn("delete", path, "things", "i00000", f"i{number - 1}")
    known = listed(cairn, path)["n"]
    assert (known["items"], known["minimum"], known["maximum"]) == (number - 2, 0, number - 1)
    cairn("check", path)
    damage(path, "UPDATE property SET minimum=1.5 WHERE name='n'")
    assert "what is kept of property 'n'" in cairn("check", path, check=False).stdout
    cairn("optimize", path)
    known = listed(cairn, path)["n"]
    assert (known["minimum"], known["maximum"]) == (1, number - 2)
    cairn("delete", path, "things", *[f"i{n:05}" for n in range(1, 60)])
    assert listed(cairn, path)["n"]["minimum"] == 60
    cairn("check", path)
