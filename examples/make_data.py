"""Writes the data that the example notebooks read: small, made up, sensible, and the same on every run.

    python examples/make_data.py FOLDER [scenes|ocean|simulations|buoys]...

Each set is a folder of data files with a STAC item beside each, and a collection. Nothing of it was measured. What is
put in is known exactly, so that a notebook can hold what it finds against it: the functions ending in `_truth` give it.
"""

import json
import pathlib
import sys

import numpy as np
import xarray as xr

COG = "image/tiff; application=geotiff; profile=cloud-optimized"
NETCDF = "application/netcdf"
ZARR = "application/vnd+zarr"
EXTENSION = "https://stac-extensions.github.io/"


def write_item(folder, id, times, bbox, properties, assets, extensions=(), geometry=None):
    """Writes folder/id.json, a STAC 1.1.0 item. `times`: a date-time, or the two ends of a range."""
    west, south, east, north = bbox
    box = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    when = {"datetime": times} if isinstance(times, str) else dict(
        zip(["datetime", "start_datetime", "end_datetime"], [None, *times]))
    item = {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": [EXTENSION + name for name in extensions],
        "id": id,
        "collection": folder.name,
        "geometry": geometry or {"type": "Polygon", "coordinates": [box]},
        "bbox": list(bbox),
        "properties": {**when, **properties},
        "links": [{"rel": "collection", "href": "./collection.json", "type": "application/json"}],
        "assets": assets,
    }
    (folder / f"{id}.json").write_text(json.dumps(item, indent=1))


def write_collection(folder, description, bbox, interval):
    collection = {
        "type": "Collection",
        "stac_version": "1.1.0",
        "id": folder.name,
        "description": description + " Made up: nothing of it was measured.",
        "license": "CC0-1.0",
        "extent": {"spatial": {"bbox": [list(bbox)]}, "temporal": {"interval": [list(interval)]}},
        "links": [],
    }
    (folder / "collection.json").write_text(json.dumps(collection, indent=1))


def stamp(time):
    return np.datetime_as_string(np.datetime64(time, "s")) + "Z"


# --- scenes: a summer of satellite images under clouds ---------------------------------------------------------------

SCENE_CRS = 32632
SCENE_PIXELS = 256
SCENE_METRES = 20.0
SCENE_CORNER = (600000.0, 5200000.0)  # west, north
SCALE, OFFSET, NODATA = 1e-4, -0.1, 0  # of the numbers in the files: reflectance = number * SCALE + OFFSET
CLEAR, CLOUD, SHADOW = 4, 9, 3  # classes, as Sentinel-2's scene classification counts them


def smooth(rng, size, pixels):
    """A random field of mean 0 and deviation 1, with structure of about `size` pixels."""
    from scipy.ndimage import gaussian_filter

    field = gaussian_filter(rng.standard_normal((pixels, pixels)), size, mode="wrap")
    return (field - field.mean()) / field.std()


def scenes_truth():
    """Reflectance of the ground, {"red": (y, x), "nir": (y, x)}: fields of 16 pixels between meadow, crop and soil."""
    rng = np.random.default_rng(1)
    green = np.kron(rng.uniform(0, 1, (16, 16)), np.ones((16, 16)))
    return {"red": 0.16 - 0.12 * green, "nir": 0.20 + 0.26 * green}


def cloud_cover(rng, fraction):
    """Where clouds are, and where their shadows fall: two (y, x) masks."""
    field = smooth(rng, 18, SCENE_PIXELS)
    cloud = field > np.quantile(field, 1 - fraction) if fraction > 0 else np.zeros(field.shape, bool)
    return cloud, np.roll(cloud, (12, -9), (0, 1)) & ~cloud


def write_cog(path, numbers, nodata):
    import rasterio
    from rasterio.transform import from_origin

    with rasterio.open(path, "w", driver="COG", width=SCENE_PIXELS, height=SCENE_PIXELS, count=1, dtype=numbers.dtype,
                       crs=SCENE_CRS, transform=from_origin(*SCENE_CORNER, SCENE_METRES, SCENE_METRES), nodata=nodata,
                       blocksize=128, compress="deflate") as file:
        file.write(numbers, 1)


