// api.h - the endpoint without a socket: takes a request, finds its route, lets in who may come in,
// answers, counts and writes the access line.
//
// Every answer but that of a service route is the documented envelope. A key pair that is missing,
// unknown or wrong is refused in the same words and the same time.
//
// Ownership:     refers to the store, which outlives it; it outlives the answers it began.
// Thread safety: all members from any thread.
// Errors:        none: what goes wrong is the answer.
#ifndef CALLSTORE_SRC_HTTP_API_H_
#define CALLSTORE_SRC_HTTP_API_H_

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string_view>

#include "callstore/http/access_keys.h"
#include "callstore/http/server.h"
#include "callstore/store.h"
#include "http/answers.h"
#include "http/listener.h"
#include "http/message.h"
#include "http/metrics.h"
#include "http/routes.h"
#include "http/service_routes.h"

namespace callstore::http {

class Api {
 public:
  struct Parts {
    Store* store = nullptr;
    // AccessKeys::Find.
    std::function<std::optional<Access>(std::string_view key, std::string_view secret)>
        find_access = {};
    std::function<ListenerCounts()> listener_counts = {};  // empty: all are 0
    std::stop_token stop = {};                             // breaks queries off
    ServerOptions options = {};
  };
  explicit Api(Parts parts);

  // A Handler. Never throws.
  void Handle(const Request& request, Body* body, Response* response) noexcept;

  // From now on /readyz says that nobody else should come.
  void Drain() { service_.Drain(); }

 private:
  struct Answering;
  // Fills the response, or says why not.
  Outcome<void> Answer(const RouteMatch& match, Method method, Answering* answering,
                       Response* response);
  Outcome<Access> LetIn(const RouteMatch& match, Method method, Answering* answering) const;
  void Record(const Answering& answering) noexcept;
  // Counts what is answered later, piece by piece, and records it once that has ended.
  void RecordAtEnd(const std::shared_ptr<Answering>& answering, Response* response);

  Parts parts_;
  Metrics metrics_;
  ServiceRoutes service_;
};

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_API_H_
