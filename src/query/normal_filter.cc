#include "query/normal_filter.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <utility>

#include "base/error.h"
#include "query/condition.h"
#include "query/filter_text.h"
#include "query/filter_tree.h"

namespace callstore::query {
namespace {

constexpr std::size_t kMostLevels = 32;
// An object of the grammar may be an and, and hold an or or a not: two nodes a level.
constexpr std::size_t kMostNodeLevels = 2 * kMostLevels + 2;
constexpr std::size_t kMostConditions = 1000;
constexpr std::size_t kMostValues = 10'000;

tl::unexpected<Error> TooLarge(std::string_view message, std::size_t limit, std::string_view unit) {
  return Fail(
      ErrorCode::kTooLarge, message,
      {{"field", "filter_criteria"}, {"limit", std::to_string(limit).append(" ").append(unit)}});
}

tl::unexpected<Error> TooDeep() {
  return TooLarge("the filter is nested too deep", kMostLevels, "levels");
}

Result<void> CheckConditions(std::size_t conditions) {
  if (conditions <= kMostConditions) return {};
  return TooLarge("the filter has too many conditions", kMostConditions, "conditions");
}

// The parts of nested nodes of one kind, in their order. Without recursion: a chain of `||` is as
// deep as it is long.
std::vector<const Filter*> Flatten(const Filter& filter) {
  std::vector<const Filter*> leaves;
  std::vector<const Filter*> open = {&filter};
  while (!open.empty()) {
    const Filter* const next = open.back();
    open.pop_back();
    if (next->kind() != filter.kind()) {
      leaves.push_back(next);
      continue;
    }
    for (auto part = next->parts().rbegin(); part != next->parts().rend(); ++part) {
      open.push_back(&*part);
    }
  }
  return leaves;
}

class Normalizer {
 public:
  // `level` counts nodes of different kinds, from the root.
  Result<Node> Run(const Filter& filter, std::size_t level);

 private:
  Result<Node> RunCondition(const Filter& filter);
  Result<void> CountCondition(const Filter& filter);

