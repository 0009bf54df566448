"""How each client of the field gets from a search to pixels: one function a client, as its own users would write it.

Every function takes a Question and returns {name: array}, or raises what the client raises. They run in the environment
of `scripts/venv clients`, but intake_stac(), which runs in that of `scripts/venv intake`; so what a client needs is
imported where it is used.
"""

import os
import pathlib
import re
import subprocess
import tempfile
import warnings
from dataclasses import dataclass
from urllib.parse import urlencode

import data_maker
import numpy as np

ASSETS = {"cog": ["red", "nir"], "zarr": ["cube"], "netcdf": ["cube"]}


@dataclass(frozen=True)
class Question:
    """Which of data_maker.cases() is asked for, of which server (root URL, slash at its end), in which profile."""

    root: str
    format: str
    projection: str
    version: str
    profile: str = "default"

    @property
    def id(self):
        return f"{self.format}-{self.projection}-{self.version}"

    @property
    def assets(self):
        return ASSETS[self.format]

    @property
    def headers(self):
        return {} if self.profile == "default" else {"Accept-Profile": self.profile}


# ---- from the API to items ----


def search(question):
    import pystac_client

    client = pystac_client.Client.open(question.root, headers=question.headers)
    return client.search(collections=["cases"], ids=[question.id])


def found_item(question):
    (item,) = search(question).items()
    return item


def hrefs(question):
    item = found_item(question)
    return [item.assets[name].get_absolute_href() for name in question.assets]


def first_date(dataset):
    return {name: np.asarray(dataset[name].isel(time=0)) for name in ("red", "nir")}


# ---- the clients ----


def stackstac_of(items, question, **more):
    import stackstac

    if question.format == "cog":
        more["assets"] = question.assets  # of anything else it would not read what is no image: it picks by itself
    cube = stackstac.stack(items, **more).compute(scheduler="threads")
    return {name: np.asarray(cube.sel(band=name).isel(time=0)) for name in question.assets}


def stackstac_dicts(question):
    return stackstac_of(list(search(question).items_as_dicts()), question)


def stackstac_pystac(question):
    return stackstac_of(search(question).item_collection(), question)


def stackstac_told(question):
    """With the grid in the call: for items that do not tell theirs."""
    items = list(search(question).items_as_dicts())
    grid = {"epsg": data_maker.ZONES[0], "resolution": data_maker.PIXEL, "bounds": data_maker.bounds()}
    return stackstac_of(items, question, **grid)


def odc_stac_of(items, question, **more):
    import odc.stac

    cube = odc.stac.load(items, bands=question.assets, chunks={}, **more).compute(scheduler="threads")
    return {name: np.asarray(cube[name].isel(time=0)) for name in question.assets}


def odc_stac(question):
    return odc_stac_of(list(search(question).items()), question)


def odc_stac_told(question):
    from odc.geo.geobox import GeoBox

    box = GeoBox((data_maker.SIZE, data_maker.SIZE), data_maker.transform(), f"EPSG:{data_maker.ZONES[0]}")
    return odc_stac_of(list(search(question).items()), question, geobox=box)


def rioxarray(question):
    import rioxarray

    if question.format == "cog":
        opened = [rioxarray.open_rasterio(href).squeeze("band") for href in hrefs(question)]
        return {name: np.asarray(array) for name, array in zip(question.assets, opened)}
    (href,) = hrefs(question)
    return first_date(rioxarray.open_rasterio(href))


def rioxarray_told(question):
    """With GDAL's name of the array in the place of the href."""
    import rioxarray

    (href,) = hrefs(question)
    return {name: np.asarray(rioxarray.open_rasterio(subdataset(href, name)))[0] for name in ("red", "nir")}


def xpystac(question):
    import xarray

    item = found_item(question)
    opened = [xarray.open_dataset(item.assets[name], engine="stac") for name in question.assets]
    if question.format == "cog":
        return {name: np.asarray(one["band_data"].squeeze("band")) for name, one in zip(question.assets, opened)}
    return first_date(opened[0])


def xarray_alone(question):
    """xarray on the href, by the engine that the media type stands for."""
    import fsspec
    import xarray

    (href, *more) = hrefs(question)
    if question.format == "cog":
        opened = [xarray.open_dataset(each, engine="rasterio") for each in (href, *more)]
        return {name: np.asarray(one["band_data"].squeeze("band")) for name, one in zip(question.assets, opened)}
    if question.format == "zarr":
        return first_date(xarray.open_dataset(href, engine="zarr"))
    with fsspec.open(href) as file, xarray.open_dataset(file, engine="h5netcdf") as dataset:
        return first_date(dataset.load())


def intake_stac(question, **more):
    """From the landing page down by links; never by /search."""
    import intake
    import pystac

    pystac.StacIO.set_default(lambda: pystac.stac_io.DefaultStacIO(headers=question.headers))
    catalog = intake.open_stac_catalog(question.root)
    item = catalog["cases"][question.id]
    opened = [item[name](**more).to_dask() for name in question.assets]
    if question.format == "cog":
        return {name: np.asarray(one.squeeze("band")) for name, one in zip(question.assets, opened)}
    return first_date(opened[0])


