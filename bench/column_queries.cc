#include "bench/column_queries.h"

#include <utility>

namespace callstore::bench {

bool ColumnFilter::Empty() const {
  return !agent && !status && !direction && !sentiment && !campaign && !start_ge && !to_number &&
         !HasDuration();
}

Filter MakeFilter(const ColumnFilter& filter) {
  Filter all;
  const auto add = [&](Filter part) { all = std::move(all) && std::move(part); };
  if (filter.agent) add(Field("agent_id") == ColumnCalls::Agent(*filter.agent));
  if (filter.status) add(Field("call_status") == kStatusWords[*filter.status]);
  if (filter.direction) add(Field("direction") == kDirectionWords[*filter.direction]);
  if (filter.sentiment) add(Field("user_sentiment") == kSentimentWords[*filter.sentiment]);
  if (filter.least_duration_ms) add(Field("call_duration") >= *filter.least_duration_ms);
  if (filter.most_duration_ms) add(Field("call_duration") <= *filter.most_duration_ms);
  if (filter.to_number) add(Field("to_number") == ColumnCalls::PhoneNumber(*filter.to_number));
  if (filter.campaign) add(Field("metadata.campaign") == ColumnCalls::Campaign(*filter.campaign));
  if (filter.start_ge) add(TimeRange{.ge = filter.start_ge});
  return all;
}

}  // namespace callstore::bench
