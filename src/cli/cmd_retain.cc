// cmd_retain.cc - callstore retention, retain: calls that are kept for a time.
#include <string>
#include <vector>

#include "cli/answer.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/json_text.h"
#include "cli/removal.h"
#include "cli/terminal.h"
#include "cli/text.h"

namespace callstore::cli {
namespace {

constexpr std::int64_t kMostDays = 36'500;
constexpr std::int64_t kDayMs = std::int64_t{24} * 3600 * 1000;

Record ResultRecord(const RetentionResult& result) {
  return {{"organization_id", QuoteJson(result.organization_id)},
          {"retention_days", std::to_string(result.retention_days)},
          {"deleted", std::to_string(result.deleted)},
          {"held", std::to_string(result.held)}};
}

std::string FormatResultTable(const std::vector<RetentionResult>& results,
                              const TableOptions& options) {
  std::vector<std::vector<std::string>> rows;
  rows.reserve(results.size());
  for (const RetentionResult& result : results) {
    rows.push_back({result.organization_id, CountOf(result.retention_days, "day"),
                    GroupDigits(result.deleted), GroupDigits(result.held)});
  }
  return FormatTable({{.header = "ORGANIZATION", .least_width = 20},
                      {.header = "KEPT FOR", .align_right = true},
                      {.header = "DELETED", .align_right = true},
                      {.header = "HELD", .align_right = true}},
                     rows, options);
}

}  // namespace

// A retention that is shorter than was meant shows in the number of calls, before they go.
Result<void> RunCommand(const RetentionOptions& options, Session* session) {
  if (options.days < 0 || options.days > kMostDays) {
    return Failure(ErrorCode::kInvalidArgument, "the days of retention are out of range",
                   {{"field", "--days"},
                    {"value", std::to_string(options.days)},
                    {"valid", "1 to " + std::to_string(kMostDays) + ", or 0 for good"}});
  }
  Result<Opened> opened = OpenOrganization(*session, OpenMode::kReadWrite, options.organization);
  if (!opened) return Forward(opened);
  auto& [store, organization] = *opened;
  const Result<void> known = CheckOrganization(store, organization);
  if (!known) return known;
  const Result<void> set =
      store.SetRetention(organization, static_cast<std::uint32_t>(options.days));
  if (!set) return set;
  if (options.days > 0) {
    const Result<std::int64_t> older =
        CountBefore(*opened, session->now_ms - options.days * kDayMs);
    if (!older) return Forward(older);
    Notice(CountOf(*older, "call") + " of " + organization +
           " are older; callstore retain and serve delete them, but for those under a hold");
  }
  const std::string line = CleanText(organization) + ": calls are kept " +
                           (options.days == 0 ? "for good" : "for " + CountOf(options.days, "day"));
  return WriteAnswer("Retention set successfully",
                     {{"organization_id", QuoteJson(organization)},
                      {"retention_days", std::to_string(options.days)}},
                     line, session);
}

Result<void> RunCommand(const RetainOptions& /*options*/, Session* session) {
  Result<Store> store = OpenForWriting(*session, false);
  if (!store) return Forward(store);
  const Result<std::vector<RetentionResult>> results = store->Retain();
  if (!results) return Forward(results);
  const Result<void> synced = store->Sync();
  if (!synced) return synced;
  if (results->empty()) {
    Notice("no organization has a retention; callstore retention sets one");
  }
  if (session->format == Format::kTable) {
    return session->out.Write(FormatResultTable(*results, session->table));
  }
  std::vector<Record> records;
  for (const RetentionResult& result : *results) records.push_back(ResultRecord(result));
  return WriteAnswers("Retention applied successfully", "organizations", records, ResultRecord({}),
                      session);
}

}  // namespace callstore::cli
