// envelope.h - what the documented envelopes have in common.
//
// Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_JSON_ENVELOPE_H_
#define CALLSTORE_SRC_JSON_ENVELOPE_H_

#include <string>
#include <string_view>

#include "callstore/list.h"
#include "callstore/work.h"
#include "json/output.h"

namespace callstore::json {

// An envelope of a success up to its data; the data and a closing bracket follow.
void BeginSuccess(std::string_view message, std::string* text);

std::string_view SortOrderName(SortOrder order);

void PutExplain(const Explain& explain, Output* out);

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_ENVELOPE_H_
