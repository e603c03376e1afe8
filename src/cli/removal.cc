#include "cli/removal.h"

#include <unistd.h>

#include <string>

#include "cli/failure.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/times.h"

namespace callstore::cli {
namespace {

std::string Capitalized(std::string_view word) {
  std::string text(word);
  text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string QuestionOf(const CallView& call, const RemovalVerb& verb) {
  std::string question = Capitalized(verb.infinitive) + " call " +
                         std::string(call.call_id().value_or(call.id())) + " of " +
                         std::string(call.organization_id()) + " (" +
                         std::string(call.call_status().value_or("no status"));
  if (call.start_timestamp()) question += ", " + FormatMoment(*call.start_timestamp()) + " UTC";
  return question + ")?";
}

// Whether the call at this place, oldest first, is there and has an earlier list time.
Result<bool> IsBefore(const Opened& opened, const Filter& filter, std::int64_t place,
                      std::int64_t moment) {
  const Result<Page> page =
      opened.store.List(opened.organization, {.page = place,
                                              .limit = 1,
                                              .sort_order = SortOrder::kAscending,
                                              .view = View::kSummary,
                                              .filter = filter,
                                              .with_total = false});
  if (!page) return Forward(page);
  return !page->calls.empty() && page->calls[0].list_time() < moment;
}

}  // namespace

Result<void> CheckConfirmation(const RemovalOptions& options, const RemovalVerb& verb) {
  if (options.id && (options.dry_run || options.confirmed)) {
    return Failure(ErrorCode::kInvalidArgument, "--dry-run and --confirm belong to many calls",
                   {{"field", "ID"}, {"valid", "a filter in its place"}});
  }
  if (!options.id && options.yes) {
    return Failure(
        ErrorCode::kInvalidArgument,
        "the " + std::string(verb.noun) + " of many calls is not confirmed by --yes",
        {{"field", "--yes"}, {"valid", "--confirm with the number of calls that match"}});
  }
  return {};
}

Result<void> CheckSomebodyConfirms(const RemovalOptions& options, const RemovalVerb& verb) {
  if (options.yes || IsTerminal(STDIN_FILENO)) return {};
  return Failure(ErrorCode::kInvalidArgument,
                 "nobody is there to confirm the " + std::string(verb.noun) + "; say --yes to " +
                     std::string(verb.infinitive) + " without asking",
                 {{"field", "--yes"}});
}

Result<void> ConfirmOne(const RemovalOptions& options, const CallView& call,
                        const RemovalVerb& verb) {
  if (options.yes || Confirm(QuestionOf(call, verb))) return {};
  return Failure(ErrorCode::kIoError, "the call was not " + std::string(verb.participle));
}

Result<std::int64_t> CountAll(const Opened& opened) {
  const Result<std::int64_t> count = opened.store.Count(opened.organization);
  if (!count || *count > 0) return count;
  const Result<void> known = CheckOrganization(opened.store, opened.organization);
  if (!known) return Forward(known);
  return count;
}

// A filter may be written so that it excludes nothing; only what it comes to can tell, and the
// store says that with a page.
Result<Matches> FindMatches(const Opened& opened, const Filter& filter) {
  const Result<Page> page = opened.store.List(
      opened.organization, {.limit = 1, .view = View::kSummary, .filter = filter});
  if (!page) return Forward(page);
  if (page->applied_filters_json == "{}") {
    return Failure(ErrorCode::kInvalidArgument, "the filter is empty: it matches every call",
                   {{"field", "filter"}, {"valid", "at least one condition"}});
  }
  const Result<std::int64_t> call_count = CountAll(opened);
  if (!call_count) return Forward(call_count);
  return Matches{.organization = opened.organization,
                 .count = page->pagination.total_count.value_or(0),
                 .call_count = *call_count,
                 .filters_json = page->applied_filters_json};
}

// The calls before the moment are the first ones of the list oldest first: steps that double find a
// place behind them, halving finds their end.
Result<std::int64_t> CountBefore(const Opened& opened, std::int64_t moment, const Filter& filter) {
  std::int64_t earlier = 0;  // so many are known to be
  std::int64_t step = 1;
  for (;; step *= 2) {
    const Result<bool> before = IsBefore(opened, filter, earlier + step - 1, moment);
    if (!before) return Forward(before);
    if (!*before) break;
    earlier += step;
  }
  while (step > 1) {
    step /= 2;
    const Result<bool> before = IsBefore(opened, filter, earlier + step - 1, moment);
    if (!before) return Forward(before);
    if (*before) earlier += step;
  }
  return earlier;
}

Result<void> ConfirmNumber(const RemovalOptions& options, std::int64_t count,
                           const RemovalVerb& verb) {
  const std::string number = std::to_string(count);
  if (options.confirmed) {
    if (*options.confirmed == count) return {};
    return Failure(
        ErrorCode::kInvalidArgument,
        "nothing was " + std::string(verb.participle) + ": another number of calls matches",
        {{"field", "--confirm"},
         {"value", std::to_string(*options.confirmed)},
         {"matches", number},
         {"valid", number}});
  }
  if (!IsTerminal(STDIN_FILENO)) {
    return Failure(
        ErrorCode::kInvalidArgument,
        "nobody is there to confirm the " + std::string(verb.noun) + "; name the number of calls",
        {{"field", "--confirm"}, {"matches", number}, {"valid", number}});
  }
  const std::string question =
      "Type " + number + " to " + std::string(verb.infinitive) + " " + CountOf(count, "call") + ":";
  if (Ask(question) == number) return {};
  return Failure(ErrorCode::kIoError, "no call was " + std::string(verb.participle) +
                                          ": the answer is not their number");
}

}  // namespace callstore::cli
