"""Opens items with one real client and says of each what came of it: what test_verdicts.py holds `cairn doctor` against.

    python build_arrays.py make FOLDER                    # writes the small files that stand for what assets lead to
    python build_arrays.py CLIENT FOLDER < items.ndjson   # one JSON line an item: {"built": [asset, ...], "fault": ...}

It runs in the environment of the client (scripts/venv clients, scripts/venv intake; GDAL: the system's Python), so it
imports nothing but what that client brings.

stackstac and odc-stac build a lazy array of an item without opening a file, so they get the item as it is. The others
open files. No test fetches what the world's items lead to: a href whose scheme the client's own tables know is exchanged
for that of a small file of the kind that the asset's media type (or its name, where there is none) tells: http and
https for a URL on this machine, anything else for a path. A href of another scheme stays, so that the client fails on
it as it would. Nothing else of the item or of the client is touched.
"""

import functools
import http.server
import json
import logging
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import warnings

SECONDS = 60  # an item takes milliseconds; some ask for arrays beyond all memory
MEMORY = 6 << 30

# ---- what assets lead to ----

KINDS = {
    "tiff": ("image/tiff", "image/vnd.stac.geotiff", "image/x.geotiff", "image/geotiff", "image/cog"),
    "jp2": ("image/jp2", "image/jpx"),
    "png": ("image/png",),
    "jpeg": ("image/jpeg", "image/jpg"),
    "netcdf": ("application/netcdf", "application/x-netcdf", "application/x-hdf5", "application/hdf5"),
    "hdf4": ("application/x-hdf", "application/hdf"),
    "grib": ("application/grib", "application/grib2", "application/x-grib", "application/wmo-grib2"),
    "zarr": ("application/vnd+zarr", "application/vnd.zarr", "application/x-zarr", "application/zarr"),
    "json": ("application/json",),
}
ENDINGS = {
    "tif": "tiff", "tiff": "tiff", "jp2": "jp2", "png": "png", "jpg": "jpeg", "jpeg": "jpeg", "nc": "netcdf",
    "nc4": "netcdf", "h5": "netcdf", "hdf5": "netcdf", "hdf": "hdf4", "grib": "grib", "grib2": "grib", "grb2": "grib",
    "zarr": "zarr", "json": "json",
}  # fmt: skip
FILES = {
    "tiff": "a.tif", "jp2": "a.jp2", "png": "a.png", "jpeg": "a.jpg", "netcdf": "a.nc", "zarr": "a.zarr",
    "json": "a.json", "hdf4": "a.hdf", "grib": "a.grib2", "other": "a.txt",
}  # fmt: skip


def kind_of(asset):
    """Which of FILES stands for an asset (a dict)."""
    media = asset.get("type")
    if isinstance(media, str) and media.strip():
        bare = media.split(";")[0].strip().lower()
        return next((kind for kind, types in KINDS.items() if bare in types), "other")
    path = str(asset.get("href")).split("?")[0].rstrip("/")
    return ENDINGS.get(path.rsplit(".", 1)[-1].lower(), "other")


def make(folder):
    """Needs rasterio, netCDF4 and zarr: the environment `clients`."""
    import numpy
    import rasterio
    import xarray

    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    pixels = numpy.arange(64 * 64, dtype="uint8").reshape(1, 64, 64)
    about = dict(height=64, width=64, count=1, dtype="uint8", crs="EPSG:32632",
                 transform=rasterio.Affine(10, 0, 500000, 0, -10, 5200000))  # fmt: skip
    drivers = {"tiff": "COG", "jp2": "JP2OpenJPEG", "png": "PNG", "jpeg": "JPEG"}
    for kind, driver in drivers.items():
        with rasterio.open(folder / FILES[kind], "w", driver=driver, **about) as file:
            file.write(pixels)
    layer = ("y", "x"), pixels[0].astype("float32")
    cube = xarray.Dataset({"t": layer, "s": layer}, {"y": range(64), "x": range(64)})
    cube.to_netcdf(folder / FILES["netcdf"], engine="netcdf4")
    cube.to_zarr(folder / FILES["zarr"], mode="w", zarr_format=2, consolidated=True)
    with rasterio.open(folder / FILES["grib"], "w", driver="GRIB", **{**about, "dtype": "float64"}) as file:
        file.write(pixels.astype("float64"))
    folder.joinpath(FILES["hdf4"]).write_bytes(b"\x0e\x03\x13\x01" + bytes(60))  # nothing here writes a whole one
    folder.joinpath(FILES["json"]).write_text('{"what": "no data"}\n')
    folder.joinpath(FILES["other"]).write_text("This is no raster.\n")


def scheme_of(href):
    head, colon, _ = href.partition(":")
    return head if colon and len(head) > 1 and head.replace("+", "").isalnum() else None


def stand_in(folder, asset, schemes):
    """The href that the client gets for an asset: a file's path, or the asset's own where its reader has no way to it."""
    href = asset.get("href")
    if not isinstance(href, str) or not (scheme_of(href) in schemes or href.startswith("/")):
        return href
    name = FILES[kind_of(asset)]
    return served(folder) + name if scheme_of(href) in ("http", "https") else str(folder / name)