def scenes(folder, passes=24):
    """24 passes in June to August 2024 over 5 km: red and near infrared, and a class for each pixel.

    Clouds are bright, shadows are dark, haze and noise are in all of it; every third pass sees the western 60 % only.
    """
    from rasterio.warp import transform_bounds

    folder = pathlib.Path(folder) / "scenes"
    folder.mkdir(parents=True, exist_ok=True)
    west, north = SCENE_CORNER
    side = SCENE_PIXELS * SCENE_METRES
    projected = [west, north - side, west + side, north]
    bbox = [round(x, 6) for x in transform_bounds(SCENE_CRS, 4326, *projected)]
    rng = np.random.default_rng(2)
    for number in range(passes):
        time = np.datetime64("2024-06-02T10:20:00") + np.timedelta64(number * 90, "h")
        cloud, shadow = cloud_cover(rng, rng.beta(0.7, 0.8))
        seen = np.ones(cloud.shape, bool)
        if number % 3 == 2:
            seen[:, int(0.6 * SCENE_PIXELS):] = False
        haze = rng.normal(0, 0.008)
        layers = {}
        for name, ground in scenes_truth().items():
            value = ground + haze + rng.normal(0, 0.01, ground.shape)
            value = np.where(cloud, rng.uniform(0.5, 0.9) + rng.normal(0, 0.03, ground.shape), value)
            value = np.where(shadow, value * 0.3, value)
            layers[name] = np.where(seen, np.clip(np.rint((value - OFFSET) / SCALE), 1, 65535), NODATA).astype("uint16")
        layers["scl"] = np.where(seen, np.select([cloud, shadow], [CLOUD, SHADOW], CLEAR), 0).astype("uint8")
        write_scene(folder, stamp(time), bbox, layers, 100 * cloud[seen].mean())
    write_collection(folder, "Images of one place in summer 2024.", bbox, ["2024-06-01T00:00:00Z", "2024-09-01T00:00:00Z"])


def write_scene(folder, time, bbox, layers, cloud_percent):
    """One item of three COGs, in the words of STAC 1.1 and projection v2: a proj:code, and bands without raster:bands."""
    id = "scene-" + time[:10].replace("-", "")
    assets = {}
    for name, numbers in layers.items():
        write_cog(folder / f"{id}-{name}.tif", numbers, 0)
        band = {"name": name}
        if name != "scl":
            band |= {"eo:common_name": "nir" if name == "nir" else name, "raster:scale": SCALE, "raster:offset": OFFSET}
        assets[name] = {"href": f"./{id}-{name}.tif", "type": COG, "roles": ["data"], "data_type": str(numbers.dtype),
                        "nodata": 0, "bands": [band]}
    west, north = SCENE_CORNER
    properties = {
        "platform": "made-up-1",
        "eo:cloud_cover": round(cloud_percent, 2),
        "proj:code": f"EPSG:{SCENE_CRS}",
        "proj:shape": [SCENE_PIXELS, SCENE_PIXELS],
        "proj:transform": [SCENE_METRES, 0, west, 0, -SCENE_METRES, north],
    }
    write_item(folder, id, time, bbox, properties, assets,
               ["projection/v2.0.0/schema.json", "eo/v2.0.0/schema.json", "raster/v2.0.0/schema.json"])


# --- ocean: two runs of a model of the Atlantic ----------------------------------------------------------------------

OCEAN_LAT = np.arange(-60.0, 61.0, 2.5)
OCEAN_LON = np.arange(-50.0, 0.0, 5.0)


def ocean_temperature(lat, depth, month, warming=0.0):
    """Conservative temperature, degC. Continuous in all arguments; month 0 is mid-January."""
    summer = (1 + np.sign(lat) * np.cos(2 * np.pi * (month - 7.5) / 12)) / 2  # 0 in late winter, 1 in late summer
    season = 5.0 * np.abs(np.sin(np.deg2rad(lat))) * summer * np.exp(-depth / 60.0)
    surface = 1.0 + 26.5 * np.cos(np.deg2rad(lat)) ** 3 + warming
    deep = 2.0 + 0.5 * np.cos(np.deg2rad(lat))
    return deep + (surface - deep) * np.exp(-depth / (450.0 + 250.0 * np.cos(np.deg2rad(2 * lat)) ** 2)) + season


