"""stac-api-validator without a network, and with all that it has: `python offline_validator.py` takes its arguments.

Two parts of it can't be reached otherwise: its command line has no name for features#filter and item-search#filter, and its examples of
spatial and temporal filters are tried only with servers that advertise names of conformance classes from drafts of CQL2.

The JSON Schemas of STAC 1.1.0 and of GeoJSON come from pystac's own files instead of schemas.stacspec.org and geojson.org. Schemas that
pystac does not bring along (extensions, STAC 1.0.0) are taken as the schema that allows everything, and are named on standard error, so
that nobody takes them for checked.
"""

import importlib.resources
import io
import json
import sys
import urllib.parse

import pystac.stac_io
import requests

SCHEMAS = importlib.resources.files("pystac.validation") / "jsonschemas"


def packaged(url):
    """The file of pystac that holds the schema, or None."""
    path = urllib.parse.urlsplit(url).path
    name = path.rsplit("/", 1)[1]
    if url.startswith("https://geojson.org/"):
        found = SCHEMAS / "geojson" / name
    elif path.startswith("/v1.1.0/"):
        found = SCHEMAS / "stac-spec" / "v1.1.0" / name
    else:
        return None
    return found if found.is_file() else None


def schema_text(url):
    found = packaged(url)
    if found:
        return found.read_text()
    print(f"not checked, no such schema here: {url}", file=sys.stderr)
    return json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", "$id": url})


class LocalSchemas(requests.adapters.BaseAdapter):
    """Answers requests for schemas from files."""

    def send(self, request, **_):
        answer = requests.Response()
        answer.status_code = 200
        answer.url = request.url
        answer.headers["Content-Type"] = "application/schema+json"
        answer.raw = io.BytesIO(schema_text(request.url).encode())
        return answer

    def close(self):
        pass


def mount_schemas():
    """The server under test is reached by http, so everything by https is a schema."""
    make = requests.Session.__init__
    read = pystac.stac_io.DefaultStacIO.read_text_from_href

    def make_with_schemas(session):
        make(session)
        session.mount("https://", LocalSchemas())

    def read_with_schemas(stac_io, href):
        return schema_text(href) if href.startswith("https://") else read(stac_io, href)

    requests.Session.__init__ = make_with_schemas
    pystac.stac_io.DefaultStacIO.read_text_from_href = read_with_schemas


DRAFT_CLASSES = [f"http://www.opengis.net/spec/cql2/1.0/conf/{name}" for name in ("basic-spatial-operators", "temporal-operators")]


def reach_everything(main, validations):
    (choice,) = [option for option in main.params if option.name == "conformance_classes"]
    choice.type = type(choice.type)([*choice.type.choices, "features#filter", "item-search#filter"])
    validate = validations.validate_item_search_filter

    def validate_with_all_filters(root_url, root_body, **others):
        validate(root_url=root_url, root_body={**root_body, "conformsTo": root_body["conformsTo"] + DRAFT_CLASSES}, **others)

    validations.validate_item_search_filter = validate_with_all_filters


if __name__ == "__main__":
    mount_schemas()
    from stac_api_validator import validations
    from stac_api_validator.__main__ import main

    reach_everything(main, validations)
    main()
