// answer.h - answers that are records: one, or a list of them, in the format of the session.
//
// Thread safety: one thread at a time.
// Errors:        those of the output.
#ifndef CALLSTORE_SRC_CLI_ANSWER_H_
#define CALLSTORE_SRC_CLI_ANSWER_H_

#include <string>
#include <string_view>
#include <vector>

#include "callstore/error.h"
#include "cli/records.h"
#include "cli/session.h"

namespace callstore::cli {

// One answer: a line for people, else the record; `message` is of the envelope.
Result<void> WriteAnswer(std::string_view message, const Record& record, const std::string& line,
                         Session* session);

// A list that is data: `name` is the member of the envelope that has it, `header` a record with the
// names of all members.
Result<void> WriteAnswers(std::string_view message, std::string_view name,
                          const std::vector<Record>& records, const Record& header,
                          Session* session);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_ANSWER_H_
