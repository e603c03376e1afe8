// call_fields.h - fields of a call by dotted path, as values for csv and as cells for a table.
//
// Ownership:     a CallFields owns its call's JSON.
// Thread safety: immutable.
#ifndef CALLSTORE_SRC_CLI_CALL_FIELDS_H_
#define CALLSTORE_SRC_CLI_CALL_FIELDS_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/call_view.h"
#include "callstore/error.h"
#include "callstore/list.h"
#include "cli/json_text.h"
#include "cli/table.h"

namespace callstore::cli {

// The paths of a comma separated list; the usual ones for an empty list. invalid_argument where a
// path is empty.
Result<std::vector<std::string>> ParseFields(std::string_view list);

// The cheapest view that has all of `fields`.
View ViewFor(const std::vector<std::string>& fields);

class CallFields {
 public:
  CallFields(const CallView& call, View view);

  JsonText At(std::string_view path) const { return AtPath(members_, path); }

  // The value as it is stored; a list or an object as JSON; nothing where it is absent or null.
  std::string Value(std::string_view path) const { return At(path).Text(); }

  // The value for people: times as dates, durations as minutes and seconds.
  std::string Cell(std::string_view path) const;

 private:
  std::unique_ptr<const std::string> json_;  // the members point into it
  JsonText::MemberList members_;
};

std::vector<std::string> CallValues(const CallFields& call, const std::vector<std::string>& fields);

// A table of calls: the usual columns, or one for each of `fields`.
std::string FormatCallTable(const std::vector<CallView>& calls, View view,
                            const std::vector<std::string>& fields, const TableOptions& options);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_CALL_FIELDS_H_
