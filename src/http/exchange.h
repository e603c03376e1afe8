// exchange.h - what the routes of calls have in hand for one request, and how they read it.
//
// Ownership:     refers to the request, its body and the store, which outlive it.
// Thread safety: one thread.
#ifndef CALLSTORE_SRC_HTTP_EXCHANGE_H_
#define CALLSTORE_SRC_HTTP_EXCHANGE_H_

#include <cstddef>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "callstore/http/access_keys.h"
#include "callstore/http/server.h"
#include "callstore/store.h"
#include "callstore/work.h"
#include "http/answers.h"
#include "http/message.h"
#include "http/routes.h"

namespace callstore::http {

struct Exchange {
  Store& store;
  const ServerOptions& options;
  std::stop_token stop;  // breaks queries off when the server stops
  const Request& request;
  Method method = Method::kGet;
  Body& body;
  const Access& access;
  std::string_view id = {};  // of /api/calls/{id}
};

// A query's limits within the server's: its deadline, and the server's stop.
void BoundWork(const Exchange& exchange, WorkLimits* work);

// The whole body. 413 beyond `most` bytes.
Outcome<std::string> ReadBody(const Exchange& exchange, std::size_t most);

// 415 where a JSON body is announced as something else.
Outcome<void> CheckJsonType(const Request& request);

// 400 where there is a parameter that is not among `names`, or one that comes twice.
Outcome<void> CheckParameters(const Request& request, std::span<const std::string_view> names);

// The value of a parameter of `names`; empty where it is absent.
std::string_view ParameterOf(const Request& request, std::string_view name);

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_EXCHANGE_H_
