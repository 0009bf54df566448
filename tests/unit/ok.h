/* OK(call): fails the test with the message of a call that has a `cairn_error *error` among its arguments. */
#ifndef CAIRN_TEST_OK_H
#define CAIRN_TEST_OK_H

#include "base/error.h"

#define OK(call)                                                                                                       \
    do {                                                                                                               \
        cairn_error error_ = CAIRN_ERROR_INIT, *error = &error_;                                                       \
        if ((call) != CAIRN_OK)                                                                                        \
            fail_msg("%s: %s", #call, error_.message);                                                                 \
    } while (0)

#endif
