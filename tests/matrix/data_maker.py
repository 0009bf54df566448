"""Writes small real data whose every pixel is known, and static STAC catalogs that describe it as the world does.

    python data_maker.py FOLDER [--base URL]     # relative hrefs; with --base absolute ones

catalog.json leads to three collections:

series   COGs of two UTM zones (EPSG:32632, EPSG:32633), three dates each: red and nir of one band, rgb of three
cases    one item for each of (COG, Zarr, netCDF) x (projection v1, v2, none) x (STAC 1.0.0, 1.1.0): cog-v1-1.0 ...
model    two simulations of a CMIP-like model as netCDF, Zarr v2, Zarr v3 and kerchunk references

What a pixel is, is arithmetic (truth(), model_truth()), so that nothing that is read back vouches for itself. Items are
written by plain Python and the json module.
"""

import argparse
import json
import pathlib
from datetime import datetime, timedelta

import numpy as np
import rasterio
import xarray
from rasterio.transform import Affine
from rasterio.warp import transform_bounds

SIZE = 256
BLOCK = 64
PIXEL = 10.0
EAST, NORTH = 600000.0, 5000000.0
ZONES = (32632, 32633)
DATES = ("2024-06-01T10:00:00Z", "2024-06-11T10:00:00Z", "2024-06-21T10:00:00Z")
BANDS = ("red", "nir", "blue")
NODATA = 0
SCALE, OFFSET = 0.0001, -0.1  # of nir

FORMATS = ("cog", "zarr", "netcdf")
PROJECTIONS = ("v1", "v2", "none")
VERSIONS = ("1.0", "1.1")

COG = "image/tiff; application=geotiff; profile=cloud-optimized"
TYPES = {"cog": COG, "zarr": "application/vnd+zarr", "netcdf": "application/x-netcdf"}

EXTENSIONS = {
    "v1": "https://stac-extensions.github.io/projection/v1.1.0/schema.json",
    "v2": "https://stac-extensions.github.io/projection/v2.0.0/schema.json",
    "eo": "https://stac-extensions.github.io/eo/v1.1.0/schema.json",
    "raster": "https://stac-extensions.github.io/raster/v1.1.0/schema.json",
    "eo v2": "https://stac-extensions.github.io/eo/v2.0.0/schema.json",
    "raster v2": "https://stac-extensions.github.io/raster/v2.0.0/schema.json",
}

MODELS = ("CAIRN-LR", "CAIRN-HR")
MONTHS = 12
LATS = np.arange(-85.0, 90.0, 10.0)
LONS = np.arange(5.0, 360.0, 10.0)


def truth(zone, date, band):
    """The pixels of a scene as they are stored: uint16 [SIZE, SIZE]; never NODATA. `zone` and `date` are indexes."""
    row, column = np.mgrid[0:SIZE, 0:SIZE]
    return (1 + row * 7 + column * 3 + 1000 * date + 5000 * BANDS.index(band) + 20000 * zone).astype("uint16")


def reflectance(zone, date):
    """nir as its scale and offset make it: float64."""
    return truth(zone, date, "nir") * SCALE + OFFSET


def model_truth(model):
    """Temperatures of a model: float32 [MONTHS, latitudes, longitudes]. `model` is an index."""
    month, lat, lon = np.meshgrid(np.arange(MONTHS), LATS, LONS, indexing="ij")
    return (280 + model * 2 + month * 0.5 - abs(lat) / 4 + lon / 64).astype("float32")


def transform():
    """The affine transform of every scene, in its own zone."""
    return Affine(PIXEL, 0, EAST, 0, -PIXEL, NORTH)


def bounds():
    """West, south, east, north of every scene in metres of its zone."""
    return EAST, NORTH - SIZE * PIXEL, EAST + SIZE * PIXEL, NORTH


# ---- files ----


def write_cog(path, zone, arrays):
    profile = {"width": SIZE, "height": SIZE, "count": len(arrays), "dtype": "uint16", "crs": f"EPSG:{ZONES[zone]}"}
    with rasterio.open(path, "w", driver="COG", blocksize=BLOCK, nodata=NODATA, transform=transform(), **profile) as file:
        for index, array in enumerate(arrays, 1):
            file.write(array, index)


def scene_cube(zone):
    """The dates of a zone as a CF dataset: red and nir on (time, y, x) with a grid mapping."""
    import pyproj

    grid = np.arange(SIZE) + 0.5
    times = np.array([date.rstrip("Z") for date in DATES], dtype="datetime64[ns]")
    cube = {band: np.stack([truth(zone, date, band) for date in range(len(DATES))]) for band in ("red", "nir")}
    attributes = pyproj.CRS.from_epsg(ZONES[zone]).to_cf()
    west, _, _, north = bounds()
    attributes["GeoTransform"] = f"{west} {PIXEL} 0 {north} 0 -{PIXEL}"
    dataset = xarray.Dataset(
        {band: (("time", "y", "x"), values, {"grid_mapping": "spatial_ref"}) for band, values in cube.items()},
        {
            "time": times,
            "y": ("y", north - grid * PIXEL, {"standard_name": "projection_y_coordinate", "units": "m"}),
            "x": ("x", west + grid * PIXEL, {"standard_name": "projection_x_coordinate", "units": "m"}),
            "spatial_ref": ((), 0, attributes),
        },
    )
    dataset.attrs["Conventions"] = "CF-1.8"
    return dataset