def ocean_salinity(lat, depth):
    """Absolute salinity, g/kg: salty subtropics above, fresh high latitudes."""
    subtropics = 1.6 * np.exp(-(((np.abs(lat) - 24.0) / 14.0) ** 2)) * np.exp(-depth / 350.0)
    polar = -1.0 * np.sin(np.deg2rad(lat)) ** 4 * np.exp(-depth / 400.0)
    return 34.9 + subtropics + polar


def ocean_truth(lat, sigma, month, warming=0.0):
    """(depth in m, salinity in g/kg) at which the profile reaches the density: from the formulas above, without any grid.

    NaN where no water above 5000 m is of that density.
    """
    import gsw
    from scipy.optimize import brentq

    def excess(depth):
        return gsw.sigma0(ocean_salinity(lat, depth), ocean_temperature(lat, depth, month, warming)) - sigma

    if excess(0.0) > 0 or excess(5000.0) < 0:
        return np.nan, np.nan
    depth = brentq(excess, 0.0, 5000.0)
    return depth, float(ocean_salinity(lat, depth))


def ocean_edges():
    """Depths of the 40 layers' edges in m: 10 m at the surface, 270 m at the bottom."""
    return np.concatenate([[0.0], np.cumsum(np.linspace(10.0, 270.0, 40))])


def ocean_month(month, warming):
    edges = ocean_edges()
    centre = (edges[1:] + edges[:-1]) / 2
    depth, lat, lon = np.meshgrid(centre, OCEAN_LAT, OCEAN_LON, indexing="ij")
    floor = np.broadcast_to(5200.0 - 2500.0 * np.exp(-(((lon + 28.0) / 8.0) ** 2)), depth.shape)  # a ridge along 28 W
    gyres = 0.03 * np.sin(np.deg2rad(4.0 * lat)) * np.exp(-depth / 700.0)
    fields = {
        "thetao": (ocean_temperature(lat, depth, month, warming), "degC", "sea_water_conservative_temperature"),
        "so": (ocean_salinity(lat, depth), "g kg-1", "sea_water_absolute_salinity"),
        "uo": (gyres, "m s-1", "eastward_sea_water_velocity"),
    }
    dims = ("depth", "lat", "lon")
    data = {
        name: (dims, np.where(depth < floor, values, np.nan).astype("float32"), {"units": units, "standard_name": standard})
        for name, (values, units, standard) in fields.items()
    }
    coords = {
        "depth": ("depth", centre, {"units": "m", "positive": "down", "axis": "Z"}),
        "depth_edge": ("depth_edge", edges, {"units": "m", "positive": "down", "axis": "Z"}),
        "lat": ("lat", OCEAN_LAT, {"units": "degrees_north"}),
        "lon": ("lon", OCEAN_LON, {"units": "degrees_east"}),
    }
    return xr.Dataset(data, coords, {"title": "A made-up model of the Atlantic"})


