// libpq as a Swift module. Debian keeps its headers in a folder of their own, which no compiler searches by itself.
#pragma once

#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#else
#include <postgresql/libpq-fe.h>
#endif