def model_cube(model):
    start = datetime(2000, 1, 15)
    times = np.array([start + timedelta(days=30 * month) for month in range(MONTHS)], dtype="datetime64[ns]")
    attributes = {"standard_name": "air_temperature", "units": "K"}
    return xarray.Dataset(
        {"tas": (("time", "lat", "lon"), model_truth(model), attributes)},
        {
            "time": times,
            "lat": ("lat", LATS, {"standard_name": "latitude", "units": "degrees_north"}),
            "lon": ("lon", LONS, {"standard_name": "longitude", "units": "degrees_east"}),
        },
        {"Conventions": "CF-1.8", "source_id": MODELS[model]},
    )


def write_netcdf(dataset, path, variables):
    chunks = {name: {"chunksizes": (1, *dataset[name].shape[1:]), "zlib": True} for name in variables}
    dataset.to_netcdf(path, engine="netcdf4", encoding=chunks)


def write_zarr(dataset, path, version):
    """Consolidated metadata as zarr-python writes them: of v2 in .zmetadata, of v3 in zarr.json."""
    dataset.chunk({"time": 1}).to_zarr(path, zarr_format=version, consolidated=True)


def write_files(folder):
    """Everything but the references and the catalog."""
    data = folder / "data"
    data.mkdir(parents=True)
    for zone, epsg in enumerate(ZONES):
        for date in range(len(DATES)):
            for band in ("red", "nir"):
                write_cog(data / f"{epsg}-{date}-{band}.tif", zone, [truth(zone, date, band)])
            write_cog(data / f"{epsg}-{date}-rgb.tif", zone, [truth(zone, date, band) for band in BANDS])
    scenes = scene_cube(0)
    write_netcdf(scenes, data / "scenes.nc", ("red", "nir"))
    write_zarr(scenes, data / "scenes.zarr", 2)
    for model, name in enumerate(MODELS):
        cube = model_cube(model)
        write_netcdf(cube, data / f"{name}.nc", ("tas",))
        write_zarr(cube, data / f"{name}-2.zarr", 2)
        write_zarr(cube, data / f"{name}-3.zarr", 3)


def write_references(folder, url):
    """What kerchunk makes of the models' netCDF files, which are found below `url`, a slash at its end."""
    import kerchunk.hdf

    for name in MODELS:
        path = folder / "data" / f"{name}.nc"
        with path.open("rb") as file:
            references = kerchunk.hdf.SingleHdf5ToZarr(file, f"{url}data/{name}.nc", inline_threshold=0).translate()
        path.with_suffix(".json").write_text(json.dumps(references))


# ---- items ----


def proj_fields(projection, zone):
    """What an item says of its grid in that version of the projection extension."""
    if projection == "none":
        return {}
    system = {"proj:epsg": ZONES[zone]} if projection == "v1" else {"proj:code": f"EPSG:{ZONES[zone]}"}
    return {**system, "proj:shape": [SIZE, SIZE], "proj:transform": list(transform())[:6]}


def band_fields(band, version):
    """What an asset says of its one band: in 1.0 by two extensions, in 1.1 by `bands`."""
    values = {"data_type": "uint16", "nodata": NODATA}
    scaled = {"scale": SCALE, "offset": OFFSET} if band == "nir" else {}
    if version == "1.0":
        return {
            "eo:bands": [{"name": band, "common_name": band}],
            "raster:bands": [{**values, **scaled}],
        }
    scaled = {f"raster:{key}": value for key, value in scaled.items()}
    return {"bands": [{"name": band, "eo:common_name": band, **values, **scaled}]}


def item(id, collection, version, zone, times, assets, extensions, properties):
    """An item whose footprint is that of a scene. `times`: one instant, or the two ends of a range."""
    west, south, east, north = transform_bounds(f"EPSG:{ZONES[zone]}", "EPSG:4326", *bounds())
    if len(times) == 1:
        when = {"datetime": times[0]}
    else:
        when = {"datetime": None, "start_datetime": times[0], "end_datetime": times[1]}
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "stac_version": f"{version}.0",
        "stac_extensions": [EXTENSIONS[name] for name in extensions],
        "id": id,
        "collection": collection,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": [west, south, east, north],
        "properties": {**when, **properties},
        "links": [],
        "assets": assets,
    }


def cog_assets(zone, date, version):
    assets = {}
    for band in ("red", "nir"):
        href = f"data/{ZONES[zone]}-{date}-{band}.tif"
        assets[band] = {"href": href, "type": COG, "roles": ["data"], **band_fields(band, version)}
    return assets


