#include "http/routes.h"

#include <algorithm>
#include <array>

namespace callstore::http {
namespace {

constexpr std::uint16_t Bit(Method method) {
  return static_cast<std::uint16_t>(1U << static_cast<unsigned>(method));
}

template <typename... Methods>
constexpr std::uint16_t Bits(Methods... methods) {
  return static_cast<std::uint16_t>((Bit(Method::kOptions) | ... | Bit(methods)));
}

constexpr std::uint16_t kReading = Bits(Method::kGet, Method::kHead);
constexpr std::string_view kAllowReading = "GET, HEAD, OPTIONS";
constexpr std::string_view kCallsPath = "/api/calls";

// In the order of Route.
constexpr std::array<RouteInfo, kRoutes> kInfos = {{
    {kCallsPath, "GET, HEAD, POST, OPTIONS", kReading | Bits(Method::kPost)},
    {"/api/calls/aggregate", "GET, HEAD, POST, OPTIONS", kReading | Bits(Method::kPost)},
    {"/api/calls/import", "POST, OPTIONS", Bits(Method::kPost)},
    {"/api/calls/{id}", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS",
     kReading | Bits(Method::kPut, Method::kPatch, Method::kDelete)},
    {"/healthz", kAllowReading, kReading, true},
    {"/readyz", kAllowReading, kReading, true},
    {"/metrics", kAllowReading, kReading, true},
    {"/openapi.json", kAllowReading, kReading, true},
    {"(none)", {}, 0, true},
}};

constexpr std::array<std::string_view, kMethods> kMethodNames = {
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "OTHER"};

}  // namespace

const RouteInfo& InfoOf(Route route) { return kInfos[static_cast<std::size_t>(route)]; }

RouteMatch FindRoute(std::string_view path) {
  if (path.starts_with(kCallsPath)) {
    std::string_view rest = path.substr(kCallsPath.size());
    if (rest.empty()) return {.route = Route::kCalls};
    if (rest.front() != '/' || rest.size() == 1) return {};
    rest.remove_prefix(1);
    if (rest == "aggregate") return {.route = Route::kAggregate};
    if (rest == "import") return {.route = Route::kImport};
    return {.route = Route::kCall, .id = rest};
  }
  for (const Route route : {Route::kHealth, Route::kReady, Route::kMetrics, Route::kOpenApi}) {
    if (path == InfoOf(route).path) return {.route = route};
  }
  return {};
}

Method ParseMethod(std::string_view name) {
  const auto* const end = kMethodNames.end() - 1;
  return static_cast<Method>(std::find(kMethodNames.begin(), end, name) - kMethodNames.begin());
}

std::string_view MethodName(Method method) {
  return kMethodNames[static_cast<std::size_t>(method)];
}

bool Allows(Route route, Method method) { return (InfoOf(route).methods & Bit(method)) != 0; }

bool Writes(Route route, Method method) {
  if (route == Route::kImport) return true;
  return method == Method::kPut || method == Method::kPatch || method == Method::kDelete;
}

}  // namespace callstore::http
