"""A catalog whose arrays add up to terabytes, without a pixel: scenes as Sentinel-2 has them, of eight tiles on one grid.

Each scene has four bands of 10980 x 10980 uint16 at 10 m (964 MB), eight more at 20 and 60 m, and four assets that are no
arrays: some 8 KB of JSON, as the world's items are. 519 dates of eight tiles are 4,152 scenes and 4.0 TB.
"""

import json
from datetime import datetime, timedelta

import numpy as np

TILES = [f"32T{letter}{row}" for row in "RS" for letter in "LMNP"]
DATES = 519
SIZE = 10980
PIXEL = 10
EPSG = 32632
WEST, NORTH = 300000, 5100000  # of the whole mosaic of four by two tiles
BANDS = {"red": 10, "green": 10, "blue": 10, "nir": 10, "rededge1": 20, "rededge2": 20, "rededge3": 20, "nir08": 20,
         "swir16": 20, "swir22": 20, "coastal": 60, "nir09": 60}  # fmt: skip
USED = ["red", "green", "blue", "nir"]
SCENE_BYTES = len(USED) * SIZE * SIZE * 2

COG = "image/tiff; application=geotiff; profile=cloud-optimized"
HOST = "https://data.example.com/sentinel-2"
EXTENSIONS = [f"https://stac-extensions.github.io/{name}/schema.json" for name in
              ("eo/v1.1.0", "raster/v1.1.0", "projection/v1.1.0", "view/v1.0.0", "grid/v1.1.0")]  # fmt: skip


def corner(tile):
    """West and north edge of a tile in metres."""
    row, column = divmod(TILES.index(tile), len(TILES) // 2)
    return WEST + column * SIZE * PIXEL, NORTH - row * SIZE * PIXEL


def band_asset(tile, folder, name, resolution):
    west, north = corner(tile)
    size = SIZE * PIXEL // resolution
    return {
        "href": f"{folder}/{name}.tif",
        "type": COG,
        "title": f"{name} - {resolution}m",
        "roles": ["data", "reflectance"],
        "gsd": resolution,
        "eo:bands": [{"name": name, "common_name": name, "description": f"{name}, level 2A, at {resolution} m"}],
        "raster:bands": [{"nodata": 0, "data_type": "uint16", "bits_per_sample": 15, "spatial_resolution": resolution}],
        "proj:shape": [size, size],
        "proj:transform": [resolution, 0, west, 0, -resolution, north],
    }


def footprint(tile):
    """[W, S, E, N] in degrees."""
    from pyproj import Transformer

    west, north = corner(tile)
    to_degrees = Transformer.from_crs(EPSG, 4326, always_xy=True)
    return list(to_degrees.transform_bounds(west, north - SIZE * PIXEL, west + SIZE * PIXEL, north))


def scene(tile, date, box):
    when = datetime(2018, 1, 2, 10, 20, 31) + timedelta(days=5 * date)
    id = f"S2_{tile}_{when:%Y%m%d}_0_L2A"
    folder = f"{HOST}/{tile}/{when:%Y/%m}/{id}"
    west, south, east, north = box
    assets = {name: band_asset(tile, folder, name, resolution) for name, resolution in BANDS.items()}
    for name, type, role in (("thumbnail", "image/jpeg", "thumbnail"), ("granule_metadata", "application/xml", "metadata"),
                             ("tileinfo_metadata", "application/json", "metadata"), ("product_metadata", "application/xml", "metadata")):  # fmt: skip
        assets[name] = {"href": f"{folder}/{name}", "type": type, "roles": [role]}
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": EXTENSIONS,
        "id": id,
        "collection": "sentinel-2-l2a",
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
        },
        "bbox": box,
        "properties": {
            "datetime": f"{when:%Y-%m-%dT%H:%M:%SZ}",
            "platform": "sentinel-2a",
            "constellation": "sentinel-2",
            "instruments": ["msi"],
            "eo:cloud_cover": round((date * 37.31 + TILES.index(tile) * 11.7) % 100, 2),
            "proj:epsg": EPSG,
            "grid:code": f"MGRS-{tile}",
            "view:sun_azimuth": 160.25,
            "view:sun_elevation": 55.5,
        },
        "links": [],
        "assets": assets,
    }


def write_scenes(path, dates=DATES):
    """NDJSON; the number of scenes."""
    boxes = {tile: footprint(tile) for tile in TILES}
    with open(path, "w") as file:
        for date in range(dates):
            for tile, box in boxes.items():
                file.write(json.dumps(scene(tile, date, box)) + "\n")
    return dates * len(TILES)


# ---- from a search to lazy arrays ----


def search(url, tiles, limit):
    """A search as people write it; nothing is sent yet."""
    import pystac_client

    asked = {"filter": {"op": "in", "args": [{"property": "grid:code"}, [f"MGRS-{tile}" for tile in tiles]]}}
    return pystac_client.Client.open(url).search(
        collections=["sentinel-2-l2a"], filter_lang="cql2-json", sortby="datetime", limit=limit, **asked
    )


def by_odc_stac(url, tiles, limit, chunk=SIZE):
    """One dataset [time, y, x] of all bands, the tiles of a date side by side."""
    import odc.stac

    items = list(search(url, tiles, limit).items())
    return odc.stac.load(items, bands=USED, chunks={"x": chunk, "y": chunk}, groupby="time")


def by_stackstac(url, tiles, limit, chunk=SIZE):
    """An array [time, band, y, x] for each tile: {tile: array}. stackstac knows no mosaic of one date."""
    import stackstac

    groups = {}
    for item in search(url, tiles, limit).items_as_dicts():
        groups.setdefault(item["properties"]["grid:code"], []).append(item)
    how = {"assets": USED, "chunksize": chunk, "dtype": "uint16", "fill_value": np.uint16(0), "rescale": False}
    return {code.removeprefix("MGRS-"): stackstac.stack(items, **how) for code, items in groups.items()}


def bytes_of(arrays):
    """How much lazy arrays add up to."""
    return sum(array.nbytes for array in arrays.values()) if isinstance(arrays, dict) else sum(arrays[b].nbytes for b in USED)


LOADERS = {"odc-stac": by_odc_stac, "stackstac": by_stackstac}
