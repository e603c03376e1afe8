// cmd_delete.cc - callstore delete: one call, or all calls that a filter matches.
#include <cstdint>
#include <optional>
#include <string>

#include "callstore/json.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/json_text.h"
#include "cli/records.h"
#include "cli/removal.h"
#include "cli/request.h"
#include "cli/terminal.h"
#include "cli/text.h"

namespace callstore::cli {
namespace {

constexpr RemovalVerb kDelete = {
    .infinitive = "delete", .participle = "deleted", .noun = "deletion"};

Result<void> CheckOptions(const DeleteOptions& options) {
  const auto wrong = [](const char* message, const char* valid) {
    return Failure(ErrorCode::kInvalidArgument, message, {{"field", "ID"}, {"valid", valid}});
  };
  if (!options.calls.id && options.calls.filter.empty()) {
    return wrong("say which calls to delete",
                 "the id or call_id of a call, or a filter: --filter, --since, --until, --query");
  }
  if (options.calls.id && !options.calls.filter.empty()) {
    return wrong("one call and a filter exclude each other", "either ID or a filter");
  }
  return CheckConfirmation(options.calls, kDelete);
}

Result<void> DeleteOne(const RemovalOptions& calls, Session* session) {
  const Result<void> asked = CheckSomebodyConfirms(calls, kDelete);
  if (!asked) return asked;
  Result<Opened> opened = OpenOrganization(*session, OpenMode::kReadWrite, calls.organization);
  if (!opened) return Forward(opened);
  auto& [store, organization] = *opened;
  const Result<StoredCall> found = FindCall(store, organization, *calls.id, View::kSummary);
  if (!found) return Forward(found);
  const std::string id((*found)->id());
  const Result<void> confirmed = ConfirmOne(calls, found->view(), kDelete);
  if (!confirmed) return confirmed;
  Result<void> deleted = store.Delete(organization, id, {.sync = true});
  if (!deleted) return deleted;
  if (session->format == Format::kJson) {
    return session->out.Write(DeleteEnvelope(organization, id) + "\n");
  }
  return session->out.Write(FormatOutcome(organization, id, "deleted", session->format));
}

// `deleted` is nothing where nothing was to be deleted.
std::string FormatMatches(const Matches& matches, std::optional<std::int64_t> deleted,
                          Format format) {
  if (format == Format::kTable) {
    return deleted ? CountOf(*deleted, "call") + " deleted\n"
                   : std::to_string(matches.count) + "\n";
  }
  Record record = {{"organization_id", QuoteJson(matches.organization)},
                   {"matches", std::to_string(matches.count)},
                   {"call_count", std::to_string(matches.call_count)}};
  if (deleted) record.emplace_back("deleted", std::to_string(*deleted));
  record.emplace_back("applied_filters", matches.filters_json);
  if (format != Format::kJson) return FormatRecords({record}, record, format);
  return SuccessEnvelope(deleted ? "Calls deleted successfully" : "Calls counted successfully",
                         ToObject(record)) +
         "\n";
}

Result<void> DeleteMatches(const RemovalOptions& calls, Session* session) {
  const Result<ListQuery> query = ReadQuery(calls.filter, {"filter_criteria"}, *session);
  if (!query) return Forward(query);
  const OpenMode mode = calls.dry_run ? OpenMode::kReadOnly : OpenMode::kReadWrite;
  Result<Opened> opened = OpenOrganization(*session, mode, calls.organization);
  if (!opened) return Forward(opened);
  const Result<Matches> matches = FindMatches(*opened, query->filter);
  if (!matches) return Forward(matches);
  Notice(GroupDigits(matches->count) + " of " + CountOf(matches->call_count, "call") + " of " +
         matches->organization + " match " + matches->filters_json);
  if (calls.dry_run) {
    return session->out.Write(FormatMatches(*matches, std::nullopt, session->format));
  }
  if (matches->count > 0 || calls.confirmed) {
    const Result<void> confirmed = ConfirmNumber(calls, matches->count, kDelete);
    if (!confirmed) return confirmed;
  }
  const Result<std::int64_t> deleted =
      opened->store.DeleteMatching(opened->organization, query->filter, {.sync = true});
  if (!deleted) return Forward(deleted);
  return session->out.Write(FormatMatches(*matches, *deleted, session->format));
}

}  // namespace

Result<void> RunCommand(const DeleteOptions& options, Session* session) {
  Result<void> checked = CheckOptions(options);
  if (!checked) return checked;
  return options.calls.id ? DeleteOne(options.calls, session)
                          : DeleteMatches(options.calls, session);
}

}  // namespace callstore::cli
