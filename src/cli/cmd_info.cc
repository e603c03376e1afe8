// cmd_info.cc - callstore count, orgs, stats: what the store holds.
#include <string>
#include <vector>

#include "cli/answer.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/json_text.h"
#include "cli/request.h"
#include "cli/terminal.h"
#include "cli/text.h"

namespace callstore::cli {
namespace {

std::string FormatOrganizationTable(const std::vector<OrganizationInfo>& organizations,
                                    const TableOptions& options) {
  std::vector<std::vector<std::string>> rows;
  rows.reserve(organizations.size());
  for (const OrganizationInfo& organization : organizations) {
    rows.push_back(
        {organization.name, GroupDigits(organization.call_count),
         organization.retention_days == 0 ? "good" : CountOf(organization.retention_days, "day")});
  }
  return FormatTable({{.header = "ORGANIZATION", .least_width = 20},
                      {.header = "CALLS", .align_right = true},
                      {.header = "KEPT FOR", .align_right = true}},
                     rows, options);
}

Record OrganizationRecord(const OrganizationInfo& organization) {
  return {{"organization_id", QuoteJson(organization.name)},
          {"call_count", std::to_string(organization.call_count)},
          {"retention_days", std::to_string(organization.retention_days)}};
}

Record FamilyRecord(const StoreStats::Family& family) {
  return {{"name", QuoteJson(family.name)},
          {"keys_estimated", std::to_string(family.keys_estimated)},
          {"size_bytes", std::to_string(family.size_bytes)}};
}

Record StatsRecord(const StoreStats& stats) {
  return {{"organizations", std::to_string(stats.organizations)},
          {"calls", std::to_string(stats.calls)},
          {"size_bytes", std::to_string(stats.size_bytes)},
          {"cache_used_bytes", std::to_string(stats.cache_used_bytes)}};
}

std::string FormatStatsTable(const StoreStats& stats, const TableOptions& options) {
  std::string text = "organizations  " + GroupDigits(stats.organizations) + "\n" +
                     "calls          " + GroupDigits(stats.calls) + "\n" + "on disk        " +
                     FormatBytes(stats.size_bytes) + "\n\n";
  std::vector<std::vector<std::string>> rows;
  for (const StoreStats::Family& family : stats.families) {
    rows.push_back(
        {family.name, GroupDigits(family.keys_estimated), FormatBytes(family.size_bytes)});
  }
  return text + FormatTable({{.header = "FAMILY"},
                             {.header = "KEYS (ESTIMATED)", .align_right = true},
                             {.header = "TABLE FILES", .align_right = true}},
                            rows, options);
}

}  // namespace

Result<void> RunCommand(const CountOptions& options, Session* session) {
  const Result<ListQuery> query =
      ReadQuery(options.filter, {"filter_criteria", "deadline_ms", "scan_limit_rows"}, *session);
  if (!query) return Forward(query);
  const Result<Opened> opened =
      OpenOrganization(*session, OpenMode::kReadOnly, options.organization);
  if (!opened) return Forward(opened);
  const auto& [store, organization] = *opened;
  const Result<std::int64_t> count = store.Count(organization, query->filter, query->work);
  if (!count) return Forward(count);
  if (*count == 0) {
    Result<void> known = CheckOrganization(store, organization);
    if (!known) return known;
  }
  const Record record = {{"organization_id", QuoteJson(organization)},
                         {"count", std::to_string(*count)}};
  return WriteAnswer("Calls counted successfully", record, std::to_string(*count), session);
}

Result<void> RunCommand(const OrganizationsOptions& /*options*/, Session* session) {
  const Result<Store> store = OpenForReading(*session);
  if (!store) return Forward(store);
  const Result<std::vector<OrganizationInfo>> organizations = store->Organizations();
  if (!organizations) return Forward(organizations);
  if (organizations->empty()) Notice("the store is empty: it has no organization yet");
  if (session->format == Format::kTable) {
    return session->out.Write(FormatOrganizationTable(*organizations, session->table));
  }
  std::vector<Record> records;
  for (const OrganizationInfo& organization : *organizations) {
    records.push_back(OrganizationRecord(organization));
  }
  return WriteAnswers("Organizations retrieved successfully", "organizations", records,
                      OrganizationRecord({}), session);
}

Result<void> RunCommand(const StatsOptions& /*options*/, Session* session) {
  const Result<Store> store = OpenForReading(*session);
  if (!store) return Forward(store);
  const Result<StoreStats> stats = store->Stats();
  if (!stats) return Forward(stats);
  if (session->format == Format::kTable) {
    return session->out.Write(FormatStatsTable(*stats, session->table));
  }
  Record record = StatsRecord(*stats);
  if (session->format == Format::kCsv) {
    return session->out.Write(FormatRecords({record}, record, session->format));
  }
  std::string families;
  for (const StoreStats::Family& family : stats->families) {
    families += (families.empty() ? "" : ",") + ToObject(FamilyRecord(family));
  }
  record.emplace_back("families", "[" + families + "]");
  const std::string json = ToObject(record);
  return session->out.Write(session->format == Format::kJsonl
                                ? json + "\n"
                                : SuccessEnvelope("Store examined successfully", json) + "\n");
}

}  // namespace callstore::cli
