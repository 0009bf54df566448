/* The HTTP server: libmicrohttpd's threads, from the first byte of a connection to the last of an answer. */
#ifndef CAIRN_HTTP_SERVER_H
#define CAIRN_HTTP_SERVER_H

#include "api/api.h"
#include "http/config.h"
#include "http/served.h"

typedef struct cairn_server cairn_server;

/* Threads, each of which needs a session: of connections and of the slow lane. */
size_t cairn_server_threads(const cairn_config *config, cairn_session_kind kind);

/* Listens and answers from now on, in threads of its own. Everything is borrowed and must outlive the server. CAIRN_IO
 * says which address can't be had, and why. */
cairn_code cairn_server_start(const cairn_config *config, const cairn_api *api, cairn_served *catalog,
                              cairn_server **out, cairn_error *error);
/* The URL of the landing page, ending in '/': of --base-url, else of the address that was bound. */
const char *cairn_server_url(const cairn_server *server);
/* Takes no further connections, waits for requests under way (at most the drain timeout), closes all and frees. */
void cairn_server_stop(cairn_server *server);

/* Of libmicrohttpd, as it runs. */
const char *cairn_server_library_version(void);

#endif
