// cmd_erase.cc - callstore erase, erasures, purge: calls that go for good, and the ledger of them.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "callstore/json.h"
#include "cli/answer.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/json_text.h"
#include "cli/removal.h"
#include "cli/request.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/times.h"

namespace callstore::cli {
namespace {

constexpr RemovalVerb kErase = {.infinitive = "erase", .participle = "erased", .noun = "erasure"};

// Many calls that are to go.
struct Choice {
  Erasure erasure;
  std::int64_t count = 0;
  std::int64_t call_count = 0;  // of the organization
  std::string rule;             // for people, after the number of calls
  Record detail;                // what the record of a dry run has of the rule
};

Record ReceiptRecord(const ErasureReceipt& receipt) {
  return {{"number", std::to_string(receipt.number)},
          {"organization_id", QuoteJson(receipt.organization_id)},
          {"scope", QuoteJson(ErasureScopeName(receipt.scope))},
          {"calls", std::to_string(receipt.calls)},
          {"erased_at", std::to_string(receipt.erased_at)},
          {"ids_hash", QuoteJson(receipt.ids_hash)},
          {"purged_at", receipt.purged_at == 0 ? "null" : std::to_string(receipt.purged_at)}};
}

Result<void> WriteReceipt(const ErasureReceipt& receipt, Session* session) {
  const std::string line = "erasure " + std::to_string(receipt.number) + ": " +
                           CountOf(receipt.calls, "call") + " of " +
                           CleanText(receipt.organization_id) + " erased" +
                           (receipt.purged_at == 0 ? "" : " and purged");
  return WriteAnswer("Calls erased successfully", ReceiptRecord(receipt), line, session);
}

std::string FormatReceiptTable(const std::vector<ErasureReceipt>& receipts,
                               const TableOptions& options) {
  std::vector<std::vector<std::string>> rows;
  rows.reserve(receipts.size());
  for (const ErasureReceipt& receipt : receipts) {
    rows.push_back({std::to_string(receipt.number), FormatMoment(receipt.erased_at),
                    receipt.organization_id, std::string(ErasureScopeName(receipt.scope)),
                    GroupDigits(receipt.calls),
                    receipt.purged_at == 0 ? "-" : FormatMoment(receipt.purged_at)});
  }
  return FormatTable({{.header = "NUMBER", .align_right = true},
                      {.header = "ERASED (UTC)"},
                      {.header = "ORGANIZATION", .least_width = 12},
                      {.header = "SCOPE", .drop_rank = 1},
                      {.header = "CALLS", .align_right = true},
                      {.header = "PURGED (UTC)", .drop_rank = 2}},
                     rows, options);
}

Result<void> CheckOptions(const EraseCallsOptions& options) {
  const int ways = (options.calls.id ? 1 : 0) + (options.calls.filter.empty() ? 0 : 1) +
                   (options.before ? 1 : 0) + (options.whole_organization ? 1 : 0);
  if (ways == 1) return CheckConfirmation(options.calls, kErase);
  return Failure(
      ErrorCode::kInvalidArgument,
      ways == 0 ? "say which calls to erase" : "the ways to say which calls exclude each other",
      {{"field", "ID"},
       {"valid",
        "the id or call_id of a call, or a filter (--filter, --since, --until, --query), "
        "or --before, or --organization"}});
}

Result<void> EraseOne(const EraseCallsOptions& options, Session* session) {
  const RemovalOptions& calls = options.calls;
  const Result<void> asked = CheckSomebodyConfirms(calls, kErase);
  if (!asked) return asked;
  Result<Opened> opened = OpenOrganization(*session, OpenMode::kReadWrite, calls.organization);
  if (!opened) return Forward(opened);
  auto& [store, organization] = *opened;
  const Result<StoredCall> found = FindCall(store, organization, *calls.id, View::kSummary);
  if (!found) return Forward(found);
  const Result<void> confirmed = ConfirmOne(calls, found->view(), kErase);
  if (!confirmed) return confirmed;
  const Result<ErasureReceipt> receipt =
      store.Erase(organization, Erasure::OfCall(std::string((*found)->id())), options.erase);
  if (!receipt) return Forward(receipt);
  return WriteReceipt(*receipt, session);
}

Result<Choice> ChooseByFilter(const Opened& opened, const Filter& filter) {
  const Result<Matches> matches = FindMatches(opened, filter);
  if (!matches) return Forward(matches);
  return Choice{.erasure = Erasure::Matching(filter),
                .count = matches->count,
                .call_count = matches->call_count,
                .rule = "match " + matches->filters_json,
                .detail = {{"applied_filters", matches->filters_json}}};
}

Result<Choice> ChooseByRule(const Opened& opened, const EraseCallsOptions& options,
                            std::int64_t before) {
  const Result<std::int64_t> call_count = CountAll(opened);
  if (!call_count) return Forward(call_count);
  if (options.whole_organization) {
    return Choice{.erasure = Erasure::OfOrganization(),
                  .count = *call_count,
                  .call_count = *call_count,
                  .rule = "are to go, and its name, holds and retention",
                  .detail = {}};
  }
  const Result<std::int64_t> count = CountBefore(opened, before);
  if (!count) return Forward(count);
  return Choice{.erasure = Erasure::Before(before),
                .count = *count,
                .call_count = *call_count,
                .rule = "are from before " + FormatMoment(before) + " UTC",
                .detail = {{"before", std::to_string(before)}}};
}

// The rules reach into backups that are restored later, so where they match nothing today they are
// confirmed all the same. A filter that matches nothing does nothing.
Result<void> ConfirmChoice(const RemovalOptions& calls, const Choice& choice) {
  const bool by_filter = choice.erasure.scope == Erasure::Scope::kFilter;
  if (by_filter && choice.count == 0 && !calls.confirmed) return {};
  return ConfirmNumber(calls, choice.count, kErase);
}

// How many of the calls a hold keeps.
Result<std::int64_t> CountHeld(const Opened& opened, const Choice& choice, const Hold& hold) {
  const Result<Filter> held = ParseFilter(hold.filter_json);
  if (!held) return Forward(held);
  const auto& [store, organization] = opened;
  switch (choice.erasure.scope) {
    case Erasure::Scope::kFilter:
      return store.Count(organization, choice.erasure.filter && *held);
    case Erasure::Scope::kBefore:
      return CountBefore(opened, choice.erasure.before, *held);
    case Erasure::Scope::kCall:
    case Erasure::Scope::kOrganization:
      break;
  }
  return store.Count(organization, *held);
}

// The holds that would refuse the erasure, and how many calls each keeps of it; a JSON array.
Result<std::string> HoldsAgainst(const Opened& opened, const Choice& choice) {
  const Result<std::vector<Hold>> holds = opened.store.Holds(opened.organization);
  if (!holds) return Forward(holds);
  std::string against;
  for (const Hold& hold : *holds) {
    const Result<std::int64_t> calls = CountHeld(opened, choice, hold);
    if (!calls) return Forward(calls);
    if (*calls == 0) continue;
    Notice("hold " + CleanText(hold.name) + " keeps " + CountOf(*calls, "call") +
           " of these: the erasure would be refused");
    if (!against.empty()) against += ',';
    against += ToObject({{"name", QuoteJson(hold.name)}, {"calls", std::to_string(*calls)}});
  }
  return "[" + against + "]";
}

Result<void> WriteDryRun(const Choice& choice, const Opened& opened, Session* session) {
  const Result<std::string> holds = HoldsAgainst(opened, choice);
  if (!holds) return Forward(holds);
  Record record = {{"organization_id", QuoteJson(opened.organization)},
                   {"scope", QuoteJson(ErasureScopeName(choice.erasure.scope))},
                   {"matches", std::to_string(choice.count)},
                   {"call_count", std::to_string(choice.call_count)},
                   {"holds", *holds}};
  record.insert(record.end(), choice.detail.begin(), choice.detail.end());
  return WriteAnswer("Calls counted successfully", record, std::to_string(choice.count), session);
}

Result<void> EraseMany(const EraseCallsOptions& options, Session* session) {
  const Result<ListQuery> query = ReadQuery(options.calls.filter, {"filter_criteria"}, *session);
  if (!query) return Forward(query);
  Result<std::int64_t> before = 0;
  if (options.before) before = ParseMoment("--before", *options.before, session->now_ms);
  if (!before) return Forward(before);
  const OpenMode mode = options.calls.dry_run ? OpenMode::kReadOnly : OpenMode::kReadWrite;
  Result<Opened> opened = OpenOrganization(*session, mode, options.calls.organization);
  if (!opened) return Forward(opened);
  const Result<Choice> choice = options.before || options.whole_organization
                                    ? ChooseByRule(*opened, options, *before)
                                    : ChooseByFilter(*opened, query->filter);
  if (!choice) return Forward(choice);
  Notice(GroupDigits(choice->count) + " of " + CountOf(choice->call_count, "call") + " of " +
         opened->organization + " " + choice->rule);
  if (options.calls.dry_run) return WriteDryRun(*choice, *opened, session);
  const Result<void> confirmed = ConfirmChoice(options.calls, *choice);
  if (!confirmed) return confirmed;
  const Result<ErasureReceipt> receipt =
      opened->store.Erase(opened->organization, choice->erasure, options.erase);
  if (!receipt) return Forward(receipt);
  return WriteReceipt(*receipt, session);
}

}  // namespace

Result<void> RunCommand(const EraseCallsOptions& options, Session* session) {
  const Result<void> checked = CheckOptions(options);
  if (!checked) return checked;
  return options.calls.id ? EraseOne(options, session) : EraseMany(options, session);
}

Result<void> RunCommand(const ErasuresOptions& /*options*/, Session* session) {
  const Result<Store> store = OpenForReading(*session);
  if (!store) return Forward(store);
  const Result<std::vector<ErasureReceipt>> receipts = store->Erasures();
  if (!receipts) return Forward(receipts);
  if (receipts->empty()) Notice("nothing was erased yet");
  if (session->format == Format::kTable) {
    return session->out.Write(FormatReceiptTable(*receipts, session->table));
  }
  std::vector<Record> records;
  for (const ErasureReceipt& receipt : *receipts) records.push_back(ReceiptRecord(receipt));
  return WriteAnswers("Erasures retrieved successfully", "erasures", records, ReceiptRecord({}),
                      session);
}

Result<void> RunCommand(const PurgeOptions& /*options*/, Session* session) {
  Result<Store> store = OpenForWriting(*session, false);
  if (!store) return Forward(store);
  const Result<void> purged = store->Purge();
  if (!purged) return purged;
  const Result<StoreStats> stats = store->Stats();
  if (!stats) return Forward(stats);
  return WriteAnswer("Store purged successfully",
                     {{"store", QuoteJson(session->common.store)},
                      {"size_bytes", std::to_string(stats->size_bytes)}},
                     "purged; " + FormatBytes(stats->size_bytes) + " on disk", session);
}

}  // namespace callstore::cli
