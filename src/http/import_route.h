// import_route.h - POST /api/calls/import: JSON Lines in, counts and the first errors out.
// Lines are stored while they come, some hundred at a time, each batch as one; what is held is a
// batch and a line. What was stored before an import broke off stays: send it again, and what is
// there already is "unchanged".
//
// Thread safety: free functions; call them from many threads.
#ifndef CALLSTORE_SRC_HTTP_IMPORT_ROUTE_H_
#define CALLSTORE_SRC_HTTP_IMPORT_ROUTE_H_

#include "http/answers.h"
#include "http/exchange.h"
#include "http/message.h"

namespace callstore::http {

Outcome<void> ImportCalls(const Exchange& exchange, Response* response);

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_IMPORT_ROUTE_H_