def names_of_extensions(projection, version, with_bands=True):
    names = [] if projection == "none" else [projection]
    if with_bands:
        names += ["eo", "raster"] if version == "1.0" else ["eo v2", "raster v2"]
    return names


def case(format, projection, version):
    """One combination; its id is "cog-v1-1.0" and so on."""
    if format == "cog":
        times, assets = [DATES[0]], cog_assets(0, 0, version)
    else:
        times = [DATES[0], DATES[-1]]
        name = {"zarr": "scenes.zarr", "netcdf": "scenes.nc"}[format]
        assets = {"cube": {"href": f"data/{name}", "type": TYPES[format], "roles": ["data"]}}
    extensions = names_of_extensions(projection, version, with_bands=format == "cog")
    id = f"{format}-{projection}-{version}"
    return item(id, "cases", version, 0, times, assets, extensions, proj_fields(projection, 0))


def cases():
    return [case(f, p, v) for f in FORMATS for p in PROJECTIONS for v in VERSIONS]


def series():
    """Two zones, three dates; the first zone in the words of STAC 1.0, the second in those of 1.1."""
    made = []
    for zone, (version, projection) in enumerate((("1.0", "v1"), ("1.1", "v2"))):
        for date, time in enumerate(DATES):
            assets = cog_assets(zone, date, version)
            bands = [band_fields(band, version) for band in BANDS]
            together = {key: [each[key][0] for each in bands] for key in bands[0]}
            href = f"data/{ZONES[zone]}-{date}-rgb.tif"
            assets["rgb"] = {"href": href, "type": COG, "roles": ["visual"], **together}
            extensions = names_of_extensions(projection, version)
            id = f"{ZONES[zone]}-{date}"
            made.append(item(id, "series", version, zone, [time], assets, extensions, proj_fields(projection, zone)))
    return made


def simulations():
    made = []
    for model, name in enumerate(MODELS):
        assets = {
            "netcdf": {"href": f"data/{name}.nc", "type": TYPES["netcdf"], "roles": ["data"]},
            "zarr2": {"href": f"data/{name}-2.zarr", "type": TYPES["zarr"], "roles": ["data"]},
            "zarr3": {"href": f"data/{name}-3.zarr", "type": "application/vnd.zarr; version=3", "roles": ["data"]},
            "references": {"href": f"data/{name}.json", "type": "application/json", "roles": ["references"]},
        }
        properties = {
            "cmip6:source_id": name,
            "cmip6:experiment_id": "historical",
            "cmip6:variable_id": "tas",
            "cmip6:table_id": "Amon",
        }
        one = item(name, "model", "1.0", 0, ["2000-01-15T00:00:00Z", "2000-12-10T00:00:00Z"], assets, [], properties)
        one["bbox"] = [-180.0, -90.0, 180.0, 90.0]
        ring = [[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]
        one["geometry"] = {"type": "Polygon", "coordinates": [ring]}
        made.append(one)
    return made


# ---- the catalog ----


def link(rel, href):
    return {"rel": rel, "href": href, "type": "application/json"}


def collection(id, items):
    boxes = np.array([one["bbox"] for one in items])
    times = [one["properties"].get(key) for one in items for key in ("datetime", "start_datetime", "end_datetime")]
    times = sorted(time for time in times if time)
    box = [*boxes.min(axis=0)[:2].tolist(), *boxes.max(axis=0)[2:].tolist()]
    return {
        "type": "Collection",
        "stac_version": "1.0.0",
        "id": id,
        "description": f"Small data with known pixels: {id}.",
        "license": "CC0-1.0",
        "extent": {"spatial": {"bbox": [box]}, "temporal": {"interval": [[times[0], times[-1]]]}},
        "links": [link("root", "../catalog.json"), *(link("item", f"./{one['id']}.json") for one in items)],
    }


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1))


def write_catalog(folder, base=None):
    """catalog.json and all below it. `base`: URL of the folder with a slash at its end; without it hrefs are relative."""
    groups = {"series": series(), "cases": cases(), "model": simulations()}
    for id, items in groups.items():
        write_json(folder / id / "collection.json", collection(id, items))
        for one in items:
            for asset in one["assets"].values():
                asset["href"] = (base or "../") + asset["href"]
            one["links"] = [link("root", "../catalog.json"), link("collection", "./collection.json")]
            write_json(folder / id / f"{one['id']}.json", one)
    root = {"type": "Catalog", "stac_version": "1.0.0", "id": "made", "description": "Small data with known pixels."}
    write_json(folder / "catalog.json", {**root, "links": [link("child", f"./{id}/collection.json") for id in groups]})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--base", help="URL of the folder, for absolute hrefs")
    arguments = parser.parse_args()
    base = arguments.base and arguments.base.rstrip("/") + "/"
    write_files(arguments.folder)
    write_references(arguments.folder, base or arguments.folder.resolve().as_uri() + "/")
    write_catalog(arguments.folder, base)


if __name__ == "__main__":
    main()
