// target.h - what a request asks for: its path and parameters, with their percent signs resolved.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_HTTP_TARGET_H_
#define CALLSTORE_SRC_HTTP_TARGET_H_

#include <string>
#include <string_view>

#include "http/answers.h"
#include "http/message.h"

namespace callstore::http {

// Takes "/path?name=value&..." apart, and also "http://host/path?...", which proxies send. In a
// parameter a plus is a space, in the path it is not; a parameter without "=" has an empty value.
// 400: an escape that is none, bytes that are not UTF-8, a NUL in the path, a step ("." or "..") in
// it. `path` and `parameters` are overwritten.
Outcome<void> ParseTarget(std::string_view target, std::string* path, NamesAndValues* parameters);

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_TARGET_H_
