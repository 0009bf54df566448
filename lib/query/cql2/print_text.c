#include "query/cql2/print.h"

#include "base/json.h"
#include "query/cql2/scan.h"

/* How tightly a form holds: what holds less tightly than its place demands gets parentheses. */
enum { LEVEL_OR, LEVEL_AND, LEVEL_NOT, LEVEL_PREDICATE, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_POWER, LEVEL_OPERAND };

static void print_node(const cairn_cql2_node *node, int place, cairn_buf *out);

static int level_of(const cairn_cql2_node *node)
{
    static const int LEVELS[] = {
        [CAIRN_CQL2_FORM_NOT] = LEVEL_NOT,           [CAIRN_CQL2_FORM_COMPARE] = LEVEL_PREDICATE,
        [CAIRN_CQL2_FORM_BETWEEN] = LEVEL_PREDICATE, [CAIRN_CQL2_FORM_IN] = LEVEL_PREDICATE,
        [CAIRN_CQL2_FORM_IS_NULL] = LEVEL_PREDICATE, [CAIRN_CQL2_FORM_SUM] = LEVEL_SUM,
        [CAIRN_CQL2_FORM_PRODUCT] = LEVEL_PRODUCT,   [CAIRN_CQL2_FORM_POWER] = LEVEL_POWER,
        [CAIRN_CQL2_FORM_CALL] = LEVEL_OPERAND,
    };
    const cairn_cql2_operator *op = cairn_cql2_operator_of(node->kind);
    if (!op)
        return LEVEL_OPERAND;
    if (op->form == CAIRN_CQL2_FORM_LOGIC)
        return node->kind == CAIRN_CQL2_K_OR ? LEVEL_OR : LEVEL_AND;
    return LEVELS[op->form];
}

/* ---- literals ---- */

static void print_string(cairn_span text, cairn_buf *out)
{
    cairn_buf_add_byte(out, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\'' || text.p[i] == '\\')
            cairn_buf_add_byte(out, text.p[i]);
        cairn_buf_add_byte(out, text.p[i]);
    }
    cairn_buf_add_byte(out, '\'');
}

static void print_name(cairn_span name, cairn_buf *out)
{
    if (cairn_cql2_is_identifier(name) && !cairn_cql2_is_reserved(name)) {
        cairn_buf_add_span(out, name);
        return;
    }
    cairn_buf_add_byte(out, '"');
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '"')
            cairn_buf_add_byte(out, '"');
        cairn_buf_add_byte(out, name.p[i]);
    }
    cairn_buf_add_byte(out, '"');
}

static void print_instant(const cairn_cql2_node *node, cairn_buf *out)
{
    char text[CAIRN_TIME_TEXT_MAX];
    size_t n = cairn_time_format(node->time, text);
    cairn_buf_add_byte(out, '\'');
    cairn_buf_add(out, text, node->kind == CAIRN_CQL2_K_DATE ? 10 : n);
    cairn_buf_add_byte(out, '\'');
}

static void print_interval_end(const cairn_cql2_node *node, cairn_buf *out)
{
    if (node->kind == CAIRN_CQL2_K_OPEN)
        cairn_buf_add_text(out, "'..'");
    else if (node->kind == CAIRN_CQL2_K_DATE || node->kind == CAIRN_CQL2_K_TIMESTAMP)
        print_instant(node, out);
    else
        print_node(node, LEVEL_OPERAND, out);
}

/* ---- geometries ---- */

/* The first position below nested arrays has three numbers. Recursion: as deep as coordinates nest, 4. */
static bool has_height(cairn_span coordinates, int depth)
{
    cairn_span first;
    cairn_json_walk walk = cairn_json_walk_array(coordinates);
    if (depth == 0 || !cairn_json_next_element(&walk, &first))
        return false;
    return cairn_json_kind(first) == '[' ? has_height(first, depth - 1) : cairn_json_count(coordinates) == 3;
}