class Ranges(http.server.SimpleHTTPRequestHandler):
    """Files with ranges, which GDAL asks for; no listing of folders, as object stores have none."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, with_body):
        path = pathlib.Path(self.translate_path(self.path))
        content = path.read_bytes() if path.is_file() else None
        if content is None:
            return self.send_error(404)
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        first = int(wanted[1]) if wanted else 0
        last = min(int(wanted[2] or len(content)), len(content) - 1) if wanted else len(content) - 1
        if first >= len(content) > 0:
            return self.send_error(416)
        self.send_response(206 if wanted else 200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(last - first + 1))
        if wanted:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.end_headers()
        if with_body:
            self.wfile.write(content[first : last + 1])

    def do_GET(self):
        self.answer(True)

    def do_HEAD(self):
        self.answer(False)


def serve(folder):
    handler = functools.partial(Ranges, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    print(f"http://127.0.0.1:{server.server_port}/", flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()  # as long as its parent
    server.serve_forever()


@functools.lru_cache
def served(folder):
    """The URL of the folder, served as long as this program runs; by a process of its own, since GDAL keeps the lock of
    the interpreter while it waits for an answer."""
    command = [sys.executable, __file__, "serve", str(folder)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return server.stdout.readline().strip()


# ---- the clients; each takes an item (a dict) and gives the assets that it built an array of ----


def build_stackstac(item, folder):
    import stackstac

    return list(stackstac.stack(item).band.values)


def build_odc_stac(item, folder):
    import odc.stac
    import pystac

    cube = odc.stac.load([pystac.Item.from_dict(item)], chunks={})
    if not cube.data_vars:
        raise ValueError("an empty dataset")
    return list(cube.data_vars)


def each_asset(item, open_one, previews=("thumbnail", "overview")):
    """The assets, but for previews, that open_one(key) gives an array for; else the first fault."""
    built, first = [], None
    for key, asset in (item.get("assets") or {}).items():
        if set(previews) & set(asset.get("roles") or []):
            continue
        try:
            open_one(key)
            built.append(key)
        except Exception as fault:  # noqa: BLE001: whatever the client throws
            first = first or fault
    if not built:
        raise first or ValueError("no assets")
    return built


def array_of(opened):
    """What was opened has to be an array, or a dataset with one."""
    if not hasattr(opened, "dims") or (hasattr(opened, "data_vars") and not opened.data_vars):
        raise ValueError(f"no array: {opened!r}")


def rasterio_schemes():
    from rasterio._path import SCHEMES

    return set(SCHEMES)


def build_rioxarray(item, folder):
    import rioxarray

    def open_one(key):
        href = stand_in(folder, item["assets"][key], rasterio_schemes())
        array_of(rioxarray.open_rasterio(href, chunks={}))

    return each_asset(item, open_one)


def build_xpystac(item, folder):
    import pystac
    import xarray
    from fsspec.registry import known_implementations

    known = pystac.Item.from_dict(item)

    def open_one(key):
        asset = known.assets[key]
        is_zarr = kind_of(item["assets"][key]) == "zarr"
        asset.href = stand_in(folder, item["assets"][key], set(known_implementations) if is_zarr else rasterio_schemes())
        asset.extra_fields.pop("xarray:storage_options", None)  # they are of the place that the file stands for
        array_of(xarray.open_dataset(asset, engine="stac"))

    return each_asset(item, open_one)


def build_intake_stac(item, folder):
    import intake_stac.catalog
    import pystac

    known = pystac.Item.from_dict(item)
    for key, asset in known.assets.items():
        asset.href = stand_in(folder, item["assets"][key], {"http", "https", "s3", "gs", "file", "az", "abfs"})
        asset.extra_fields.pop("xarray:storage_options", None)
    catalog = intake_stac.catalog.StacItem(known)

    def open_one(key):
        source = catalog[key]
        if source.container not in ("xarray", "ndarray") and not hasattr(source, "to_dask"):
            raise ValueError(f"no array: {source}")
        array_of(source.to_dask())

    return each_asset(item, open_one)


def build_gdal_stacit(item, folder):
    from osgeo import gdal

    gdal.UseExceptions()
    copy = json.loads(json.dumps(item))
    for asset in (copy.get("assets") or {}).values():
        asset["href"] = stand_in(folder, asset, {"http", "https"})
    path = f"/vsimem/items-{os.getpid()}.json"
    gdal.FileFromMemBuffer(path, json.dumps({"type": "FeatureCollection", "features": [copy]}).encode())

    def open_one(name):
        if gdal.Open(name).RasterCount == 0:
            raise ValueError("no bands")

    whole = f'STACIT:"{path}"'
    names = [name for name, _ in gdal.Open(whole).GetSubDatasets()] or [whole]
    return each_asset({"assets": {name: {} for name in names}}, open_one)


BUILDERS = {
    "stackstac": build_stackstac,
    "odc-stac": build_odc_stac,
    "rioxarray": build_rioxarray,
    "xpystac": build_xpystac,
    "intake-stac": build_intake_stac,
    "gdal-stacit": build_gdal_stacit,
}


def one_line(fault):
    text = " ".join(f"{type(fault).__name__}: {fault}".split())
    return text[:300]


def out_of_time(*_):
    raise TimeoutError(f"no array within {SECONDS} s")


def main(client, folder):
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, out_of_time)
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    build = BUILDERS[client]
    for line in sys.stdin:
        result = {"built": [], "fault": None}
        signal.alarm(SECONDS)
        try:
            result["built"] = [str(key) for key in build(json.loads(line), pathlib.Path(folder))]
        except Exception as fault:  # noqa: BLE001: whatever the client throws
            result["fault"] = one_line(fault)
        finally:
            signal.alarm(0)
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    {"make": make, "serve": serve}.get(sys.argv[1], functools.partial(main, sys.argv[1]))(sys.argv[2])
