// cmd_delete.cc - callstore delete: one call, or all calls that a filter matches.
#include <unistd.h>

#include <cstdint>
#include <optional>
#include <string>

#include "callstore/json.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/json_text.h"
#include "cli/records.h"
#include "cli/request.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/times.h"

namespace callstore::cli {
namespace {

// What a filter matches, before anything is deleted.
struct Matches {
  std::string organization;
  std::int64_t count = 0;
  std::int64_t call_count = 0;  // of the organization
  std::string filters_json;     // what was evaluated
};

// Options that have no meaning together must not be passed over where calls are deleted.
Result<void> CheckOptions(const DeleteOptions& options) {
  const auto wrong = [](const char* message, const char* field, const char* valid) {
    return Failure(ErrorCode::kInvalidArgument, message, {{"field", field}, {"valid", valid}});
  };
  if (!options.id && options.filter.empty()) {
    return wrong("say which calls to delete", "ID",
                 "the id or call_id of a call, or a filter: --filter, --since, --until, --query");
  }
  if (options.id && !options.filter.empty()) {
    return wrong("one call and a filter exclude each other", "ID", "either ID or a filter");
  }
  if (options.id && (options.dry_run || options.confirmed)) {
    return wrong("--dry-run and --confirm belong to a filter", "ID", "a filter in its place");
  }
  if (!options.id && options.yes) {
    return wrong("a deletion by filter is not confirmed by --yes", "--yes",
                 "--confirm with the number of calls that match");
  }
  return {};
}

std::string DeleteQuestion(const CallView& call) {
  std::string question = "Delete call " + std::string(call.call_id().value_or(call.id())) + " of " +
                         std::string(call.organization_id()) + " (" +
                         std::string(call.call_status().value_or("no status"));
  if (call.start_timestamp()) question += ", " + FormatMoment(*call.start_timestamp()) + " UTC";
  return question + ")?";
}

Result<void> DeleteOne(const DeleteOptions& options, Session* session) {
  if (!options.yes && !IsTerminal(STDIN_FILENO)) {
    return Failure(ErrorCode::kInvalidArgument,
                   "nobody is there to confirm the deletion; say --yes to delete without asking",
                   {{"field", "--yes"}});
  }
  Result<Opened> opened = OpenOrganization(*session, OpenMode::kReadWrite, options.organization);
  if (!opened) return Forward(opened);
  auto& [store, organization] = *opened;
  const Result<StoredCall> found = FindCall(store, organization, *options.id, View::kSummary);
  if (!found) return Forward(found);
  const std::string id((*found)->id());
  if (!options.yes && !Confirm(DeleteQuestion(found->view()))) {
    return Failure(ErrorCode::kIoError, "the call was not deleted");
  }
  Result<void> deleted = store.Delete(organization, id, {.sync = true});
  if (!deleted) return deleted;
  if (session->format == Format::kJson) {
    return session->out.Write(DeleteEnvelope(organization, id) + "\n");
  }
  return session->out.Write(FormatOutcome(organization, id, "deleted", session->format));
}

// A filter may be written so that it excludes nothing; only what it comes to can tell, and the
// store says that with a page.
Result<Matches> FindMatches(const Opened& opened, const Filter& filter) {
  const auto& [store, organization] = opened;
  const Result<Page> page =
      store.List(organization, {.limit = 1, .view = View::kSummary, .filter = filter});
  if (!page) return Forward(page);
  if (page->applied_filters_json == "{}") {
    return Failure(ErrorCode::kInvalidArgument, "the filter is empty: it matches every call",
                   {{"field", "filter"}, {"valid", "at least one condition"}});
  }
  const Result<std::int64_t> call_count = store.Count(organization);
  if (!call_count) return Forward(call_count);
  if (*call_count == 0) {
    const Result<void> known = CheckOrganization(store, organization);
    if (!known) return Forward(known);
  }
  return Matches{.organization = organization,
                 .count = page->pagination.total_count.value_or(0),
                 .call_count = *call_count,
                 .filters_json = page->applied_filters_json};
}

// No error where exactly the calls that match may go: --confirm names their number, or somebody
// types it.
Result<void> ConfirmMatches(const DeleteOptions& options, const Matches& matches) {
  const std::string count = std::to_string(matches.count);
  if (options.confirmed) {
    if (*options.confirmed == matches.count) return {};
    return Failure(ErrorCode::kInvalidArgument,
                   "nothing was deleted: another number of calls matches",
                   {{"field", "--confirm"},
                    {"value", std::to_string(*options.confirmed)},
                    {"matches", count},
                    {"valid", count}});
  }
  if (matches.count == 0) return {};
  if (!IsTerminal(STDIN_FILENO)) {
    return Failure(ErrorCode::kInvalidArgument,
                   "nobody is there to confirm the deletion; name the number of calls",
                   {{"field", "--confirm"}, {"matches", count}, {"valid", count}});
  }
  if (Ask("Type " + count + " to delete " + CountOf(matches.count, "call") + ":") == count) {
    return {};
  }
  return Failure(ErrorCode::kIoError, "no call was deleted: the answer is not their number");
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

Result<void> DeleteMatches(const DeleteOptions& options, Session* session) {
  const Result<ListQuery> query = ReadQuery(options.filter, {"filter_criteria"}, *session);
  if (!query) return Forward(query);
  const OpenMode mode = options.dry_run ? OpenMode::kReadOnly : OpenMode::kReadWrite;
  // Opened for writing, the store is ours: the number that is confirmed stays what it is.
  Result<Opened> opened = OpenOrganization(*session, mode, options.organization);
  if (!opened) return Forward(opened);
  const Result<Matches> matches = FindMatches(*opened, query->filter);
  if (!matches) return Forward(matches);
  Notice(GroupDigits(matches->count) + " of " + CountOf(matches->call_count, "call") + " of " +
         matches->organization + " match " + matches->filters_json);
  if (options.dry_run) {
    return session->out.Write(FormatMatches(*matches, std::nullopt, session->format));
  }
  Result<void> confirmed = ConfirmMatches(options, *matches);
  if (!confirmed) return confirmed;
  const Result<std::int64_t> deleted =
      opened->store.DeleteMatching(opened->organization, query->filter, {.sync = true});
  if (!deleted) return Forward(deleted);
  return session->out.Write(FormatMatches(*matches, *deleted, session->format));
}

}  // namespace

Result<void> RunCommand(const DeleteOptions& options, Session* session) {
  Result<void> checked = CheckOptions(options);
  if (!checked) return checked;
  return options.id ? DeleteOne(options, session) : DeleteMatches(options, session);
}

}  // namespace callstore::cli
