// calls_routes.h - the routes of calls: list, figures, and one call read, put, patched, deleted.
// The organization is always that of the key pair. Another organization's call is "not found" in
// the same words as one that never was.
//
// Thread safety: free functions; call them from many threads.
#ifndef CALLSTORE_SRC_HTTP_CALLS_ROUTES_H_
#define CALLSTORE_SRC_HTTP_CALLS_ROUTES_H_

#include "http/answers.h"
#include "http/exchange.h"
#include "http/message.h"

namespace callstore::http {

// GET, POST /api/calls. A large page is printed while it is sent.
Outcome<void> ListCalls(const Exchange& exchange, Response* response);

// GET, POST /api/calls/aggregate.
Outcome<void> AggregateCalls(const Exchange& exchange, Response* response);

// /api/calls/{id}, by its method: the call whose id it is, else the one whose call_id it is.
Outcome<void> ServeCall(const Exchange& exchange, Response* response);

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_CALLS_ROUTES_H_
