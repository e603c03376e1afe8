// openapi.h - the description of the endpoint that it serves itself: OpenAPI 3.1.
// The text is src/http/openapi.json, as it stands there.
#ifndef CALLSTORE_SRC_HTTP_OPENAPI_H_
#define CALLSTORE_SRC_HTTP_OPENAPI_H_

#include <string_view>

namespace callstore::http {

std::string_view OpenApiJson();

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_OPENAPI_H_
