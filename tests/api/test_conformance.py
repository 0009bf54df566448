"""Exactly the conformance classes that are there: STAC API and OGC, both generations of sort, and nothing else.

Not listed on purpose: ogcapi-features-1 html (only the API's definition has HTML), ogcapi-features-2 crs (answers are in CRS84 alone; bbox-crs
is a part of it), ogcapi-features-3 queryables-query-parameters (a property is no parameter), transactions and the deprecated context.
"""

import pytest
import requests

STAC = "https://api.stacspec.org/"
OGC = "http://www.opengis.net/spec/"

FOUNDATION = {f"{STAC}v1.0.0/{name}" for name in ("core", "collections", "ogcapi-features", "item-search")}
FEATURES_1 = {f"{OGC}ogcapi-features-1/1.0/conf/{name}" for name in ("core", "geojson", "oas30")}
FEATURES_3 = {f"{OGC}ogcapi-features-3/1.0/conf/{name}" for name in ("filter", "features-filter", "queryables")}
COMMON = {f"{OGC}ogcapi-common-2/1.0/conf/{name}" for name in ("collections", "simple-query")}
# Of sort, fields, query and filter, the version for collections is that of Collection Search.
QUERY = {f"{STAC}v1.0.0/{where}#{name}" for where in ("item-search", "ogcapi-features") for name in ("fields", "query", "sort")}
COLLECTION_SEARCH = {f"{STAC}v1.0.0-rc.1/collection-search{name}" for name in ("", "#fields", "#query", "#sort", "#filter")}
SORT = {f"{STAC}v1.1.0/{where}#sort" for where in ("item-search", "ogcapi-features", "collection-search")} | {
    f"{STAC}v1.1.0/item-search#sortables",
    f"{STAC}v1.1.0/collection-search#sortables",
    f"{OGC}ogcapi-features-5/1.0/conf/sortables",
}
TEXT = {
    f"{STAC}v1.0.0-rc.1/{where}#{name}"
    for where in ("item-search", "ogcapi-features", "collection-search")
    for name in ("free-text", "advanced-free-text")
}
FILTER = {f"{STAC}v1.0.0/item-search#filter"}
CQL2 = {
    f"{OGC}cql2/1.0/conf/{name}"
    for name in (
        "cql2-text",
        "cql2-json",
        "basic-cql2",
        "advanced-comparison-operators",
        "case-insensitive-comparison",
        "accent-insensitive-comparison",
        "basic-spatial-functions",
        "basic-spatial-functions-plus",
        "spatial-functions",
        "temporal-functions",
        "array-functions",
        "property-property",
        "functions",
        "arithmetic",
    )
}
AGGREGATION = {f"{STAC}v0.3.0/aggregation{name}" for name in ("", "#query", "#filter")}
BROWSING = {f"{STAC}v1.0.0-rc.2/children", f"{STAC}v1.0.0-rc.2/children#type-filter", f"{STAC}v1.0.0-rc.3/browseable"}

CLASSES = set.union(
    FOUNDATION, FEATURES_1, FEATURES_3, COMMON, QUERY, COLLECTION_SEARCH, SORT, TEXT, FILTER, CQL2, AGGREGATION, BROWSING
)  # fmt: skip


@pytest.mark.parametrize("path", ["", "conformance"])
def test_the_exact_set(server, path):
    listed = requests.get(server.url + path).json()["conformsTo"]
    assert sorted(listed) == sorted(CLASSES)
    assert len(CLASSES) == 56


