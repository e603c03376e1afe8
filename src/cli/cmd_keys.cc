// cmd_keys.cc - callstore keys create, list, revoke: who may use the endpoint.
// The file of the keys is not part of the store, so none of them needs the store, and all work
// while another process has it.
#include <string>
#include <vector>

#include "callstore/http/access_keys.h"
#include "cli/answer.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/json_text.h"
#include "cli/records.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/times.h"

namespace callstore::cli {
namespace {

using http::AccessKeys;
using http::KeyInfo;
using http::KeyPair;

Result<std::unique_ptr<AccessKeys>> OpenKeys(const std::string& file, const Session& session) {
  return AccessKeys::Open(file.empty() ? http::KeysPath(session.common.store) : file);
}

std::string AccessWord(bool read_only) { return read_only ? "read only" : "read and write"; }

// A name with a slip of the pen would open an organization without calls.
void NoteUnknownOrganization(const std::string& organization, const Session& session) {
  const Result<Store> store = OpenForReading(session);
  if (!store) return;  // there may be none yet
  const Result<void> known = CheckOrganization(*store, organization);
  if (known || known.error().code != ErrorCode::kNotFound) return;
  Notice("note: the store has no calls of " + organization +
         " yet; it has: " + std::string(known.error().Detail("valid")));
}

// The pair as lines that a person reads and a shell takes.
std::string FormatPair(const KeyPair& pair, const KeysCreateOptions& options) {
  return "key pair of " + CleanText(options.organization) + ", " + AccessWord(options.read_only) +
         "\n\n  X-API-KEY     " + pair.key + "\n  X-API-SECRET  " + pair.secret +
         "\n\nThe secret is shown this once. Where callstore serve runs:\n"
         "  curl --url http://localhost:8080/api/calls \\\n"
         "    --header 'X-API-KEY: " +
         pair.key +
         "' \\\n"
         "    --header 'X-API-SECRET: " +
         pair.secret + "'";
}

Result<void> WritePair(const KeyPair& pair, const KeysCreateOptions& options, Session* session) {
  const Record record = {{"organization_id", QuoteJson(options.organization)},
                         {"key", QuoteJson(pair.key)},
                         {"secret", QuoteJson(pair.secret)},
                         {"read_only", options.read_only ? "true" : "false"}};
  const Result<void> written =
      WriteAnswer("Key pair created successfully", record, FormatPair(pair, options), session);
  return written ? session->out.Flush() : written;
}

Record KeyRecord(const KeyInfo& key) {
  return {{"key", QuoteJson(key.key)},
          {"organization_id", QuoteJson(key.organization_id)},
          {"read_only", key.read_only ? "true" : "false"},
          {"created_at", std::to_string(key.created_at)}};
}

std::string FormatKeyTable(const std::vector<KeyInfo>& keys, const TableOptions& options) {
  std::vector<std::vector<std::string>> rows;
  rows.reserve(keys.size());
  for (const KeyInfo& key : keys) {
    rows.push_back(
        {key.key, key.organization_id, AccessWord(key.read_only), FormatMoment(key.created_at)});
  }
  return FormatTable({{.header = "KEY"},
                      {.header = "ORGANIZATION", .least_width = 12},
                      {.header = "ACCESS"},
                      {.header = "CREATED (UTC)", .drop_rank = 1}},
                     rows, options);
}

}  // namespace

Result<void> RunCommand(const KeysCreateOptions& options, Session* session) {
  const Result<std::unique_ptr<AccessKeys>> keys = OpenKeys(options.keys, *session);
  if (!keys) return Forward(keys);
  const Result<KeyPair> pair = (*keys)->Create(options.organization, options.read_only);
  if (!pair) return Forward(pair);
  const Result<void> written = WritePair(*pair, options, session);
  if (!written) {
    (void)(*keys)->Revoke(pair->key);  // nobody has its secret
    return written;
  }
  if (session->format != Format::kTable) Notice("the secret is shown this once");
  NoteUnknownOrganization(options.organization, *session);
  return {};
}

Result<void> RunCommand(const KeysListOptions& options, Session* session) {
  const Result<std::unique_ptr<AccessKeys>> file = OpenKeys(options.keys, *session);
  if (!file) return Forward(file);
  const Result<std::vector<KeyInfo>> keys = (*file)->List();
  if (!keys) return Forward(keys);
  if (keys->empty()) Notice("there are no keys yet");
  if (session->format == Format::kTable) {
    return session->out.Write(FormatKeyTable(*keys, session->table));
  }
  std::vector<Record> records;
  for (const KeyInfo& key : *keys) records.push_back(KeyRecord(key));
  return WriteAnswers("Keys retrieved successfully", "keys", records, KeyRecord({}), session);
}

Result<void> RunCommand(const KeysRevokeOptions& options, Session* session) {
  const Result<std::unique_ptr<AccessKeys>> keys = OpenKeys(options.keys, *session);
  if (!keys) return Forward(keys);
  Result<void> revoked = (*keys)->Revoke(options.key);
  if (!revoked) return revoked;
  const Record record = {{"key", QuoteJson(options.key)}, {"outcome", QuoteJson("revoked")}};
  return WriteAnswer("Key revoked successfully", record, options.key + ": revoked", session);
}

}  // namespace callstore::cli
