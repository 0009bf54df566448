"""What each client makes of each combination, before ("source") and after ("default") load-ready, in its own words.

A refusal is a limit of the client, and stands here word for word, so that it is noticed when a new version of a client
or of Cairn changes it. WAY_ROUND says what to do instead; docs/clients.md is written from both (scripts/client-table).
"""

EQUAL = "equal"
NO_CRS = "ValueError: Cannot pick a common CRS, since asset 'red' of item 0 'ID' does not have one."
NO_GRID = "ValueError: Failed to auto-guess CRS/resolution."
UNSCALED = "nir: without scale and offset"
NO_IMAGE = "ValueError: Zero asset IDs requested"
NOT_AN_IMAGE = "ValueError: No such band/alias: cube"
NO_BANDS_ODC = "ValueError: Requested band 1 from URL/data/scenes.nc with only 0 bands"
NOT_A_FILE = "RasterioIOError: HTTP response code: 404"
NETCDF_BY_HTTP = "RasterioIOError: Failed to parse NETCDF: prefix string into expected 2, 3 or 4 fields."
XPYSTAC_TYPE = "UnboundLocalError: cannot access local variable 'default_kwargs' where it is not associated with a value"
NOT_LISTED = "KeyError: \"No variable named 'red'. Variables on the dataset include []\""
STACIT_NONE = "GdalRefusal: ERROR 1: No compatible asset found"
STACIT_ZARR = "GdalRefusal: ERROR 1: Cannot open /vsicurl/URL/data/scenes.zarr to retrieve band characteristics"
STACIT_NETCDF = "GdalRefusal: ERROR 6: GDALDriver::DefaultCreateCopy does not support zero band"

ANY = ""

# client -> format -> rules (profile, projections, versions, outcome); the first that fits is it.
RULES = {
    "stackstac": {
        "cog": [
            (ANY, "none", ANY, NO_CRS),
            ("default", ANY, ANY, EQUAL),
            (ANY, "v2", ANY, NO_CRS),
            (ANY, "v1", "1.0", EQUAL),
            (ANY, "v1", "1.1", UNSCALED),
        ],
        "zarr": [(ANY, ANY, ANY, NO_IMAGE)],
        "netcdf": [(ANY, ANY, ANY, NO_IMAGE)],
    },
    "stackstac, pystac items": {
        "cog": [(ANY, ANY, ANY, NO_CRS)],
        "zarr": [(ANY, ANY, ANY, NO_IMAGE)],
        "netcdf": [(ANY, ANY, ANY, NO_IMAGE)],
    },
    "stackstac, grid given": {
        "cog": [("source", ANY, "1.1", UNSCALED), (ANY, ANY, ANY, EQUAL)],
        "zarr": [(ANY, ANY, ANY, NO_IMAGE)],
        "netcdf": [(ANY, ANY, ANY, NO_IMAGE)],
    },
    "odc-stac": {
        "cog": [(ANY, "none", ANY, NO_GRID), (ANY, ANY, ANY, EQUAL)],
        "zarr": [(ANY, ANY, ANY, NOT_AN_IMAGE)],
        "netcdf": [(ANY, "none", ANY, NO_GRID), (ANY, ANY, ANY, NO_BANDS_ODC)],
    },
    "odc-stac, grid given": {
        "cog": [(ANY, ANY, ANY, EQUAL)],
        "zarr": [(ANY, ANY, ANY, NOT_AN_IMAGE)],
        "netcdf": [(ANY, ANY, ANY, NO_BANDS_ODC)],
    },
    "rioxarray": {
        "cog": [(ANY, ANY, ANY, EQUAL)],
        "zarr": [(ANY, ANY, ANY, NOT_A_FILE)],
        "netcdf": [(ANY, ANY, ANY, NETCDF_BY_HTTP)],
    },
    "rioxarray, array named": {"zarr": [(ANY, ANY, ANY, EQUAL)], "netcdf": [(ANY, ANY, ANY, EQUAL)]},
    "xpystac": {
        "cog": [(ANY, ANY, ANY, EQUAL)],
        "zarr": [(ANY, ANY, ANY, EQUAL)],
        "netcdf": [(ANY, ANY, ANY, XPYSTAC_TYPE)],
    },
    "xarray": {format: [(ANY, ANY, ANY, EQUAL)] for format in ("cog", "zarr", "netcdf")},
    "GDAL STACIT": {
        "cog": [(ANY, "none", ANY, STACIT_NONE), ("source", "v2", ANY, STACIT_NONE), (ANY, ANY, ANY, EQUAL)],
        "zarr": [(ANY, "none", ANY, STACIT_NONE), ("source", "v2", ANY, STACIT_NONE), (ANY, ANY, ANY, STACIT_ZARR)],
        "netcdf": [(ANY, "none", ANY, STACIT_NONE), ("source", "v2", ANY, STACIT_NONE), (ANY, ANY, ANY, STACIT_NETCDF)],
    },
    "GDAL /vsicurl": {format: [(ANY, ANY, ANY, EQUAL)] for format in ("cog", "zarr", "netcdf")},
    "intake-stac": {
        "cog": [(ANY, ANY, ANY, EQUAL)],
        "zarr": [(ANY, ANY, ANY, NOT_LISTED)],
        "netcdf": [(ANY, ANY, ANY, EQUAL)],
    },
    "intake-stac, consolidated=True": {"zarr": [(ANY, ANY, ANY, EQUAL)]},
}

WAY_ROUND = {
    NO_CRS: "`search.items_as_dicts()` in the place of pystac's items, which lose `proj:epsg` on reading; where the "
    "item tells no grid, `epsg=`, `resolution=` and `bounds=` (\"grid given\"), or `cairn enrich` at ingest",
    NO_GRID: "`geobox=`, or `crs=` and `resolution=` (\"grid given\"), or `cairn enrich` at ingest",
    UNSCALED: "the default profile: stackstac reads scale and offset from `raster:bands`, which load-ready writes",
    NO_IMAGE: "stackstac is for single-band images: xarray on the href. Named in `assets=`, a Zarr store is read as nothing but "
    "nodata, without a word, since the 404 of a folder is a missing scene to stackstac",
    NOT_AN_IMAGE: "odc-stac is for images: xarray on the href",
    NO_BANDS_ODC: "a netCDF file of several variables is no image to GDAL: xarray on the href",
    NOT_A_FILE: "name the array as GDAL does, `ZARR:\"/vsicurl/URL\":/red:0` (\"array named\"), or xarray on the href",
    NETCDF_BY_HTTP: "name the array as GDAL does, `HDF5:\"/vsicurl/URL\"://red` (\"array named\"), or xarray on the href",
    XPYSTAC_TYPE: "xpystac has no engine for netCDF: `xarray.open_dataset(file, engine=\"h5netcdf\")` of `fsspec.open(href)`",
    NOT_LISTED: "`item[\"cube\"](consolidated=True)`, or `xarray:open_kwargs` on the asset: intake-xarray looks for a "
    "listing of the folder, which HTTP has not",
    STACIT_NONE: "the default profile for projection v2; without a grid GDAL's `/vsicurl` on the href, or `cairn enrich`",
    STACIT_ZARR: "`gdal_translate 'ZARR:\"/vsicurl/URL\":/red:0'`",
    STACIT_NETCDF: "`gdal_translate 'HDF5:\"/vsicurl/URL\"://red'`",
}


def expected_outcome(client, question):
    for profile, projection, version, outcome in RULES[client][question.format]:
        if profile in (ANY, question.profile) and projection in (ANY, question.projection):
            if version in (ANY, question.version):
                return outcome
    raise KeyError((client, question))