# One request for each of what the classes add to the foundation; it is refused by a server that has not got it.
WHAT_IS_THERE = {
    "#fields": ["search?fields=id", "collections/{c}/items?fields=id", "collections?fields=id"],
    "#query": ['search?query={{"gsd":{{"lt":9}}}}', 'collections/{c}/items?query={{"gsd":{{"lt":9}}}}', 'collections?query={{"id":{{"eq":"x"}}}}'],
    "#sort": ["search?sortby=id", "collections/{c}/items?sortby=id", "collections?sortby=id"],
    "#filter": ["search?filter=id='x'", "collections/{c}/items?filter=id='x'", "collections?filter=id='x'"],
    "#free-text": ["search?q=ice", "collections/{c}/items?q=ice", "collections?q=ice"],
    "#advanced-free-text": ['search?q=(ice OR "sea ice") AND -x', "collections/{c}/items?q=%2Bice", "collections?q=ice AND sea"],
    "simple-query": ["collections?bbox=0,0,1,1&datetime=2020-01-01T00:00:00Z/..&limit=1"],
    "queryables": ["queryables", "collections/{c}/queryables"],
    "sortables": ["sortables", "collections-sortables", "collections/{c}/sortables"],
    "aggregation": ["aggregations", "aggregate?aggregations=total_count", "collections/{c}/aggregate?aggregations=total_count"],
    "aggregation#query": ['aggregate?aggregations=total_count&query={{"gsd":{{"lt":9}}}}'],
    "aggregation#filter": ["aggregate?aggregations=total_count&filter=gsd<9"],
    "children#type-filter": ["children?type=Collection", "children?type=Catalog"],
}


@pytest.mark.parametrize("name", WHAT_IS_THERE)
def test_what_is_listed_is_there(server, name):
    assert any(uri.endswith(name) for uri in CLASSES)
    collection = requests.get(server.url + "collections?limit=1").json()["collections"][0]["id"]
    for path in WHAT_IS_THERE[name]:
        answer = requests.get(server.url + path.format(c=requests.utils.quote(collection, safe="")))
        assert answer.status_code == 200, (path, answer.text)


CQL2_EXAMPLES = {
    "cql2-text": "gsd = 10",
    "basic-cql2": "NOT (gsd < 10 OR gsd IS NULL) AND id <> 'x'",
    "advanced-comparison-operators": "platform LIKE 's%' AND gsd BETWEEN 1 AND 9 AND gsd IN (1, 2)",
    "case-insensitive-comparison": "CASEI(platform) = CASEI('S')",
    "accent-insensitive-comparison": "ACCENTI(platform) = ACCENTI('é')",
    "basic-spatial-functions": "S_INTERSECTS(geometry, POINT(1 1)) OR S_INTERSECTS(geometry, BBOX(0, 0, 1, 1))",
    "basic-spatial-functions-plus": "S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(0 0, 1 1)))",
    "spatial-functions": " OR ".join(
        f"S_{name}(geometry, BBOX(0, 0, 1, 1))"
        for name in ("EQUALS", "DISJOINT", "TOUCHES", "WITHIN", "OVERLAPS", "CROSSES", "CONTAINS", "INTERSECTS")
    ),
    "temporal-functions": " OR ".join(
        f"T_{name}(INTERVAL(datetime, '..'), INTERVAL('2020-01-01', '2021-01-01'))"
        for name in (
            "AFTER BEFORE CONTAINS DISJOINT DURING EQUALS FINISHEDBY FINISHES INTERSECTS MEETS METBY OVERLAPPEDBY OVERLAPS STARTEDBY STARTS"
        ).split()
    ),
    "array-functions": " OR ".join(
        f"A_{name}(instruments, ('a', 'b'))" for name in ("EQUALS", "CONTAINS", "CONTAINEDBY", "OVERLAPS")
    ),
    "property-property": "gsd = eo:cloud_cover AND 10 = gsd",
    "functions": "lower(platform) = 's'",
    "arithmetic": "gsd * 2 + 1 > eo:cloud_cover ^ 2 div 3 % 5 - -1",
}  # fmt: skip


@pytest.mark.parametrize("name", CQL2_EXAMPLES)
def test_each_class_of_cql2(server, name):
    assert f"{OGC}cql2/1.0/conf/{name}" in CQL2
    answer = requests.get(server.url + "search", params={"filter": CQL2_EXAMPLES[name]})
    assert answer.status_code == 200, answer.text
