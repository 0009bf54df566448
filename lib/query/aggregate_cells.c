/* The cells of a grid that a footprint meets. */
#include "query/aggregate_grid.h"

static const double MARGIN = 1e-9; /* degrees */

enum { WKB_HEAD = 5, WKB_POLYGON = 3, WKB_MULTI_POLYGON = 6 };

/* Cells from and to, ends belong to it. */
typedef struct cell_range {
    cairn_cell from, to;
} cell_range;

typedef struct cover {
    cairn_grid grid;
    int precision;
    cairn_area *area; /* NULL: every cell of the box is met */
    bool within;      /* only what reaches over the cell's border counts */
    cairn_cell *cells;
    size_t n;
    cairn_error *error;
} cover;

static bool is_areal(cairn_span wkb)
{
    return wkb.n > WKB_HEAD && (wkb.p[1] == WKB_POLYGON || wkb.p[1] == WKB_MULTI_POLYGON);
}

static cell_range range_of(cairn_grid grid, int precision, cairn_box box)
{
    cairn_cell a = cairn_grid_cell(grid, precision, box.west, box.south);
    cairn_cell b = cairn_grid_cell(grid, precision, box.east, box.north);
    return (cell_range){{a.x, a.y < b.y ? a.y : b.y}, {b.x, a.y < b.y ? b.y : a.y}};
}

/* At most 2^60. */
static uint64_t count_cells(cell_range range)
{
    return ((uint64_t)range.to.x - range.from.x + 1) * ((uint64_t)range.to.y - range.from.y + 1);
}

static cairn_code take_cell(cover *c, cairn_cell cell)
{
    bool meets = true;
    cairn_code code = CAIRN_OK;
    if (c->area) {
        cairn_box box = cairn_grid_box(c->grid, c->precision, cell);
        double margin = c->within ? MARGIN : 0;
        box = (cairn_box){box.west + margin, box.south + margin, box.east - margin, box.north - margin};
        code = cairn_area_meets_box(c->area, box, &meets, c->error);
    }
    if (code == CAIRN_OK && meets)
        c->cells[c->n++] = cell;
    return code;
}

static cairn_code take_range(cover *c, cell_range range)
{
    cairn_code code = CAIRN_OK;
    for (uint32_t y = range.from.y; y <= range.to.y && code == CAIRN_OK; y++)
        for (uint32_t x = range.from.x; x <= range.to.x && code == CAIRN_OK; x++)
            code = take_cell(c, (cairn_cell){x, y});
    return code;
}

/* The box's cells in one or two ranges without one in common. */
static size_t ranges_of(cairn_grid grid, int precision, cairn_box box, cell_range out[2])
{
    cairn_box pieces[2];
    size_t n = cairn_box_split(box, pieces);
    for (size_t i = 0; i < n; i++)
        out[i] = range_of(grid, precision, pieces[i]);
    if (n < 2 || (out[0].to.x < out[1].from.x || out[1].to.x < out[0].from.x))
        return n;
    out[0].from.x = out[0].from.x < out[1].from.x ? out[0].from.x : out[1].from.x;
    out[0].to.x = out[0].to.x > out[1].to.x ? out[0].to.x : out[1].to.x;
    return 1;
}

static cairn_code take_ranges(cover *c, const cell_range *ranges, size_t n)
{
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; i < n && code == CAIRN_OK; i++)
        code = take_range(c, ranges[i]);
    return code;
}

cairn_code cairn_grid_cells(cairn_grid grid, int precision, cairn_box box, cairn_span wkb, size_t max, cairn_geos *geos,
                            cairn_arena *arena, cairn_cell **out, size_t *n, cairn_error *error)
{
    cell_range ranges[2];
    size_t n_ranges = ranges_of(grid, precision, box, ranges);
    uint64_t total = count_cells(ranges[0]) + (n_ranges > 1 ? count_cells(ranges[1]) : 0);
    if (total > max)
        return cairn_error_set(error, CAIRN_TOO_LARGE, "the box of an item has more than %zu cells", max);
    cover c = {.grid = grid, .precision = precision, .within = is_areal(wkb), .error = error};
    c.cells = cairn_arena_calloc(arena, (size_t)total, sizeof *c.cells);
    if (!c.cells)
        return cairn_error_set(error, CAIRN_NOMEM, "no memory for the cells of a footprint");
    cairn_code code = total > 1 ? cairn_area_from_footprint(geos, box, wkb, arena, &c.area, error) : CAIRN_OK;
    if (code == CAIRN_OK)
        code = take_ranges(&c, ranges, n_ranges);
    if (code == CAIRN_OK && c.n == 0) { /* a sliver on a border */
        c.within = false;
        code = take_ranges(&c, ranges, n_ranges);
    }
    *out = c.cells;
    *n = c.n;
    return code;
}
