/* Private to lib/stac: the tables of what changed before STAC 1.0.0, after the change logs of the specification and
 * what pystac and stac-migrate do. A view is in the words of 1.0.0, so eo:bands and proj:epsg stay. */
#ifndef CAIRN_STAC_UPGRADE_RULES_H
#define CAIRN_STAC_UPGRADE_RULES_H

#include <stddef.h>

/* A number that orders versions. `rank`: of a pre-release, below CAIRN_RELEASED. */
#define CAIRN_VERSION(major, minor, patch, rank) ((((long)(major)*100 + (minor)) * 100 + (patch)) * 100 + (rank))
#define CAIRN_BETA(number)                       (10 + (number))
#define CAIRN_RC(number)                         (20 + (number))
enum { CAIRN_RELEASED = 99 };

#define CAIRN_ITEM_ASSETS_URI "https://stac-extensions.github.io/item-assets/v1.0.0/schema.json"

typedef struct cairn_extension_rule {
    const char *prefix; /* of its fields */
    const char *uri;    /* of the version that fits a 1.0.0 view */
} cairn_extension_rule;
extern const cairn_extension_rule cairn_extension_rules[]; /* the last has no uri */

typedef struct cairn_short_name {
    const char *name; /* in stac_extensions before 1.0.0-rc.1 */
    const char *uri;  /* NULL: there is no such extension any more */
} cairn_short_name;
extern const cairn_short_name cairn_short_names[]; /* the last has no name */

typedef enum cairn_field_how {
    CAIRN_FIELD_SAME,
    CAIRN_FIELD_LISTED,    /* put into an array */
    CAIRN_FIELD_SINGLE,    /* taken out of an array of one */
    CAIRN_FIELD_MULTIHASH, /* a hex digest gets a prefix */
    CAIRN_FIELD_ORBIT,     /* null is "geostationary" */
} cairn_field_how;

/* A field of properties, assets or summaries that has another name since the version `before`. */
typedef struct cairn_field_rule {
    long before;
    const char *from, *to;
    cairn_field_how how;
    const char *prefix; /* MULTIHASH: code and length */
    size_t digits;      /* MULTIHASH: of the digest */
} cairn_field_rule;
extern const cairn_field_rule cairn_field_rules[]; /* the last has no from */

enum { CAIRN_SPLIT_MAX = 3 };
typedef struct cairn_split_rule {
    long before;
    const char *from, *to[CAIRN_SPLIT_MAX];
} cairn_split_rule;
extern const cairn_split_rule cairn_split_rules[]; /* the last has no from */

typedef struct cairn_media_rule {
    const char *from, *to;
} cairn_media_rule;
extern const cairn_media_rule cairn_media_rules[]; /* the last has no from */

#endif
