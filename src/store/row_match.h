// row_match.h - a filter on one call as it is stored: the last word on whether it matches.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_STORE_ROW_MATCH_H_
#define CALLSTORE_SRC_STORE_ROW_MATCH_H_

#include <cstdint>
#include <optional>

#include "callstore/call_view.h"
#include "query/normal_filter.h"

namespace callstore::store {

enum class Verdict : std::uint8_t {
  kNo,
  kYes,
  kNeedsTranscript,  // only where the call came without its transcript
};

Verdict MatchRow(const query::Node& node, const CallView& call);

// The whole filter, with its bounds on start_timestamp.
Verdict MatchRow(const query::NormalFilter& filter, const CallView& call);

// The duration that filters, orders and figures use: as given, else end less start; ms.
std::optional<double> EffectiveDuration(const CallView& call);

// The value of a field that has one at most; nothing for an absent one. Not for fields of type any
// (JsonOf), for tool calls (a list) and transcript_search.
std::optional<query::ValueView> ValueOf(const query::FieldRef& field, const CallView& call);
// The JSON of a metadata or custom analysis field; nothing where absent.
std::optional<std::string_view> JsonOf(const query::FieldRef& field, const CallView& call);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_ROW_MATCH_H_