/* Recursion: as deep as coordinates nest, 4. A position within a list stands without parentheses. */
static void print_coordinates(cairn_span coordinates, bool bare, int depth, cairn_buf *out)
{
    cairn_json_walk walk = cairn_json_walk_array(coordinates);
    bool first = true, position = false;
    if (!bare)
        cairn_buf_add_byte(out, '(');
    for (cairn_span element; cairn_json_next_element(&walk, &element); first = false) {
        position = cairn_json_kind(element) != '[';
        if (!first)
            cairn_buf_add_text(out, position ? " " : ", ");
        if (position) {
            cairn_buf_add_span(out, element);
        } else if (depth > 0) {
            cairn_span inner;
            cairn_json_walk look = cairn_json_walk_array(element);
            bool is_position = cairn_json_next_element(&look, &inner) && cairn_json_kind(inner) != '[';
            print_coordinates(element, is_position, depth - 1, out);
        }
    }
    if (!bare)
        cairn_buf_add_byte(out, ')');
}

/* Recursion: as deep as collections nest, 4. */
static void print_geometry(cairn_span geojson, cairn_buf *out, int depth)
{
    cairn_span type = cairn_json_get(geojson, "type"), coordinates = cairn_json_get(geojson, "coordinates");
    for (size_t i = 1; i + 1 < type.n; i++)
        cairn_buf_add_byte(out, type.p[i] >= 'a' && type.p[i] <= 'z' ? (char)(type.p[i] - 'a' + 'A') : type.p[i]);
    if (coordinates.p) {
        cairn_buf_add_text(out, has_height(coordinates, 4) ? " Z " : "");
        print_coordinates(coordinates, false, 4, out);
        return;
    }
    bool first = true;
    cairn_json_walk walk = cairn_json_walk_array(cairn_json_get(geojson, "geometries"));
    cairn_buf_add_byte(out, '(');
    for (cairn_span member; depth > 0 && cairn_json_next_element(&walk, &member); first = false) {
        if (!first)
            cairn_buf_add_text(out, ", ");
        print_geometry(member, out, depth - 1);
    }
    cairn_buf_add_byte(out, ')');
}

/* ---- with operands ---- */

static void print_list(const cairn_cql2_node *node, size_t from, int place, cairn_buf *out)
{
    cairn_buf_add_byte(out, '(');
    for (size_t i = from; i < node->n; i++) {
        if (i > from)
            cairn_buf_add_text(out, ", ");
        print_node(node->args[i], place, out);
    }
    cairn_buf_add_byte(out, ')');
}

/* Operands left to right with the operator between; those behind the first must hold more tightly. */
static void print_infix(const cairn_cql2_node *node, const char *between, int first, int others, cairn_buf *out)
{
    for (size_t i = 0; i < node->n; i++) {
        if (i)
            cairn_buf_printf(out, " %s ", between);
        print_node(node->args[i], i ? others : first, out);
    }
}

/* value [NOT] LIKE ...; the forms that a NOT may stand within. */
static void print_predicate(const cairn_cql2_node *node, const char *negation, cairn_buf *out)
{
    const cairn_cql2_operator *op = cairn_cql2_operator_of(node->kind);
    print_node(node->args[0], LEVEL_SUM, out);
    if (op->form == CAIRN_CQL2_FORM_IS_NULL) {
        cairn_buf_printf(out, " IS %sNULL", negation);
        return;
    }
    cairn_buf_printf(out, " %s%s ", negation, op->text);
    if (op->form == CAIRN_CQL2_FORM_IN) {
        print_list(node, 1, LEVEL_SUM, out);
        return;
    }
    print_node(node->args[1], LEVEL_SUM, out);
    if (op->form == CAIRN_CQL2_FORM_BETWEEN) {
        cairn_buf_add_text(out, " AND ");
        print_node(node->args[2], LEVEL_SUM, out);
    }
}

static bool takes_not_within(const cairn_cql2_node *node)
{
    return node->kind == CAIRN_CQL2_K_LIKE || node->kind == CAIRN_CQL2_K_BETWEEN || node->kind == CAIRN_CQL2_K_IN ||
           node->kind == CAIRN_CQL2_K_IS_NULL;
}

