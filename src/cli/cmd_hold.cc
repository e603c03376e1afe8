// cmd_hold.cc - callstore hold place, release, list: calls that must stay.
#include <string>
#include <vector>

#include "callstore/json.h"
#include "cli/answer.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/json_text.h"
#include "cli/request.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/times.h"

namespace callstore::cli {
namespace {

// A hold and how many calls it keeps now.
struct HoldCount {
  Hold hold;
  std::int64_t calls = 0;
};

// The holds of the organization. not_found where the store does not know it.
Result<std::vector<HoldCount>> CountHolds(const Opened& opened) {
  const auto& [store, organization] = opened;
  const Result<void> known = CheckOrganization(store, organization);
  if (!known) return Forward(known);
  const Result<std::vector<Hold>> holds = store.Holds(organization);
  if (!holds) return Forward(holds);
  std::vector<HoldCount> counts;
  for (const Hold& hold : *holds) {
    const Result<Filter> filter = ParseFilter(hold.filter_json);
    if (!filter) return Forward(filter);
    const Result<std::int64_t> calls = store.Count(organization, *filter);
    if (!calls) return Forward(calls);
    counts.push_back({hold, *calls});
  }
  return counts;
}

Record HoldRecord(const std::string& organization, const HoldCount& count) {
  return {{"organization_id", QuoteJson(organization)},
          {"name", QuoteJson(count.hold.name)},
          {"filter_criteria", count.hold.filter_json},
          {"placed_at", std::to_string(count.hold.placed_at)},
          {"calls", std::to_string(count.calls)}};
}

std::string FilterText(const Hold& hold) {
  return hold.filter_json == "{}" ? "every call" : hold.filter_json;
}

std::string FormatHoldTable(const std::vector<HoldCount>& holds, const TableOptions& options) {
  std::vector<std::vector<std::string>> rows;
  rows.reserve(holds.size());
  for (const HoldCount& count : holds) {
    rows.push_back({count.hold.name, FormatMoment(count.hold.placed_at), GroupDigits(count.calls),
                    FilterText(count.hold)});
  }
  return FormatTable({{.header = "NAME", .least_width = 12},
                      {.header = "PLACED (UTC)", .drop_rank = 1},
                      {.header = "CALLS NOW", .align_right = true},
                      {.header = "HOLDS", .least_width = 12}},
                     rows, options);
}

std::string NamesOf(const std::vector<Hold>& holds) {
  constexpr std::size_t kMostNames = 10;
  std::string names;
  for (std::size_t i = 0; i < holds.size() && i < kMostNames; ++i) {
    names += (names.empty() ? "" : ", ") + holds[i].name;
  }
  if (holds.size() > kMostNames) {
    names += " and " + std::to_string(holds.size() - kMostNames) + " more";
  }
  return names.empty() ? "none; the organization has no holds" : names;
}

}  // namespace

Result<void> RunCommand(const HoldPlaceOptions& options, Session* session) {
  const Result<ListQuery> query = ReadQuery(options.filter, {"filter_criteria"}, *session);
  if (!query) return Forward(query);
  Result<Opened> opened = OpenOrganization(*session, OpenMode::kReadWrite, options.organization);
  if (!opened) return Forward(opened);
  auto& [store, organization] = *opened;
  const Result<void> known = CheckOrganization(store, organization);
  if (!known) return known;
  const Result<void> placed = store.PlaceHold(organization, options.name, query->filter);
  if (!placed) return placed;
  const Result<std::vector<HoldCount>> holds = CountHolds(*opened);
  if (!holds) return Forward(holds);
  for (const HoldCount& count : *holds) {
    if (count.hold.name != options.name) continue;
    const std::string line = "hold " + CleanText(options.name) + " of " + CleanText(organization) +
                             " keeps " + CleanText(FilterText(count.hold)) + ": " +
                             CountOf(count.calls, "call") + " now";
    return WriteAnswer("Hold placed successfully", HoldRecord(organization, count), line, session);
  }
  return Failure(ErrorCode::kInternal, "the hold is not there", {{"name", options.name}});
}

Result<void> RunCommand(const HoldReleaseOptions& options, Session* session) {
  Result<Opened> opened = OpenOrganization(*session, OpenMode::kReadWrite, options.organization);
  if (!opened) return Forward(opened);
  auto& [store, organization] = *opened;
  const Result<void> known = CheckOrganization(store, organization);
  if (!known) return known;
  Result<void> released = store.ReleaseHold(organization, options.name);
  if (!released) {
    const Result<std::vector<Hold>> holds = store.Holds(organization);
    if (holds && released.error().code == ErrorCode::kNotFound) {
      released.error().details.emplace_back("valid", NamesOf(*holds));
    }
    return released;
  }
  return WriteAnswer("Hold released successfully",
                     {{"organization_id", QuoteJson(organization)},
                      {"name", QuoteJson(options.name)},
                      {"outcome", QuoteJson("released")}},
                     CleanText(options.name) + ": released", session);
}

Result<void> RunCommand(const HoldListOptions& options, Session* session) {
  const Result<Opened> opened =
      OpenOrganization(*session, OpenMode::kReadOnly, options.organization);
  if (!opened) return Forward(opened);
  const Result<std::vector<HoldCount>> holds = CountHolds(*opened);
  if (!holds) return Forward(holds);
  if (holds->empty()) Notice(opened->organization + " has no holds");
  if (session->format == Format::kTable) {
    return session->out.Write(FormatHoldTable(*holds, session->table));
  }
  std::vector<Record> records;
  for (const HoldCount& count : *holds) {
    records.push_back(HoldRecord(opened->organization, count));
  }
  return WriteAnswers("Holds retrieved successfully", "holds", records, HoldRecord("", {}),
                      session);
}

}  // namespace callstore::cli
