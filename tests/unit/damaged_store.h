// damaged_store.h - stores with one thing wrong in them: calls of all kinds, and hands that reach
// past the store into its rows and files.
//
// Thread safety: none.
#ifndef CALLSTORE_TESTS_UNIT_DAMAGED_STORE_H_
#define CALLSTORE_TESTS_UNIT_DAMAGED_STORE_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "callstore/callstore.h"
#include "engine/database.h"
#include "keys/keys.h"

namespace callstore::test {

using Rows = std::vector<std::pair<std::string, std::string>>;
using FaultCounts = std::map<FaultKind, std::int64_t>;

// The JSON of call `i`: every column and index field, in words few and many, long and short; some
// opt out, some have no start, no call_id, or more metadata keys than a chunk has columns.
std::string VariedCall(std::size_t i);

// Puts calls first .. last - 1 in batches.
void PutVariedCalls(Store* store, const std::string& organization, std::size_t first,
                    std::size_t last);

// Everything that a user sees of a store: each organization's calls, oldest last, as JSON.
std::string AllCalls(const Store& store);

// The rows of a family.
Rows RowsOf(const engine::Database& database, engine::Family family);

// Opens the store's database, hands it over, and closes it.
void ChangeRows(const std::string& path,
                const std::function<void(engine::Database*, engine::Batch*)>& change);

// The names of the tables of a family, the largest first.
std::vector<std::string> TablesOf(const std::string& path, engine::Family family);

// Turns around one bit of a byte at `part` of a file's size (0 to 1).
void FlipByte(const std::string& file, double part);

// "damaged_call 1, wrong_id 2"; empty: none.
std::string Show(const FaultCounts& counts);
std::string Show(const VerifyReport& report);

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_UNIT_DAMAGED_STORE_H_