static void print_not(const cairn_cql2_node *node, cairn_buf *out)
{
    const cairn_cql2_node *inner = node->args[0];
    if (takes_not_within(inner)) {
        print_predicate(inner, "NOT ", out);
        return;
    }
    cairn_buf_add_text(out, "NOT ");
    print_node(inner, LEVEL_NOT, out);
}

static void print_operator(const cairn_cql2_node *node, cairn_buf *out)
{
    const cairn_cql2_operator *op = cairn_cql2_operator_of(node->kind);
    int level = level_of(node);
    switch (op->form) {
    case CAIRN_CQL2_FORM_LOGIC:
    case CAIRN_CQL2_FORM_POWER:
        print_infix(node, op->text, level + 1, level + 1, out);
        break;
    case CAIRN_CQL2_FORM_SUM:
    case CAIRN_CQL2_FORM_PRODUCT:
        print_infix(node, op->text, level, level + 1, out);
        break;
    case CAIRN_CQL2_FORM_NOT:
        print_not(node, out);
        break;
    case CAIRN_CQL2_FORM_CALL:
        cairn_buf_add_text(out, op->text);
        print_list(node, 0, LEVEL_OR, out);
        break;
    default:
        print_predicate(node, "", out);
    }
}

static void print_leaf(const cairn_cql2_node *node, cairn_buf *out)
{
    switch (node->kind) {
    case CAIRN_CQL2_K_PROPERTY:
        print_name(node->property.name, out);
        break;
    case CAIRN_CQL2_K_STRING:
        print_string(node->text, out);
        break;
    case CAIRN_CQL2_K_NUMBER:
        cairn_buf_add_span(out, node->number.spelling);
        break;
    case CAIRN_CQL2_K_BOOLEAN:
        cairn_buf_add_text(out, node->boolean ? "TRUE" : "FALSE");
        break;
    case CAIRN_CQL2_K_DATE:
    case CAIRN_CQL2_K_TIMESTAMP:
        cairn_buf_add_text(out, node->kind == CAIRN_CQL2_K_DATE ? "DATE(" : "TIMESTAMP(");
        print_instant(node, out);
        cairn_buf_add_byte(out, ')');
        break;
    case CAIRN_CQL2_K_GEOMETRY:
        print_geometry(node->geometry.geojson, out, 6);
        break;
    case CAIRN_CQL2_K_BBOX:
        cairn_buf_add_text(out, "BBOX(");
        cairn_buf_add(out, node->bbox.json.p + 1, node->bbox.json.n - 2);
        cairn_buf_add_byte(out, ')');
        break;
    default:
        print_interval_end(node, out);
    }
}

/* Recursion: CAIRN_CQL2_MAX_DEPTH. */
static void print_node(const cairn_cql2_node *node, int place, cairn_buf *out)
{
    bool group = level_of(node) < place;
    if (group)
        cairn_buf_add_byte(out, '(');
    if (node->kind == CAIRN_CQL2_K_INTERVAL) {
        cairn_buf_add_text(out, "INTERVAL(");
        print_interval_end(node->args[0], out);
        cairn_buf_add_text(out, ", ");
        print_interval_end(node->args[1], out);
        cairn_buf_add_byte(out, ')');
    } else if (node->kind == CAIRN_CQL2_K_ARRAY || node->kind == CAIRN_CQL2_K_FUNCTION) {
        if (node->kind == CAIRN_CQL2_K_FUNCTION)
            cairn_buf_add_span(out, node->function.name);
        print_list(node, 0, LEVEL_OR, out);
    } else if (cairn_cql2_operator_of(node->kind)) {
        print_operator(node, out);
    } else {
        print_leaf(node, out);
    }
    if (group)
        cairn_buf_add_byte(out, ')');
}

bool cairn_cql2_print_text(const cairn_cql2_node *node, cairn_buf *out)
{
    print_node(node, LEVEL_OR, out);
    return !out->failed;
}