def ocean(folder):
    """Monthly means of the year 2000 of two runs ("control", and "warm" by 1 K at the surface), a netCDF file each."""
    folder = pathlib.Path(folder) / "ocean"
    folder.mkdir(parents=True, exist_ok=True)
    bbox = [-52.5, -61.25, -2.5, 61.25]
    for run, warming in {"control": 0.0, "warm": 1.0}.items():
        for month in range(12):
            start = np.datetime64("2000-01") + month
            begin, end = start.astype("datetime64[s]"), (start + 1).astype("datetime64[s]") - 1
            id = f"{run}-{start}"
            data = ocean_month(month, warming).expand_dims(time=[begin + (end - begin) // 2])
            data.to_netcdf(folder / f"{id}.nc", encoding={name: {"zlib": True} for name in data.data_vars})
            properties = {
                "model:run": run,
                "cube:variables": {name: {"dimensions": list(variable.dims), "type": "data", "unit": variable.units}
                                   for name, variable in data.data_vars.items()},
                "cube:dimensions": {
                    "time": {"type": "temporal", "extent": [stamp(begin), stamp(end)]},
                    "depth": {"type": "spatial", "axis": "z", "extent": [5.0, float(data.depth[-1])]},
                    "lat": {"type": "spatial", "axis": "y", "extent": [-60.0, 60.0], "reference_system": 4326},
                    "lon": {"type": "spatial", "axis": "x", "extent": [-50.0, -5.0], "reference_system": 4326},
                },
            }
            write_item(folder, id, [stamp(begin), stamp(end)], bbox, properties,
                       {"data": {"href": f"./{id}.nc", "type": NETCDF, "roles": ["data"]}},
                       ["datacube/v2.2.0/schema.json"])
    write_collection(folder, "Monthly means of two runs of an ocean model.", bbox,
                     ["2000-01-01T00:00:00Z", "2000-12-31T23:59:59Z"])


# --- simulations: a handful of climate models ------------------------------------------------------------------------

WARMING = {"ALPHA-1": 2.1, "BETA-ESM2": 3.9}  # K from 1995-2014 to 2081-2100 under ssp585, global mean
GRID_STEP = {"ALPHA-1": 10.0, "BETA-ESM2": 7.5}  # degrees: no two models share a grid
PERIODS = {"historical": 1995, "ssp585": 2081}  # first of 20 years


def simulations_truth():
    """K by which each model was made to warm, {model: K}."""
    return dict(WARMING)


def simulation(model, experiment, member):
    """Monthly near-surface air temperature (K) of 20 years: climate, seasons, warming (more at the poles), weather."""
    rng = np.random.default_rng([3, *map(ord, model + experiment), member])
    step = GRID_STEP[model]
    lat, lon = np.arange(-90 + step / 2, 90, step), np.arange(step / 2, 360, step)
    time = np.arange(f"{PERIODS[experiment]}-01", f"{PERIODS[experiment] + 20}-01", dtype="datetime64[M]")
    month = np.arange(len(time)) % 12
    weight = np.cos(np.deg2rad(lat))
    pattern = 0.7 + 1.2 * np.abs(np.sin(np.deg2rad(lat))) ** 3
    pattern /= np.average(pattern, weights=weight)  # 1 in the global mean
    seasons = -12 * np.sin(np.deg2rad(lat))[None] * np.cos(2 * np.pi * month / 12)[:, None]
    zonal = 245 + 55 * weight + seasons + (WARMING[model] * pattern if experiment == "ssp585" else 0)
    internal = 0.08 * np.cumsum(rng.standard_normal(len(time)))[:, None, None] / np.sqrt(len(time))
    values = zonal[:, :, None] + internal + rng.normal(0, 1.5, (len(time), len(lat), len(lon)))
    tas = (("time", "lat", "lon"), values.astype("float32"), {"units": "K", "standard_name": "air_temperature"})
    return xr.Dataset({"tas": tas}, {"time": time.astype("datetime64[ns]"), "lat": lat, "lon": lon})


def simulations(folder):
    """Two models, two experiments, two members each: a Zarr store each, named and described as CMIP6 does."""
    folder = pathlib.Path(folder) / "simulations"
    folder.mkdir(parents=True, exist_ok=True)
    for model in WARMING:
        for experiment, first in PERIODS.items():
            for number in (1, 2):
                member = f"r{number}i1p1f1"
                id = f"{model}.{experiment}.{member}.Amon.tas.gn"
                data = simulation(model, experiment, number)
                data.chunk(time=120).to_zarr(folder / f"{id}.zarr", mode="w", zarr_format=2, consolidated=True)
                properties = {
                    "cmip6:activity_id": "CMIP" if experiment == "historical" else "ScenarioMIP",
                    "cmip6:source_id": model,
                    "cmip6:experiment_id": experiment,
                    "cmip6:member_id": member,
                    "cmip6:table_id": "Amon",
                    "cmip6:variable_id": "tas",
                    "cmip6:grid_label": "gn",
                }
                write_item(folder, id, [f"{first}-01-01T00:00:00Z", f"{first + 19}-12-31T23:59:59Z"], [-180, -90, 180, 90],
                           properties, {"data": {"href": f"./{id}.zarr", "type": ZARR, "roles": ["data"]}})
    write_collection(folder, "Near-surface air temperature of two climate models.", [-180, -90, 180, 90],
                     ["1995-01-01T00:00:00Z", "2100-12-31T23:59:59Z"])


# --- buoys: points in the sea, and a model on a bent grid ------------------------------------------------------------

MODEL_BIAS = 0.4  # K that the model is too warm
BROKEN = ("buoy-12", 5.0)  # the buoy whose sensor is broken, and by how many K


def sea_temperature(lat, lon, day):
    """degC in the North Sea and around: colder to the north, warmer in the German Bight, warming through the weeks."""
    return 17.5 - 0.45 * (lat - 54.0) + 1.2 * np.exp(-(((lon - 7.5) / 2.0) ** 2 + ((lat - 54.0) / 1.2) ** 2)) + 0.03 * day


def model_grid():
    """Latitude and longitude of the cells, both (y, x): a grid of about 11 km that is turned by 30 degrees."""
    y, x = np.meshgrid(np.linspace(-4.0, 4.0, 80), np.linspace(-3.0, 3.0, 60), indexing="ij")
    turn = np.deg2rad(30.0)
    lat = 56.5 + y * np.cos(turn) + x * np.sin(turn)
    lon = 3.5 + (x * np.cos(turn) - y * np.sin(turn)) / np.cos(np.deg2rad(lat))
    return lat, lon


def buoys_truth():
    """(bias of the model in K, name of the broken buoy, its error in K)."""
    return (MODEL_BIAS, *BROKEN)


def buoys(folder):
    """Two months of daily sea surface temperature: 24 buoys as CSV (items at their points), and a model as netCDF."""
    folder = pathlib.Path(folder)
    (folder / "buoys").mkdir(parents=True, exist_ok=True)
    (folder / "sea-model").mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(4)
    days = np.arange("2024-06-01", "2024-07-31", dtype="datetime64[D]")
    day = np.arange(len(days))
    ends = [stamp(days[0]), stamp(days[-1])]
    lat, lon = model_grid()
    values = sea_temperature(lat, lon, day[:, None, None]) + MODEL_BIAS + rng.normal(0, 0.1, (len(day), 1, 1))
    grid = xr.Dataset(
        {"sst": (("time", "y", "x"), values.astype("float32"), {"units": "degC", "standard_name": "sea_surface_temperature"})},
        {"time": days.astype("datetime64[ns]"), "lat": (("y", "x"), lat), "lon": (("y", "x"), lon)},
    )
    grid.to_netcdf(folder / "sea-model" / "sst.nc", encoding={"sst": {"zlib": True}})
    bbox = [float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())]
    write_item(folder / "sea-model", "sst", ends, bbox, {}, {"data": {"href": "./sst.nc", "type": NETCDF, "roles": ["data"]}})
    write_collection(folder / "sea-model", "Sea surface temperature of a model on a turned grid.", bbox, ends)
    for number in range(24):
        write_buoy(folder / "buoys", f"buoy-{number:02}", rng, days)
    write_collection(folder / "buoys", "Sea surface temperature at buoys.", [-12.0, 48.0, 14.0, 63.0], ends)


def write_buoy(folder, id, rng, days):
    """A buoy somewhere between Ireland and Denmark, within the model's domain or not."""
    where_lat, where_lon = round(rng.uniform(51.5, 61.5), 3), round(rng.uniform(-6.0, 12.0), 3)
    error = BROKEN[1] if id == BROKEN[0] else 0.0
    sst = sea_temperature(where_lat, where_lon, np.arange(len(days))) + error + rng.normal(0, 0.2, len(days))
    lines = ["time,sst"] + [f"{day},{value:.2f}" for day, value in zip(days, sst, strict=True)]
    (folder / f"{id}.csv").write_text("\n".join(lines) + "\n")
    write_item(folder, id, [stamp(days[0]), stamp(days[-1])], [where_lon, where_lat, where_lon, where_lat],
               {"platform": id}, {"data": {"href": f"./{id}.csv", "type": "text/csv", "roles": ["data"]}},
               geometry={"type": "Point", "coordinates": [where_lon, where_lat]})


SETS = {"scenes": scenes, "ocean": ocean, "simulations": simulations, "buoys": buoys}


if __name__ == "__main__":
    if len(sys.argv) < 2 or not set(sys.argv[2:]) <= set(SETS):
        sys.exit(f"usage: make_data.py FOLDER [{'|'.join(SETS)}]...")
    for name in sys.argv[2:] or SETS:
        SETS[name](sys.argv[1])
