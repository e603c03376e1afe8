#include "query/condition.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "query/scalar.h"
#include "query/test_reader.h"

namespace callstore::query {
namespace {

// The scalars that are in both. Of words that differ in case alone the first by bytes stays.
std::vector<Scalar> Common(const std::vector<Scalar>& a, const std::vector<Scalar>& b,
                           LetterCase letter_case) {
  std::vector<Scalar> common;
  for (const Scalar& scalar : a) {
    if (Contains(b, ViewOf(scalar), letter_case)) common.push_back(scalar);
  }
  for (const Scalar& scalar : b) {
    if (Contains(a, ViewOf(scalar), letter_case)) common.push_back(scalar);
  }
  SortScalars(letter_case, &common);
  return common;
}

// Keeps the narrower of two bounds; `narrower` is how its value compares with the other's. Of equal
// ones an open bound is narrower. False where their types differ.
bool Narrow(const std::optional<Bound>& more, std::weak_ordering narrower,
            std::optional<Bound>* bound) {
  if (!more) return true;
  if (!*bound) {
    *bound = more;
    return true;
  }
  if (!SameType(more->value, ViewOf((*bound)->value))) return false;
  const auto order = Compare(ViewOf(more->value), ViewOf((*bound)->value), LetterCase::kCounts);
  if (order == narrower) {
    *bound = more;
  } else if (order == 0) {
    (*bound)->open |= more->open;
  }
  return true;
}

// Into a sorted list without repetitions.
void AddTexts(const std::vector<std::string>& more, std::vector<std::string>* texts) {
  for (const std::string& text : more) {
    const auto place = std::ranges::lower_bound(*texts, text);
    if (place == texts->end() || *place != text) texts->insert(place, text);
  }
}

std::vector<std::string> SplitWords(std::string_view search) {
  std::vector<std::string> words;
  while (!search.empty()) {
    const std::size_t end = std::min(search.find(' '), search.size());
    words.emplace_back(search.substr(0, end));
    search.remove_prefix(std::min(end + 1, search.size()));
  }
  return words;
}

void AddSearch(const std::string& more, std::string* search) {
  if (more.empty()) return;
  std::vector<std::string> words = SplitWords(*search);
  AddTexts(SplitWords(more), &words);
  search->clear();
  for (const std::string& word : words) {
    search->append(search->empty() ? "" : " ").append(word);
  }
}

bool HasTests(const Condition& condition) {
  return !condition.one_of.empty() || condition.low || condition.high ||
         !condition.prefixes.empty() || !condition.suffixes.empty() ||
         !condition.contains.empty() || !condition.search.empty();
}

// A repeated operator that one object of the grammar cannot hold. On a list it could not be said
// elsewhere either: another condition may hold for another element.
Result<void> CheckRepetition(const FieldRef& field, const Filter& filter) {
  if (!IsList(field)) return {};
  const auto& tests = filter.tests();
  for (const FilterOperator op :
       {FilterOperator::kPrefix, FilterOperator::kSuffix, FilterOperator::kContains}) {
    if (std::ranges::count(tests, op, &Filter::Test::op) < 2) continue;
    return Fail(ErrorCode::kInvalidArgument, "the condition repeats an operator",
                {{"field", Excerpt(filter.field())},
                 {"operator", std::string(OperatorName(op))},
                 {"valid", "each operator once; And of several conditions"}});
  }
  return {};
}

}  // namespace

Result<ConditionParts> ReadCondition(const Filter& filter) {
  CALLSTORE_ASSIGN_OR_RETURN(const FieldRef field, FindField("filter_criteria", filter.field()));
  if (filter.tests().empty()) {
    return Fail(ErrorCode::kInvalidArgument, "the condition is empty",
                {{"field", Excerpt(filter.field())},
                 {"value", "{}"},
                 {"valid", OperatorNames(TypeOf(field))}});
  }
  CALLSTORE_RETURN_IF_ERROR(CheckRepetition(field, filter));
  ConditionParts parts;
  for (const Filter::Test& test : filter.tests()) {
    CALLSTORE_ASSIGN_OR_RETURN(Condition condition, ReadTest(field, filter.field(), test));
    if (IsNegative(test)) {
      parts.negated.push_back(std::move(condition));
    } else if (!parts.positive) {
      parts.positive = std::move(condition);
    } else if (!Intersect(condition, &*parts.positive)) {
      parts.impossible = true;
    }
  }
  return parts;
}

bool Intersect(const Condition& more, Condition* condition) {
  if (condition->one_of.empty()) {
    condition->one_of = more.one_of;
  } else if (!more.one_of.empty()) {
    condition->one_of = Common(condition->one_of, more.one_of, LetterCaseOf(more.field));
    if (condition->one_of.empty()) return false;
  }
  if (!Narrow(more.low, std::weak_ordering::greater, &condition->low)) return false;
  if (!Narrow(more.high, std::weak_ordering::less, &condition->high)) return false;
  const auto& low = condition->low;
  const auto& high = condition->high;
  if (low && high && !SameType(low->value, ViewOf(high->value))) return false;
  AddTexts(more.prefixes, &condition->prefixes);
  AddTexts(more.suffixes, &condition->suffixes);
  AddTexts(more.contains, &condition->contains);
  AddSearch(more.search, &condition->search);
  condition->present = (condition->present || more.present) && !HasTests(*condition);
  return true;
}

bool IsOneOfOnly(const Condition& condition) {
  return !condition.one_of.empty() && !condition.low && !condition.high &&
         condition.prefixes.empty() && condition.suffixes.empty() && condition.contains.empty();
}

}  // namespace callstore::query
