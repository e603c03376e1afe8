// merge.h - JSON Merge Patch (RFC 7396) on text, keeping every number and string as it was written.
#ifndef CALLSTORE_SRC_JSON_MERGE_H_
#define CALLSTORE_SRC_JSON_MERGE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/error.h"

namespace callstore::json {

enum class MergeNull : std::uint8_t {
  kDeletes,  // RFC 7396
  kStands,   // a null replaces like any other value
};

// `patch` over `target`, both JSON objects, as minified text. Members of the target keep their
// place; new ones follow. invalid_argument where the patch is not a JSON object, has a duplicate
// key, or is deeper than 64 levels; the error's offset is one of the patch.
Result<std::string> MergePatch(std::string_view target, std::string_view patch, MergeNull nulls);

// The names of the top-level members of a JSON object, unescaped. Same errors.
Result<std::vector<std::string>> MemberNames(std::string_view object);

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_MERGE_H_
