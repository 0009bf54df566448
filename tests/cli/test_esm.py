"""cairn export --format esm: rows and columns against what the items say, read as intake-esm's readers do."""

import csv
import gzip
import io
import json

import pytest
from support import make_item, run_cairn

OWN = "id,collection,datetime,start_datetime,end_datetime,west,south,east,north".split(",")
CMIP = {"source_id": "CanESM5", "experiment_id": "ssp245", "table_id": "SImon", "variant_label": "r1i1p1f1", "variable_id": "siconc"}


def made(catalog, folder, *args, check=True):
    done = run_cairn("export", catalog, "--format", "esm", "--output", folder / "out", *args, check=check)
    if done.returncode:
        return done
    about = json.loads((folder / "out.json").read_text())
    text = gzip.decompress((folder / about["catalog_file"]).read_bytes()).decode()
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    return about, header, [dict(zip(header, row, strict=True)) for row in rows]


def simulation(id, **more):
    item = make_item(id, "cmip6", lon=5, lat=6)
    item["properties"].update({f"cmip6:{name}": value for name, value in CMIP.items()} | more)
    item["assets"] = {
        "HTTPServer": {"href": f"https://e.org/fileServer/{id}.nc", "type": "application/x-netcdf", "roles": ["data"]},
        "OpenDAP": {"href": f"https://e.org/dodsC/{id}.nc", "type": "text/html", "roles": ["data"]},
        "NetcdfSubset": {"href": f"https://e.org/ncss/{id}.nc/dataset.html", "type": "application/x-netcdf", "roles": ["data"]},
        "WMS": {"href": f"https://e.org/wms/{id}.nc", "type": "application/xml", "roles": ["visual"]},
    }
    return item


def test_simulations(make_catalog, tmp_path):
    odd = 'of two\r\nlines, "quoted", é'
    path = make_catalog([simulation("a", **{"cmip6:source": odd, "cmip6:realm": ["seaIce", "ocean"]}), simulation("b", n=3, o={})])
    about, header, rows = made(path, tmp_path)
    assert header[: 3 + len(OWN)] == ["path", "format", "asset", *OWN]
    assert set(header[3 + len(OWN) :]) == {*CMIP, "source", "realm", "n"}
    assert [(row["id"], row["asset"], row["format"]) for row in rows] == [
        (id, asset, format) for id in "ab" for asset, format in [("HTTPServer", "netcdf"), ("OpenDAP", "opendap")]
    ]
    first = rows[0]
    assert {name: first[name] for name in CMIP} == CMIP
    assert first["source"] == odd and json.loads(first["realm"]) == ["seaIce", "ocean"] and first["n"] == ""
    assert first["path"] == "https://e.org/fileServer/a.nc" and [first[side] for side in OWN[-4:]] == ["5", "6", "5", "6"]
    assert rows[2]["n"] == "3" and rows[2]["source"] == ""
    control = about["aggregation_control"]
    assert about["esmcat_version"] == "0.1.0" and about["catalog_file"] == "out.csv.gz"
    assert about["assets"] == {"column_name": "path", "format_column_name": "format"}
    assert control["variable_column_name"] == "variable_id"
    assert control["groupby_attrs"] == ["source_id", "experiment_id", "variant_label", "table_id", "format"]
    assert {attribute["column_name"] for attribute in about["attributes"]} <= set(header)


def test_a_column_that_only_some_rows_have_is_no_group(make_catalog, tmp_path):
    less = simulation("b")
    del less["properties"]["cmip6:table_id"], less["properties"]["cmip6:variable_id"]
    about, header, rows = made(make_catalog([simulation("a"), less]), tmp_path)
    assert about["aggregation_control"]["groupby_attrs"] == ["source_id", "experiment_id", "variant_label", "format"]
    assert about["aggregation_control"]["variable_column_name"] == "variable"
    assert {row["variable"] for row in rows} == {"HTTPServer", "OpenDAP"}


def cube(id, *names, on_item=False):
    variables = {name: {"type": "data", "dimensions": ["time"]} for name in names} | {"lon": {"type": "auxiliary", "dimensions": []}}
    item = make_item(id, "cubes")
    item["assets"]["store"] = {"href": "https://e.org/a.zarr", "type": "application/vnd.zarr; version=3"}
    (item["properties"] if on_item else item["assets"]["store"])["cube:variables"] = variables
    return item


def test_variables_of_cubes(make_catalog, tmp_path):
    about, _, rows = made(make_catalog([cube("a", "uo"), cube("b", "vo", on_item=True)]), tmp_path)
    assert [row["variable"] for row in rows] == ["uo", "vo"]
    assert about["aggregation_control"]["groupby_attrs"] == ["collection", "asset"]
    about, header, rows = made(make_catalog([cube("a", "uo"), cube("b", "uo", 'v"o')], "more.cairn"), tmp_path)
    assert [json.loads(row["variable"]) for row in rows] == [["uo"], ["uo", 'v"o']]
    assert "literal_eval" in about["description"] and "cube:variables" not in header


