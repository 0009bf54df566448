/* Writes a tree as CQL2-Text or CQL2-JSON in one canonical spelling: reading it gives an equal tree, and equal trees
 * whose numbers are spelled alike give equal text. Thread-safe. */
#ifndef CAIRN_QUERY_CQL2_PRINT_H
#define CAIRN_QUERY_CQL2_PRINT_H

#include "base/buf.h"
#include "query/cql2/ast.h"

/* Operators in upper case, names quoted only where they must be, parentheses only where they must be. False when the
 * buffer is at its maximum. */
bool cairn_cql2_print_text(const cairn_cql2_node *node, cairn_buf *out);
/* As the JSON schema of the standard has it, without white space. */
bool cairn_cql2_print_json(const cairn_cql2_node *node, cairn_buf *out);
/* The tree for people: one node a line, indented, with byte offsets. */
bool cairn_cql2_dump(const cairn_cql2_node *node, cairn_buf *out);

#endif
