// call_form.h - calls on their way through the library, for targets.
#ifndef CALLSTORE_TESTS_FUZZ_CALL_FORM_H_
#define CALLSTORE_TESTS_FUZZ_CALL_FORM_H_

#include <string>
#include <string_view>

#include "callstore/call_view.h"
#include "callstore/json.h"
#include "json/call_writer.h"
#include "json_value.h"
#include "record/draft.h"
#include "record/encode.h"

namespace callstore::fuzz {

inline constexpr std::string_view kOrganization = "org-1";

// The draft's records, which must pass their own check.
record::Records Encode(const record::Draft& draft);
// Of text that must be a call.
record::Records RecordsOf(std::string_view json);
// Lives as long as the records.
CallView ViewOf(const record::Records& records);
std::string Print(const CallView& view, const JsonOptions& options, json::Presence presence);

// What a call as JSON means, whichever of its forms it has: without what output adds and what null
// leaves out, and with words of open sets in one case.
test::JsonValue Meaning(test::JsonValue call);

// Calls every accessor of a view with every index, and returns how much there was, so that nothing
// is left out by the compiler.
std::size_t ReadAll(const CallView& view);

}  // namespace callstore::fuzz

#endif  // CALLSTORE_TESTS_FUZZ_CALL_FORM_H_
