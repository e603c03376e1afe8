#include "query/filter_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_string.h"
#include "query/condition.h"
#include "query/scalar.h"

namespace callstore::query {
namespace {

// The operators of a condition in the order in which they are written.
enum Slot : std::uint8_t {
  kEq,
  kIn,
  kGe,
  kGt,
  kLe,
  kLt,
  kPrefix,
  kSuffix,
  kContains,
  kPresent,
  kNe,
  kNotIn,
};
constexpr std::array<std::string_view, 12> kSlotNames = {
    "eq", "in", "ge", "gt", "le", "lt", "prefix", "suffix", "contains", "present", "ne", "not_in"};
// The value of each operator as JSON; empty: the condition does not have it.
using Slots = std::array<std::string, kSlotNames.size()>;

std::string TextOf(const Scalar& scalar) {
  std::string text;
  AppendScalar(ViewOf(scalar), &text);
  return text;
}

std::string Quoted(std::string_view text) {
  std::string quoted;
  AppendJsonString(text, &quoted);
  return quoted;
}

std::string ListOf(const std::vector<Scalar>& scalars) {
  std::string text = "[";
  for (const Scalar& scalar : scalars) {
    if (text.size() > 1) text += ',';
    AppendScalar(ViewOf(scalar), &text);
  }
  return text += ']';
}

// {"eq":1,"ne":2}
std::string ObjectOf(const Slots& slots) {
  std::string text = "{";
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].empty()) continue;
    if (text.size() > 1) text += ',';
    text.append("\"").append(kSlotNames[i]).append("\":").append(slots[i]);
  }
  return text += '}';
}

void SetValues(const std::vector<Scalar>& one_of, Slot single, Slot several, Slots* slots) {
  if (one_of.size() == 1) {
    (*slots)[single] = TextOf(one_of.front());
  } else if (!one_of.empty()) {
    (*slots)[several] = ListOf(one_of);
  }
}

// The operator that says that a condition does not hold, where there is one.
Slots NegatedSlots(const Condition& condition) {
  Slots slots;
  if (condition.present) slots[kPresent] = "false";
  if (!condition.search.empty()) slots[kNe] = Quoted(condition.search);
  if (IsOneOfOnly(condition)) SetValues(condition.one_of, kNe, kNotIn, &slots);
  return slots;
}

// One object of criteria while it is put together.
struct Criteria {
  std::map<std::string, Slots> members;
  std::vector<std::string> and_parts;
  std::string not_part;
  std::string or_parts;
};

std::string ObjectOf(Criteria criteria) {
  std::string text = "{";
  const auto add = [&](std::string_view name, std::string_view value) {
    if (text.size() > 1) text += ',';
    AppendJsonString(name, &text);
    text.append(":").append(value);
  };
  for (const auto& [name, slots] : criteria.members) add(name, ObjectOf(slots));
  if (!criteria.and_parts.empty()) {
    std::ranges::sort(criteria.and_parts);
    std::string parts;
    for (const std::string& part : criteria.and_parts)
      parts.append(parts.empty() ? "[" : ",").append(part);
    add("and", parts += ']');
  }
  if (!criteria.not_part.empty()) add("not", criteria.not_part);
  if (!criteria.or_parts.empty()) add("or", criteria.or_parts);
  return text += '}';
}

class Printer {
 public:
  FilterText Run(const Node& root) {
    totals_.json = Print(root, 1);
    return std::move(totals_);
  }

 private:
  // An object of criteria that stands on `level`, from 1.
  std::string Print(const Node& node, std::size_t level);
  std::string Finish(Criteria criteria, std::size_t level);
  void AddPositive(const Node& node, std::size_t level, Criteria* criteria);
  void AddTexts(const std::string& name, const std::vector<std::string>& texts, Slot slot,
                std::size_t level, Criteria* criteria);
  void AddOr(const Node& node, std::size_t level, Criteria* criteria);
  void AddNot(const Node& node, std::size_t level, Criteria* criteria);
  void AddPart(const Node& node, std::size_t level, Criteria* criteria) {
    criteria->and_parts.push_back(Print(node, level + 1));
  }

