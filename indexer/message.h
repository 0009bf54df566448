/* Messages in front of which the place they are about is printed. Thread-safety: no state. */
#ifndef CAIRN_INDEXER_MESSAGE_H
#define CAIRN_INDEXER_MESSAGE_H

#include "base/span.h"

/* The message without its first words "NAME: " when NAME is a part of `place`, a JSON pointer or a parameter's name:
 * "geometry: expected a position" behind "/geometry/coordinates" is "expected a position". The end of `message`,
 * NUL-terminated when that is. */
cairn_span cairn_message_behind(cairn_span place, cairn_span message);

#endif