FORMATS = [
    ("application/netcdf", "x", "netcdf"),
    ("Application/X-HDF5; a=b", "x", "netcdf"),
    ("application/vnd+zarr", "x", "zarr"),
    (None, "https://e.org/x.zarr/", "zarr"),
    (None, "https://e.org/x.nc?download=1", "netcdf"),
    ("application/xml", "https://e.org/x.nc", None),
    ("application/json", "x", None),
    ("image/tiff; application=geotiff", "x", "tiff"),
    ("application/wmo-GRIB2", "x", "grib"),
    ("application/x-hdf", "x.hdf", None),
]


def test_formats(make_catalog, tmp_path):
    item = make_item("i")
    for number, (type, href, _) in enumerate(FORMATS):
        item["assets"][f"a{number}"] = {"href": href if "/" in href else f"https://e.org/{href}"} | ({"type": type} if type else {})
    item["assets"]["kerchunk"] = {"href": "https://e.org/r.json", "type": "application/json", "roles": ["data"]}
    item["assets"]["index"] = {"href": "https://e.org/r.json", "type": "application/json", "roles": ["references"]}
    item["assets"]["about"] = {"href": "https://e.org/m.nc", "type": "application/netcdf", "roles": ["metadata"]}
    every = "--esm-formats=netcdf,zarr,reference,opendap,tiff,grib"
    _, _, rows = made(make_catalog([item]), tmp_path, every)
    expected = {f"a{number}": format for number, (_, _, format) in enumerate(FORMATS) if format}
    assert {row["asset"]: row["format"] for row in rows} == expected | {"kerchunk": "reference", "index": "reference"}


def test_chosen(make_catalog, tmp_path):
    item = simulation("a", format="mine", **{"x,y": 'a"'})
    about, header, rows = made(
        make_catalog([item]), tmp_path, "--esm-columns", "cmip6:table_id,properties.format,source_id", "--esm-groupby",
        "id,source_id", "--esm-variable", "cmip6:table_id",
    )  # fmt: skip
    assert header[3 + len(OWN) :] == ["table_id", "properties.format", "source_id"]
    assert rows[0]["properties.format"] == "mine" and rows[0]["format"] == "netcdf"
    assert about["aggregation_control"]["groupby_attrs"] == ["id", "source_id"]
    assert about["aggregation_control"]["variable_column_name"] == "table_id"
    _, header, rows = made(tmp_path / "made.cairn", tmp_path)
    assert rows[0]["x,y"] == 'a"'


@pytest.mark.parametrize(
    "args, exit, words",
    [
        (["--esm-columns", "sourceid"], 2, "--esm-columns: no property 'sourceid'; did you mean 'source_id'?"),
        (["--esm-groupby", "id,nothing"], 2, "--esm-groupby: no property 'nothing'"),
        (["--esm-formats", "netcdf,hdf"], 2, "--esm-formats: no format 'hdf'"),
        (["--esm-formats", "grib"], 1, "no asset of the 1 items"),
        (["--collections", "none"], 1, "no collection 'none'"),
        (["--profile", "source"], 2, "ndjson"),
    ],
)
def test_refused(make_catalog, tmp_path, args, exit, words):
    done = made(make_catalog([simulation("a")]), tmp_path, *args, check=False)
    assert done.returncode == exit and words in done.stderr, done.stderr
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("out")] == []


def test_what_is_there_and_what_names_no_variable_is_told(make_catalog, tmp_path):
    item = make_item("i")
    item["assets"] = {"red": {"href": "https://e.org/r.tif", "type": "image/tiff"}}
    done = made(make_catalog([item]), tmp_path, check=False)
    assert done.returncode == 1 and "there are 1 tiff: --esm-formats tiff" in done.stderr
    item["assets"] |= {"a": {"href": "https://e.org/a.nc"}, "b": {"href": "https://e.org/b.nc", "cube:variables": {"t": {}}}}
    (tmp_path / "two").mkdir()
    done = run_cairn("export", make_catalog([item], name="two.cairn"), "-f", "esm", "-o", tmp_path / "two" / "out")
    assert "1 rows name no variable" in done.stderr and "cube:variables" in done.stderr and "--esm-variable" in done.stderr


def test_options_of_the_other_format_are_refused(things, tmp_path):
    assert "--esm-" in run_cairn("export", things, "--esm-columns", "a", check=False).stderr
    assert "--output" in run_cairn("export", things, "--format", "esm", check=False).stderr


def test_more_than_a_page(make_catalog, tmp_path):
    path = make_catalog(simulation(f"i{number:05}") for number in range(2500))
    _, _, rows = made(path, tmp_path)
    assert [row["id"] for row in rows] == [f"i{number:05}" for number in range(2500) for _ in range(2)]