  FilterText totals_;
};

std::string Printer::Finish(Criteria criteria, std::size_t level) {
  totals_.levels = std::max(totals_.levels, level);
  totals_.conditions += criteria.members.size();
  return ObjectOf(std::move(criteria));
}

std::string Printer::Print(const Node& node, std::size_t level) {
  Criteria criteria;
  // What is negated takes the room that what is not leaves.
  for (const bool positive : {true, false}) {
    const auto add = [&](const Node& part) {
      if ((part.kind == Node::Kind::kCondition) != positive) return;
      if (positive) AddPositive(part, level, &criteria);
      if (part.kind == Node::Kind::kOr) AddOr(part, level, &criteria);
      if (part.kind == Node::Kind::kNot) AddNot(part, level, &criteria);
    };
    if (node.kind == Node::Kind::kAnd) {
      std::ranges::for_each(node.children, add);
    } else {
      add(node);
    }
  }
  return Finish(std::move(criteria), level);
}

void Printer::AddPositive(const Node& node, std::size_t level, Criteria* criteria) {
  const Condition& condition = node.condition;
  const std::string name = FullName(condition.field);
  // A second condition of one field, on a list: it may hold for another element.
  if (criteria->members.contains(name)) return AddPart(node, level, criteria);
  Slots& slots = criteria->members[name];
  if (condition.present) slots[kPresent] = "true";
  if (!condition.search.empty()) slots[kEq] = Quoted(condition.search);
  SetValues(condition.one_of, kEq, kIn, &slots);
  if (condition.low) slots[condition.low->open ? kGt : kGe] = TextOf(condition.low->value);
  if (condition.high) slots[condition.high->open ? kLt : kLe] = TextOf(condition.high->value);
  AddTexts(name, condition.prefixes, kPrefix, level, criteria);
  AddTexts(name, condition.suffixes, kSuffix, level, criteria);
  AddTexts(name, condition.contains, kContains, level, criteria);
}

// Further texts of one operator are conditions of their own: the same on all fields that can have
// them, which are no lists.
void Printer::AddTexts(const std::string& name, const std::vector<std::string>& texts, Slot slot,
                       std::size_t level, Criteria* criteria) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i == 0) {
      criteria->members[name][slot] = Quoted(texts[i]);
      continue;
    }
    Criteria part;
    part.members[name][slot] = Quoted(texts[i]);
    criteria->and_parts.push_back(Finish(std::move(part), level + 1));
  }
}

void Printer::AddOr(const Node& node, std::size_t level, Criteria* criteria) {
  if (!criteria->or_parts.empty()) return AddPart(node, level, criteria);
  std::string parts = "[";
  for (const Node& child : node.children) {
    if (parts.size() > 1) parts += ',';
    parts += Print(child, level + 1);
  }
  criteria->or_parts = parts += ']';
}

void Printer::AddNot(const Node& node, std::size_t level, Criteria* criteria) {
  const Node& negated = node.children.front();
  if (negated.kind == Node::Kind::kCondition) {
    const Slots slots = NegatedSlots(negated.condition);
    const auto wanted = std::ranges::find_if(slots, [](const auto& text) { return !text.empty(); });
    if (wanted != slots.end()) {
      Slots& member = criteria->members[FullName(negated.condition.field)];
      std::string& slot = member[static_cast<std::size_t>(wanted - slots.begin())];
      if (!slot.empty()) return AddPart(node, level, criteria);
      slot = *wanted;
      return;
    }
  }
  if (!criteria->not_part.empty()) return AddPart(node, level, criteria);
  criteria->not_part = Print(negated, level + 1);
}

}  // namespace

FilterText PrintFilter(const Node& node) { return Printer().Run(node); }

}  // namespace callstore::query
