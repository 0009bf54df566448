/* The OpenAPI definition: /api as JSON and YAML, /api.html. openapi.yaml is built into the program. */
#ifndef CAIRN_API_OPENAPI_H
#define CAIRN_API_OPENAPI_H

#include "base/buf.h"
#include "base/error.h"

/* Appends the built-in openapi.yaml as JSON; its `servers` are still empty. */
bool cairn_openapi_load(cairn_buf *json);

/* Appends a YAML document as JSON (the core schema: plain null, true, false and numbers are such, all else are
 * strings). Anchors, tags and several documents are refused. For openapi.yaml: input is trusted. */
cairn_code cairn_yaml_to_json(cairn_span yaml, cairn_buf *json, cairn_error *error);

#endif
