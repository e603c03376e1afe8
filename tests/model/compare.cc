#include "model/compare.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "model/reference_field.h"
#include "model/reference_filter.h"

namespace callstore::test {
namespace {

std::string Text(const std::vector<std::string>& keys) {
  std::string text;
  for (const std::string& key : keys) text += (text.empty() ? "" : ", ") + key;
  return "[" + text + "]";
}

std::string Text(std::optional<double> value) {
  if (!value) return "nothing";
  std::ostringstream text;
  text.precision(17);
  text << *value;
  return text.str();
}

std::string CompareFigure(std::optional<double> value, const ReferenceFigure& expected) {
  const bool both = value && expected.value;
  const double tolerance = expected.exact || !both ? 0 : 1e-9 * std::fabs(*expected.value) + 1e-12;
  if (both && std::fabs(*value - *expected.value) <= tolerance) return {};
  if (!value && !expected.value) return {};
  return "the store says " + Text(value) + ", the model " + Text(expected.value);
}

// The moment that a calendar unit starts; its text is of whole seconds.
std::int64_t MsOfKey(std::string text) { return MsOfTimeText(text.insert(19, ".000")); }

// Whether two keys stand in ascending order, so far as the documents say.
bool InKeyOrder(const std::string& a, const std::string& b, bool are_times) {
  if (b == "null") return true;
  if (a == "null") return false;
  const JsonValue left = JsonValue::Parse(a);
  const JsonValue right = JsonValue::Parse(b);
  if (left.kind() != right.kind()) return true;
  if (left.kind() == JsonValue::Kind::kNumber) return NumberOf(left) <= NumberOf(right);
  if (left.kind() != JsonValue::Kind::kText) return true;
  if (are_times) return MsOfKey(left.text()) <= MsOfKey(right.text());
  return left.text() <= right.text();
}

std::string CompareGroupOrder(const Aggregation& answer, const AggregateQuery& query) {
  const bool ascending = query.sort_order == SortOrder::kAscending;
  const auto metric = std::ranges::find(query.metrics, query.sort_by);
  const bool are_times = IsCalendarUnit(query.group_by.front());
  for (std::size_t i = 1; i < answer.groups.size(); ++i) {
    const AggregateGroup& before = answer.groups[i - 1];
    const AggregateGroup& after = answer.groups[i];
    bool good = true;
    if (metric == query.metrics.end()) {
      const std::string& a = before.keys_json.front();
      const std::string& b = after.keys_json.front();
      const bool has_null = a == "null" || b == "null";
      const bool turned = !ascending && !has_null;
      good = turned ? InKeyOrder(b, a, are_times) : InKeyOrder(a, b, are_times);
    } else {
      const auto column = static_cast<std::size_t>(metric - query.metrics.begin());
      const std::optional<double> a = before.values[column];
      const std::optional<double> b = after.values[column];
      good = !b || (a && (ascending ? *a <= *b : *a >= *b));
    }
    if (!good) return "groups " + std::to_string(i - 1) + " and the next are not in order";
  }
  return {};
}

// A group that the limit cut off would not have come before the last one shown.
std::string CompareCutOff(const Aggregation& answer, const ReferenceGroups& groups,
                          const AggregateQuery& query) {
  const auto metric = std::ranges::find(query.metrics, query.sort_by);
  if (metric == query.metrics.end() || answer.groups.empty()) return {};
  const auto column = static_cast<std::size_t>(metric - query.metrics.begin());
  const std::optional<double> last = answer.groups.back().values[column];
  std::size_t better = 0;
  for (const auto& [keys, figures] : groups) {
    const std::optional<double> value = figures[column].value;
    if (!value) continue;
    const double margin = figures[column].exact ? 0 : 1e-9 * std::fabs(*value) + 1e-12;
    const bool is_better =
        !last || (query.sort_order == SortOrder::kAscending ? *value < *last - margin
                                                            : *value > *last + margin);
    if (is_better) ++better;
  }
  if (better < answer.groups.size() || (!last && better <= answer.groups.size())) return {};
  return std::to_string(better) + " groups come before the last of " +
         std::to_string(answer.groups.size());
}

}  // namespace

std::string ComparePage(const Page& page, const ReferencePage& expected, const ListQuery& query) {
  const Pagination& pagination = page.pagination;
  std::string difference = First(
      {Differ("complete", page.complete, true),
       Differ("rows", page.calls.size(), expected.ids.size()),
       Differ("has_next_page", pagination.has_next_page, expected.has_next_page),
       Differ("has_previous_page", pagination.has_previous_page, expected.has_previous_page),
       Differ("next_cursor", !page.next_cursor.empty(), expected.next.has_value()),
       Differ("previous_cursor", !page.previous_cursor.empty(), expected.previous.has_value()),
       Differ("end_cursor", !page.end_cursor.empty(), expected.end.has_value()),
       Differ("has a total", pagination.total_count.has_value(), query.with_total),
       Differ("limit", pagination.limit, query.limit),
       Differ("sort_by", page.sort_by, query.sort_by),
       Differ("has an explanation", page.explain.has_value(), query.explain)});
  if (difference.empty() && query.with_total) {
    difference = First({Differ("total_count", pagination.total_count.value(), expected.total_count),
                        Differ("total_pages", pagination.total_pages.value(), expected.total_pages),
                        Differ("page", pagination.page, expected.page)});
  }
  for (std::size_t i = 0; i < expected.ids.size() && difference.empty(); ++i) {
    difference = At("row " + std::to_string(i),
                    Differ("id", page.calls[i].id(), std::string_view(expected.ids[i])));
  }
  return difference;
}

std::string CompareHits(const std::vector<TranscriptHit>& hits, const JsonValue& call,
                        const std::string& words) {
  std::set<std::string> searched;
  for (const SpokenWord& word : WordsOf(words)) searched.insert(word.folded);
  std::size_t i = 0;
  std::size_t utterance = 0;
  const JsonValue* const utterances = call.Find("transcript_object");
  if (utterances == nullptr) return Differ("hits", hits.size(), std::size_t{0});
  for (const JsonValue& said : utterances->elements()) {
    for (const SpokenWord& word : WordsOf(said.Find("content")->text())) {
      if (!searched.contains(word.folded)) continue;
      if (i == hits.size()) return "a hit is missing";
      const std::string difference =
          First({Differ("utterance of a hit", hits[i].utterance, utterance),
                 Differ("offset of a hit", hits[i].offset_bytes, word.offset_bytes),
                 Differ("size of a hit", hits[i].size_bytes, word.size_bytes)});
      if (!difference.empty()) return difference;
      ++i;
    }
    ++utterance;
  }
  return Differ("hits", hits.size(), i);
}

std::string CompareAggregation(const Aggregation& answer, const ReferenceGroups& groups,
                               const AggregateQuery& query, std::size_t total) {
  const auto shown = std::min(groups.size(), static_cast<std::size_t>(query.limit));
  std::string difference =
      First({Differ("total_count", static_cast<std::size_t>(answer.total_count), total),
             Differ("total_groups", static_cast<std::size_t>(answer.total_groups), groups.size()),
             Differ("groups", answer.groups.size(), shown),
             Differ("has an explanation", answer.explain.has_value(), query.explain)});
  std::set<std::vector<std::string>> seen;
  for (std::size_t g = 0; g < answer.groups.size() && difference.empty(); ++g) {
    std::vector<std::string> keys;
    for (const std::string& key : answer.groups[g].keys_json) {
      keys.push_back(CanonicalKey(JsonValue::Parse(key)));
    }
    const auto expected = groups.find(keys);
    if (expected == groups.end()) return "the model has no group " + Text(keys);
    if (!seen.insert(keys).second) return "twice the group " + Text(keys);
    difference = Differ("figures", answer.groups[g].values.size(), query.metrics.size());
    for (std::size_t i = 0; i < query.metrics.size() && difference.empty(); ++i) {
      difference = At("group " + Text(keys) + " " + query.metrics[i],
                      CompareFigure(answer.groups[g].values[i], expected->second[i]));
    }
  }
  if (!difference.empty() || query.group_by.empty()) return difference;
  return First({CompareGroupOrder(answer, query), CompareCutOff(answer, groups, query)});
}

}  // namespace callstore::test
