/* The rules of hrefs that the configuration has. */
#ifndef CAIRN_HTTP_HREFS_H
#define CAIRN_HTTP_HREFS_H

#include "href/href.h"
#include "http/config.h"

/* From --href-map, --href-alternate and --assets. `signer` (may be NULL) is borrowed and must outlive the map, which
 * the caller frees. CAIRN_INVALID names the option. */
cairn_code cairn_hrefs_of_config(const cairn_config *config, cairn_signer *signer, cairn_href_map **out,
                                 cairn_error *error);

#endif