  std::size_t conditions_ = 0;
  std::size_t values_ = 0;
};

Result<Node> Normalizer::Run(const Filter& filter, std::size_t level) {
  if (level > kMostNodeLevels) return TooDeep();
  switch (filter.kind()) {
    case Filter::Kind::kEverything:
      return Node();
    case Filter::Kind::kCondition:
      return RunCondition(filter);
    case Filter::Kind::kNot: {
      const Filter* inner = &filter;
      bool negated = false;
      for (; inner->kind() == Filter::Kind::kNot; negated = !negated) {
        inner = &inner->parts().front();
      }
      CALLSTORE_ASSIGN_OR_RETURN(Node node, Run(*inner, level + 1));
      return negated ? Negate(std::move(node)) : std::move(node);
    }
    case Filter::Kind::kAnd:
    case Filter::Kind::kOr:
      break;
  }
  std::vector<Node> parts;
  for (const Filter* const leaf : Flatten(filter)) {
    CALLSTORE_ASSIGN_OR_RETURN(Node node, Run(*leaf, level + 1));
    parts.push_back(std::move(node));
  }
  return filter.kind() == Filter::Kind::kAnd ? JoinAnd(std::move(parts)) : JoinOr(std::move(parts));
}

Result<void> Normalizer::CountCondition(const Filter& filter) {
  CALLSTORE_RETURN_IF_ERROR(CheckConditions(++conditions_));
  for (const Filter::Test& test : filter.tests()) values_ += test.values.size();
  if (values_ <= kMostValues) return {};
  return TooLarge("the filter has too many values", kMostValues, "values");
}

Result<Node> Normalizer::RunCondition(const Filter& filter) {
  CALLSTORE_RETURN_IF_ERROR(CountCondition(filter));
  CALLSTORE_ASSIGN_OR_RETURN(ConditionParts parts, ReadCondition(filter));
  if (parts.impossible) return NothingNode();
  std::vector<Node> nodes;
  if (parts.positive) nodes.push_back(ConditionNode(*std::move(parts.positive)));
  for (Condition& condition : parts.negated) {
    nodes.push_back(Negate(ConditionNode(std::move(condition))));
  }
  return JoinAnd(std::move(nodes));
}

// Narrows the bounds of `normal` to what a condition on start_timestamp asks for. True where that
// is all that it asks for.
bool TakeBounds(const Condition& condition, NormalFilter* normal) {
  const auto at_least = [&](std::int64_t ms) {
    normal->least_start = std::max(normal->least_start, ms);
  };
  const auto at_most = [&](std::int64_t ms) {
    normal->most_start = std::min(normal->most_start, ms);
  };
  const auto match_nothing = [&] {
    at_least(INT64_MAX);
    at_most(INT64_MIN);
  };
  normal->bounded = true;
  if (!condition.one_of.empty()) {
    at_least(std::get<std::int64_t>(condition.one_of.front()));
    at_most(std::get<std::int64_t>(condition.one_of.back()));
  }
  if (condition.low) {
    const std::int64_t ms = std::get<std::int64_t>(condition.low->value);
    const bool none = condition.low->open && ms == INT64_MAX;
    none ? match_nothing() : at_least(ms + (condition.low->open ? 1 : 0));
  }
  if (condition.high) {
    const std::int64_t ms = std::get<std::int64_t>(condition.high->value);
    const bool none = condition.high->open && ms == INT64_MIN;
    none ? match_nothing() : at_most(ms - (condition.high->open ? 1 : 0));
  }
  return condition.one_of.size() <= 1;
}

// Whether a condition that every match fulfils is all in the bounds now.
bool Settle(const Node& node, NormalFilter* normal) {
  if (node.kind != Node::Kind::kCondition) return false;
  if (!node.condition.search.empty()) normal->search = node.condition.search;
  return node.condition.field.id == FieldId::kStartTimestamp && TakeBounds(node.condition, normal);
}

void SettleRoot(NormalFilter* normal) {
  Node& root = normal->root;
  if (root.kind != Node::Kind::kAnd) {
    if (Settle(root, normal)) root = Node();
    return;
  }
  std::erase_if(root.children, [&](const Node& child) { return Settle(child, normal); });
  if (root.children.size() == 1) {
    Node only = std::move(root.children.front());
    root = std::move(only);
  }
}

// The bounds of a filter that is a TimeRange, as most are; nothing where it is another.
struct PlainRange {
  const std::int64_t* ge = nullptr;
  const std::int64_t* lt = nullptr;
};
std::optional<PlainRange> AsPlainRange(const Filter& filter) {
  if (filter.kind() != Filter::Kind::kCondition || filter.field() != "start_timestamp") {
    return std::nullopt;
  }
  PlainRange range;
  for (const Filter::Test& test : filter.tests()) {
    const std::int64_t** bound = nullptr;
    if (test.op == FilterOperator::kGe) bound = &range.ge;
    if (test.op == FilterOperator::kLt) bound = &range.lt;
    if (bound == nullptr || *bound != nullptr || test.values.size() != 1) return std::nullopt;
    *bound = std::get_if<std::int64_t>(&test.values.front());
    if (*bound == nullptr) return std::nullopt;
  }
  if (filter.tests().empty()) return std::nullopt;
  return range;
}

void AppendBound(std::string_view name, std::int64_t ms, std::string* out) {
  std::array<char, 24> digits;
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), ms).ptr;
  out->append(name).append(digits.data(), end);
}

// What the way below would give, at a fraction of its cost.
void NormalizeRange(const PlainRange& range, NormalFilter* normal) {
  constexpr std::size_t kMostBytes = 80;
  normal->bounded = true;
  normal->json.reserve(kMostBytes);
  normal->json = R"({"start_timestamp":{)";
  if (range.ge != nullptr) {
    normal->least_start = *range.ge;
    AppendBound(R"("ge":)", *range.ge, &normal->json);
  }
  if (range.lt != nullptr) {
    AppendBound(range.ge != nullptr ? R"(,"lt":)" : R"("lt":)", *range.lt, &normal->json);
    if (*range.lt == INT64_MIN) {
      normal->least_start = INT64_MAX;
      normal->most_start = INT64_MIN;
    } else {
      normal->most_start = *range.lt - 1;
    }
  }
  normal->json += "}}";
}

}  // namespace

Result<NormalFilter> Normalize(const Filter& filter) {
  Result<NormalFilter> result;
  if (filter.empty()) return result;
  NormalFilter& normal = *result;
  if (const auto range = AsPlainRange(filter)) {
    NormalizeRange(*range, &normal);
    return result;
  }

  CALLSTORE_ASSIGN_OR_RETURN(normal.root, Normalizer().Run(filter, 1));
  FilterText text = PrintFilter(normal.root);
  if (text.levels > kMostLevels) return TooDeep();
  // Some are one condition in C++ and several in the grammar.
  CALLSTORE_RETURN_IF_ERROR(CheckConditions(text.conditions));
  normal.json = std::move(text.json);
  SettleRoot(&normal);
  return result;
}

}  // namespace callstore::query
