// value_hash.h - the number of a JSON token, as columns take it. The hashes are in column.h.
#ifndef CALLSTORE_SRC_COLUMNS_VALUE_HASH_H_
#define CALLSTORE_SRC_COLUMNS_VALUE_HASH_H_

#include <optional>
#include <string_view>

namespace callstore::columns {

// The nearest double of a JSON number; nothing for other JSON, and for numbers beyond all doubles.
std::optional<double> FiniteJsonNumber(std::string_view json);

}  // namespace callstore::columns

#endif  // CALLSTORE_SRC_COLUMNS_VALUE_HASH_H_
