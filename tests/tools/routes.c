// LINK: api
/* Prints the route table, one line an operation: "GET /collections/{collectionId} getCollection". */
#include "api/api.h"

#include <stdio.h>

int main(void)
{
    const cairn_route_info *route;
    for (size_t i = 0; (route = cairn_api_route(i)); i++) {
        if (route->methods & CAIRN_GET)
            printf("GET %s %s\n", route->path, route->operation_id);
        if (route->methods & CAIRN_POST)
            printf("POST %s %s\n", route->path, route->post_operation_id);
    }
    return 0;
}
