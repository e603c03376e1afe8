// The envelope of an aggregation.
#include <algorithm>
#include <cmath>

#include "callstore/json.h"
#include "json/envelope.h"
#include "json/output.h"

namespace callstore {
namespace {

using json::ObjectOutput;
using json::Output;

void PutNull(Output* out) { out->Put(std::string_view("null")); }

void PutTexts(const std::vector<std::string>& texts, Output* out) {
  out->Put('[');
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out->Put(',');
    out->PutString(texts[i]);
  }
  out->Put(']');
}

// An object of `names` and what put_value(i) puts for each. Names may need escaping.
template <typename F>
void PutNamed(const std::vector<std::string>& names, Output* out, F&& put_value) {
  out->Put('{');
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out->Put(',');
    out->PutString(names[i]);
    out->Put(':');
    put_value(i);
  }
  out->Put('}');
}

void PutGroup(const Aggregation& aggregation, const AggregateGroup& group, Output* out) {
  ObjectOutput object(out);
  object.Key("keys");
  PutNamed(aggregation.group_by, out, [&](std::size_t i) {
    if (i < group.keys_json.size()) {
      out->Put(group.keys_json[i]);
    } else {
      PutNull(out);
    }
  });
  object.Key("values");
  PutNamed(aggregation.metrics, out, [&](std::size_t i) {
    // JSON has no infinity, which a sum of large numbers may be.
    if (i < group.values.size() && group.values[i] && std::isfinite(*group.values[i])) {
      out->PutDouble(*group.values[i]);
    } else {
      PutNull(out);
    }
  });
  object.End();
}

void PutGroups(const Aggregation& aggregation, Output* out) {
  out->Put('[');
  for (const AggregateGroup& group : aggregation.groups) {
    if (&group != aggregation.groups.data()) out->Put(',');
    PutGroup(aggregation, group, out);
  }
  out->Put(']');
}

}  // namespace

std::string ToJson(const Aggregation& aggregation) {
  std::string text;
  json::BeginSuccess("Calls aggregated successfully", &text);
  {
    Output out(&text);
    ObjectOutput data(&out);
    data.Key("organization_id").PutString(aggregation.organization_id);
    PutTexts(aggregation.group_by, &data.Key("group_by"));
    PutTexts(aggregation.metrics, &data.Key("metrics"));
    PutGroups(aggregation, &data.Key("groups"));
    data.Key("total_count").PutInt64(aggregation.total_count);
    data.Key("total_groups").PutInt64(aggregation.total_groups);
    data.Key("returned_count").PutInt64(static_cast<std::int64_t>(aggregation.groups.size()));
    data.Key("time_zone").PutString(aggregation.time_zone);
    data.Key("sort_by").PutString(aggregation.sort_by);
    data.Key("sort_order").PutString(json::SortOrderName(aggregation.sort_order));
    data.Key("applied_filters").Put(std::string_view(aggregation.applied_filters_json));
    if (aggregation.explain) json::PutExplain(*aggregation.explain, &data.Key("explain"));
    data.End();
    out.Put('}');
  }
  return text;
}

}  // namespace callstore
