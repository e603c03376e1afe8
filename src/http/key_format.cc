#include "http/key_format.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_set>
#include <utility>

#include "http/failure.h"
#include "http/flat_json.h"
#include "http/json_text.h"
#include "http/utf8.h"

namespace callstore::http {
namespace {

constexpr std::size_t kMostOrganizationBytes = 512;  // as the store has it
constexpr std::string_view kFormat = "callstore-keys";
constexpr std::int64_t kVersion = 1;
constexpr std::string_view kHeading = R"({"format":"callstore-keys","version":1})";
constexpr const char* kValidLine =
    R"({"key":TEXT,"secret_sha256":HEX,"organization_id":TEXT,"read_only":BOOL,"created_at":MS})";

bool IsOrganization(std::string_view text) {
  return !text.empty() && text.size() <= kMostOrganizationBytes && IsUtf8(text);
}

// What a header field can carry unchanged, and what stays one word on a command line.
bool IsKey(std::string_view text) {
  return !text.empty() && text.size() <= kMostTokenBytes &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

tl::unexpected<Error> Damaged(std::string_view message, std::size_t line, const char* valid) {
  return Failure(ErrorCode::kCorrupt, message, {{"line", std::to_string(line)}, {"valid", valid}});
}

Result<void> CheckHeading(std::string_view text) {
  const std::optional<FlatObject> heading = ParseFlatObject(text);
  const std::string* const format = heading ? heading->Find<std::string>("format") : nullptr;
  const std::int64_t* const version = heading ? heading->Find<std::int64_t>("version") : nullptr;
  if (format == nullptr || *format != kFormat || version == nullptr) {
    return Damaged("the file is not one of access keys", 1, kHeading.data());
  }
  if (*version == kVersion) return {};
  return Failure(ErrorCode::kUnsupportedFormat, "the file of access keys has an unknown version",
                 {{"version", std::to_string(*version)}, {"valid", std::to_string(kVersion)}});
}

Result<KeyRecord> ParseLine(std::string_view text, std::size_t line) {
  std::optional<FlatObject> object = ParseFlatObject(text);
  if (!object) return Damaged("a line of the access keys is damaged", line, kValidLine);
  const auto* const key = object->Find<std::string>("key");
  const auto* const secret = object->Find<std::string>("secret_sha256");
  const auto* const organization = object->Find<std::string>("organization_id");
  const auto* const read_only = object->Find<bool>("read_only");
  const auto* const created_at = object->Find<std::int64_t>("created_at");
  if (key == nullptr || secret == nullptr || organization == nullptr || read_only == nullptr ||
      created_at == nullptr || object->members.size() != 5) {
    return Damaged("a line of the access keys has other members", line, kValidLine);
  }
  const std::optional<Digest> digest = DigestFromHex(*secret);
  if (!digest) {
    return Damaged("the digest of a secret is malformed", line,
                   "64 hexadecimal digits in lower case");
  }
  if (!IsKey(*key)) {
    return Damaged("an access key is malformed", line, "1 to 256 visible ASCII characters");
  }
  if (!IsOrganization(*organization)) {
    return Damaged("the organization of an access key is malformed", line,
                   "1 to 512 bytes of UTF-8");
  }
  return KeyRecord{.key = *key,
                   .secret_digest = *digest,
                   .organization_id = *organization,
                   .read_only = *read_only,
                   .created_at = *created_at};
}

// The first line of `rest`, without its end; takes it off.
std::string_view TakeLine(std::string_view* rest) {
  const std::size_t end = std::min(rest->find('\n'), rest->size());
  const std::string_view line = rest->substr(0, end);
  rest->remove_prefix(std::min(end + 1, rest->size()));
  return line;
}

}  // namespace

Result<void> CheckOrganization(std::string_view organization) {
  if (IsOrganization(organization)) return {};
  return Failure(ErrorCode::kInvalidArgument, "this is not the name of an organization",
                 {{"field", "organization_id"},
                  {"size_bytes", std::to_string(organization.size())},
                  {"valid", "1 to 512 bytes of UTF-8"}});
}

Result<std::vector<KeyRecord>> ParseKeys(std::string_view text) {
  const Result<void> heading = CheckHeading(TakeLine(&text));
  if (!heading) return Forward(heading);
  std::vector<KeyRecord> records;
  std::unordered_set<std::string> known;
  for (std::size_t line = 2; !text.empty(); ++line) {
    Result<KeyRecord> record = ParseLine(TakeLine(&text), line);
    if (!record) return Forward(record);
    if (!known.insert(record->key).second) {
      return Damaged("an access key is there twice", line, "each key once");
    }
    records.push_back(std::move(*record));
  }
  return records;
}

std::string FormatKeys(const std::vector<KeyRecord>& records) {
  std::string text(kHeading);
  text += '\n';
  for (const KeyRecord& record : records) {
    text += "{\"key\":";
    AppendJsonString(record.key, &text);
    text += ",\"secret_sha256\":\"" + ToHex(record.secret_digest) + "\",\"organization_id\":";
    AppendJsonString(record.organization_id, &text);
    text += record.read_only ? ",\"read_only\":true" : ",\"read_only\":false";
    text += ",\"created_at\":" + std::to_string(record.created_at) + "}\n";
  }
  return text;
}

}  // namespace callstore::http
