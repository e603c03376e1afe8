// key_format.h - the text of the file of access keys.
// The first line is {"format":"callstore-keys","version":1}; each line behind it is one key:
// {"key":TEXT,"secret_sha256":HEX,"organization_id":TEXT,"read_only":BOOL,"created_at":MS}, in the
// order of their making. Nothing else is in it: no other member, no empty line.
//
// Ownership, thread safety: values; functions without state.
#ifndef CALLSTORE_SRC_HTTP_KEY_FORMAT_H_
#define CALLSTORE_SRC_HTTP_KEY_FORMAT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/error.h"
#include "http/digest.h"

namespace callstore::http {

// Of a key or a secret. Ours are shorter; a line added by hand may have a longer key.
constexpr std::size_t kMostTokenBytes = 256;

struct KeyRecord {
  std::string key = {};
  Digest secret_digest = {};  // SHA-256
  std::string organization_id = {};
  bool read_only = false;
  std::int64_t created_at = 0;  // ms since the epoch

  bool operator==(const KeyRecord&) const = default;
};

// invalid_argument where no call of the store can have this organization.
Result<void> CheckOrganization(std::string_view organization);

// corrupt (`line`, from 1; a value is never told, since it may be a secret that a person put
// there), unsupported_format (`version`).
Result<std::vector<KeyRecord>> ParseKeys(std::string_view text);

// REQUIRES: values as ParseKeys gives them.
std::string FormatKeys(const std::vector<KeyRecord>& records);

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_KEY_FORMAT_H_
