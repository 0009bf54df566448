#include "api/property_schema.h"

#include "stac/ext.h"

bool cairn_property_has_order(const cairn_united_property *property)
{
    return property->integers || property->numbers || property->strings || property->booleans;
}

static void add_text(cairn_buf *out, const char *name, const char *text)
{
    if (!text)
        return;
    cairn_buf_printf(out, ",\"%s\":", name);
    cairn_buf_add_json_string(out, cairn_span_of(text));
}

static void add_types(const cairn_united_property *p, cairn_buf *out)
{
    const char *names[6];
    size_t n = 0;
    if (p->integers || p->numbers)
        names[n++] = p->numbers ? "number" : "integer";
    if (p->strings)
        names[n++] = "string";
    if (p->booleans)
        names[n++] = "boolean";
    if (p->arrays)
        names[n++] = "array";
    if (p->objects)
        names[n++] = "object";
    if (n)
        cairn_buf_add_text(out, n > 1 ? ",\"type\":[" : ",\"type\":");
    for (size_t i = 0; i < n; i++)
        cairn_buf_printf(out, "%s\"%s\"", i ? "," : "", names[i]);
    if (n > 1)
        cairn_buf_add_byte(out, ']');
}

static void add_range(const cairn_united_property *p, cairn_buf *out)
{
    if (!p->has_range || !(p->integers || p->numbers))
        return;
    cairn_buf_add_text(out, ",\"minimum\":");
    cairn_buf_add_json_number(out, p->minimum);
    cairn_buf_add_text(out, ",\"maximum\":");
    cairn_buf_add_json_number(out, p->maximum);
}

/* Measured numbers and times are values too, but no list to choose from; true and false go without saying. The values
 * of an array are those of its members. */
static bool is_list(const cairn_united_property *p, bool is_time)
{
    bool scalars = p->integers || p->strings;
    return p->enumerated && p->n_values && !is_time && !p->numbers && !p->booleans && !p->objects &&
           scalars != (p->arrays > 0);
}

static void add_values(const cairn_united_property *p, cairn_buf *out)
{
    cairn_buf_add_text(out, p->arrays ? ",\"items\":{\"enum\":[" : ",\"enum\":[");
    for (size_t i = 0; i < p->n_values; i++) {
        if (i)
            cairn_buf_add_byte(out, ',');
        cairn_buf_add_span(out, p->values[i]);
    }
    cairn_buf_add_text(out, p->arrays ? "]}" : "]");
}

void cairn_property_schema_add(const cairn_united_property *property, cairn_buf *out)
{
    const cairn_ext_field *field = cairn_ext_find(property->name, NULL);
    if (field && field->of_band)
        field = NULL; /* a member of properties that has the name of one of bands */
    bool known_time = field && field->type == CAIRN_EXT_TIME;
    bool is_time = property->strings && (property->has_times || known_time);
    cairn_buf_add_text(out, "{\"title\":");
    cairn_buf_add_json_string(out, field && field->title ? cairn_span_of(field->title) : property->name);
    if (field) {
        add_text(out, "description", field->description);
        add_text(out, "unit", field->unit);
    }
    add_types(property, out);
    if (is_time)
        cairn_buf_add_text(out, ",\"format\":\"date-time\"");
    add_range(property, out);
    if (is_list(property, is_time))
        add_values(property, out);
    cairn_buf_add_byte(out, '}');
}
