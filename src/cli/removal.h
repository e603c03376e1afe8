// removal.h - which calls go, and that somebody means it: what delete and erase have in common.
// One call goes by --yes or by a yes on the terminal. Many go by their number, which --confirm
// names or somebody types: it is counted first, in a store that is ours, so it stays what it is.
//
// Thread safety: one thread at a time.
#ifndef CALLSTORE_SRC_CLI_REMOVAL_H_
#define CALLSTORE_SRC_CLI_REMOVAL_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "callstore/error.h"
#include "callstore/filter.h"
#include "cli/options.h"
#include "cli/session.h"

namespace callstore::cli {

// The words for it.
struct RemovalVerb {
  std::string_view infinitive;  // "delete"
  std::string_view participle;  // "deleted"
  std::string_view noun;        // "deletion"
};

// What is to go, before anything does.
struct Matches {
  std::string organization;
  std::int64_t count = 0;
  std::int64_t call_count = 0;  // of the organization
  std::string filters_json;     // what was evaluated
};

// No error where the options that say how to confirm belong to what was chosen: one call (an id),
// or many. Options that have no meaning together must not be passed over where calls go.
Result<void> CheckConfirmation(const RemovalOptions& options, const RemovalVerb& verb);

// No error where one call may go; `yes` is checked before anything is opened.
Result<void> CheckSomebodyConfirms(const RemovalOptions& options, const RemovalVerb& verb);
Result<void> ConfirmOne(const RemovalOptions& options, const CallView& call,
                        const RemovalVerb& verb);

// What a filter matches. invalid_argument where it matches every call, however it is written;
// not_found where the store does not know the organization.
Result<Matches> FindMatches(const Opened& opened, const Filter& filter);

// The calls of an organization. not_found where the store does not know it.
Result<std::int64_t> CountAll(const Opened& opened);

// The calls that match with a list time before `moment`, exact. Cost: a page of one call for each
// doubling of their number. REQUIRES: nobody writes to the store meanwhile.
Result<std::int64_t> CountBefore(const Opened& opened, std::int64_t moment,
                                 const Filter& filter = {});

// No error where exactly so many calls may go.
Result<void> ConfirmNumber(const RemovalOptions& options, std::int64_t count,
                           const RemovalVerb& verb);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_REMOVAL_H_
