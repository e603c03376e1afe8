// request.h - which calls the command line means, as the request that the library takes.
//
// Thread safety: functions on values.
// Errors:        invalid_argument with `field`, `value` and what is `valid`. Names and types of
//                fields are checked by the store, where the request is used.
#ifndef CALLSTORE_SRC_CLI_REQUEST_H_
#define CALLSTORE_SRC_CLI_REQUEST_H_

#include <string_view>
#include <vector>

#include "callstore/error.h"
#include "callstore/filter.h"
#include "callstore/list.h"
#include "cli/options.h"
#include "cli/session.h"

namespace callstore::cli {

// --since and --until, half open.
Result<TimeRange> ReadRange(const FilterOptions& options, const Session& session);

// --since, --until and every --filter. REQUIRES: no --query.
Result<Filter> ReadFilter(const FilterOptions& options, const Session& session);

// The request of --query, or one of the defaults and the filter of the other options. A member of
// the request that is not in `usable` would be passed over silently, so it is an error.
Result<ListQuery> ReadQuery(const FilterOptions& options,
                            const std::vector<std::string_view>& usable, const Session& session);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_REQUEST_H_
