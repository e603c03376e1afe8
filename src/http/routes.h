// routes.h - which route a path is of, and what may be done there.
// The path is resolved before it is routed: all that stands behind /api/calls/ is one id, slashes
// included. Exactly "aggregate" and "import" are routes of their own.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_HTTP_ROUTES_H_
#define CALLSTORE_SRC_HTTP_ROUTES_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace callstore::http {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };
inline constexpr std::size_t kMethods = 8;

enum class Route : std::uint8_t {
  kCalls,
  kAggregate,
  kImport,
  kCall,
  kHealth,
  kReady,
  kMetrics,
  kOpenApi,
  kNone,  // no such path
};
inline constexpr std::size_t kRoutes = 9;

struct RouteInfo {
  std::string_view path;   // for people and figures: an id stands as {id}
  std::string_view allow;  // the methods, as the header Allow has them
  std::uint16_t methods = 0;
  bool open = false;  // served without a key pair
};

struct RouteMatch {
  Route route = Route::kNone;
  std::string_view id = {};  // of kCall: not empty; lives as long as the path
};

const RouteInfo& InfoOf(Route route);
RouteMatch FindRoute(std::string_view path);

Method ParseMethod(std::string_view name);
// "OTHER" for kOther: a client's word appears nowhere.
std::string_view MethodName(Method method);
bool Allows(Route route, Method method);
// Whether a key pair that may only read is refused.
bool Writes(Route route, Method method);

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_ROUTES_H_
