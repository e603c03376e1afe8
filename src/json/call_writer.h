// call_writer.h - documented JSON out, straight from the records.
#ifndef CALLSTORE_SRC_JSON_CALL_WRITER_H_
#define CALLSTORE_SRC_JSON_CALL_WRITER_H_

#include <cstdint>
#include <string>

#include "callstore/call_view.h"
#include "callstore/json.h"

namespace callstore::json {

// kDocumented emits metadata, events, transcript_object, transcript_with_tool_calls (full view) and
// the opt-out flag always; kGiven only what the call has: the form that a merge starts from.
enum class Presence : std::uint8_t { kDocumented, kGiven };

// Appends one call object. In a view whose transcript is not loaded the long parts are left out.
void WriteCall(const CallView& call, const JsonOptions& options, Presence presence,
               std::string* out);

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_CALL_WRITER_H_