def intake_stac_told(question):
    """intake-xarray looks for a folder's listing, which HTTP has not, unless told of consolidated metadata."""
    return intake_stac(question, **({"consolidated": True} if question.format == "zarr" else {}))


# ---- GDAL's programs, as the system has them ----


class GdalRefusal(Exception):
    """What a program of GDAL wrote before it ended with an error."""


def gdal(*arguments):
    """Without what rasterio tells GDAL of its own data files."""
    own = ("GDAL_DATA", "PROJ_DATA", "PROJ_LIB")
    environment = {key: value for key, value in os.environ.items() if key not in own}
    done = subprocess.run(arguments, capture_output=True, text=True, env=environment, timeout=60)
    if done.returncode:
        raise GdalRefusal(done.stderr.strip().split("\n")[0])
    return done.stdout


def read_by_gdal(source):
    """All bands of what GDAL opens, by the system's gdal_translate and raw bytes."""
    with tempfile.TemporaryDirectory() as folder:
        raw = pathlib.Path(folder) / "raw"
        gdal("gdal_translate", "-q", "-of", "ENVI", "-co", "INTERLEAVE=BSQ", source, str(raw))
        values = np.fromfile(raw, "<u2")
    return values.reshape(-1, data_maker.SIZE, data_maker.SIZE)


def gdal_stacit(question):
    query = urlencode({"collections": "cases", "ids": question.id, "profile": question.profile})
    arrays = {}
    for name in question.assets:
        arrays[name] = read_by_gdal(f'STACIT:"{question.root}search?{query}":asset={name}')
    if question.format == "cog":
        return {name: array[0] for name, array in arrays.items()}
    return arrays


def gdal_vsicurl(question):
    found = hrefs(question)
    if question.format == "cog":
        return {name: read_by_gdal(f"/vsicurl/{href}")[0] for name, href in zip(question.assets, found)}
    return {name: read_by_gdal(subdataset(found[0], name))[0] for name in ("red", "nir")}


def subdataset(href, name):
    """GDAL's name of one array behind a URL: the first date of a Zarr store's, or all of an HDF5 file's."""
    return f'ZARR:"/vsicurl/{href}":/{name}:0' if href.endswith(".zarr") else f'HDF5:"/vsicurl/{href}"://{name}'


# ---- all of them ----

CLIENTS = {
    "stackstac": stackstac_dicts,
    "stackstac, pystac items": stackstac_pystac,
    "stackstac, grid given": stackstac_told,
    "odc-stac": odc_stac,
    "odc-stac, grid given": odc_stac_told,
    "rioxarray": rioxarray,
    "rioxarray, array named": rioxarray_told,
    "xpystac": xpystac,
    "xarray": xarray_alone,
    "GDAL STACIT": gdal_stacit,
    "GDAL /vsicurl": gdal_vsicurl,
    "intake-stac": intake_stac,
    "intake-stac, consolidated=True": intake_stac_told,
}
OF_INTAKE = ("intake-stac", "intake-stac, consolidated=True")  # in the second environment
SCALING = ("stackstac", "stackstac, pystac items", "stackstac, grid given")  # these apply scale and offset
ONLY = {"rioxarray, array named": ("zarr", "netcdf"), "intake-stac, consolidated=True": ("zarr",)}  # where it differs


def questions(root, client, profile):
    """All that a client is asked."""
    for format in ONLY.get(client, data_maker.FORMATS):
        for projection in data_maker.PROJECTIONS:
            for version in data_maker.VERSIONS:
                yield Question(root, format, projection, version, profile)


def differs(got, client):
    """None when the arrays are those of the first date of the first zone to the last pixel, or what is wrong."""
    for name in ("red", "nir"):
        wanted = data_maker.truth(0, 0, name)
        if got[name].shape != wanted.shape:
            return f"{name}: shape {got[name].shape}"
        if name == "nir" and client in SCALING:
            if np.array_equal(got[name], wanted):
                return "nir: without scale and offset"
            wanted = data_maker.reflectance(0, 0)
        if not np.allclose(got[name], wanted, rtol=0, atol=1e-9):
            return f"{name}: other pixels"
    return None


def outcome(client, question):
    """ "equal", or what came instead, in one line: what is wrong with the pixels, or the client's own words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            wrong = differs(CLIENTS[client](question), client)
        except Exception as error:
            return plain(f"{type(error).__name__}: {error}".split("\n")[0], question.id)
    return wrong or "equal"


def plain(words, id):
    """A client's words without what is another one each time: URLs' hosts and the item's id."""
    return re.sub(r"https?://[\w.:-]+/(files/)?", "URL/", words).replace(id, "ID")
