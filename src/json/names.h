// names.h - the names that a request may use, and errors that say them.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_JSON_NAMES_H_
#define CALLSTORE_SRC_JSON_NAMES_H_

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace callstore::json {

using Names = std::span<const std::string_view>;

// "page, limit, cursor".
std::string Joined(Names names);

// invalid_argument with `field`, `value` and `valid`.
tl::unexpected<Error> Invalid(std::string_view message, std::string_view field,
                              std::string_view value, std::string_view valid);

// Adds what is `valid` in the place of `name`, and the `nearest` name where one is near.
void AddValidNames(std::string_view name, Names names, Details* details);

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_NAMES_H_
