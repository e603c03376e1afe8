#include "query/filter_tree.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "query/condition.h"
#include "query/filter_text.h"
#include "query/scalar.h"

namespace callstore::query {
namespace {

using Kind = Node::Kind;

// Moves what `node` is made of, where it is of kind `kind`, else itself, to `parts`.
void Splice(Node node, Kind kind, std::vector<Node>* parts) {
  if (node.kind == kind) {
    std::ranges::move(node.children, std::back_inserter(*parts));
  } else {
    parts->push_back(std::move(node));
  }
}

// The condition that a part holds for itself, to be joined with those of other parts; null: none.
using ConditionOf = Condition* (*)(Node*);

Condition* OwnCondition(Node* node) {
  return node->kind == Kind::kCondition ? &node->condition : nullptr;
}

Condition* OwnValues(Node* node) {
  Condition* const condition = OwnCondition(node);
  return condition != nullptr && IsOneOfOnly(*condition) ? condition : nullptr;
}

Condition* NegatedValues(Node* node) {
  return node->kind == Kind::kNot ? OwnValues(&node->children.front()) : nullptr;
}

// Joins the conditions of one field, each into the first of them. `join` may refuse a pair for good
// by returning false: then all of this is false.
template <typename Join>
bool JoinConditions(ConditionOf condition_of, const Join& join, std::vector<Node>* parts) {
  std::vector<Condition*> kept;
  std::vector<Node> joined;
  joined.reserve(parts->size());  // `kept` points into it
  for (Node& part : *parts) {
    const Condition* const condition = condition_of(&part);
    if (condition == nullptr) {
      joined.push_back(std::move(part));
      continue;
    }
    const auto same = std::ranges::find(kept, condition->field, &Condition::field);
    if (same == kept.end()) {
      joined.push_back(std::move(part));
      kept.push_back(condition_of(&joined.back()));
    } else if (!join(*condition, *same)) {
      return false;
    }
  }
  *parts = std::move(joined);
  return true;
}

// One of these or one of those is one of both, on a list as well.
void UniteValues(ConditionOf condition_of, std::vector<Node>* parts) {
  const auto unite = [](const Condition& more, Condition* condition) {
    condition->one_of.insert(condition->one_of.end(), more.one_of.begin(), more.one_of.end());
    return true;
  };
  JoinConditions(condition_of, unite, parts);
  for (Node& part : *parts) {
    Condition* const condition = condition_of(&part);
    if (condition != nullptr) SortScalars(LetterCaseOf(condition->field), &condition->one_of);
  }
}

// On a list, two conditions may hold for two elements: they stay two.
Condition* SingleValueCondition(Node* node) {
  Condition* const condition = OwnCondition(node);
  return condition != nullptr && !IsList(condition->field) ? condition : nullptr;
}

// The node of two parts or more; of one, that part; of none, `neutral`.
Node Finish(Kind kind, std::vector<Node> parts, Node neutral) {
  if (parts.empty()) return neutral;
  if (parts.size() == 1) return Node(std::move(parts.front()));
  std::vector<std::pair<std::string, Node>> sorted;
  sorted.reserve(parts.size());
  for (Node& part : parts) {
    std::string text = PrintFilter(part).json;
    sorted.emplace_back(std::move(text), std::move(part));
  }
  std::ranges::sort(sorted, {}, &std::pair<std::string, Node>::first);
  Node node;
  node.kind = kind;
  const std::string* last = nullptr;
  for (auto& [text, part] : sorted) {
    if (last == nullptr || *last != text) node.children.push_back(std::move(part));
    last = &text;
  }
  if (node.children.size() > 1) return node;
  return Node(std::move(node.children.front()));
}

}  // namespace

Node NothingNode() {
  Node node;
  node.kind = Kind::kOr;
  return node;
}

bool IsNothing(const Node& node) { return node.kind == Kind::kOr && node.children.empty(); }

Node ConditionNode(Condition condition) {
  Node node;
  node.kind = Kind::kCondition;
  node.condition = std::move(condition);
  return node;
}

Node JoinAnd(std::vector<Node> parts) {
  if (parts.size() == 1) return Node(std::move(parts.front()));
  std::vector<Node> flat;
  for (Node& part : parts) {
    if (IsNothing(part)) return NothingNode();
    if (part.kind != Kind::kEverything) Splice(std::move(part), Kind::kAnd, &flat);
  }
  if (!JoinConditions(SingleValueCondition, Intersect, &flat)) return NothingNode();
  UniteValues(NegatedValues, &flat);
  return Finish(Kind::kAnd, std::move(flat), Node());
}

Node JoinOr(std::vector<Node> parts) {
  if (parts.size() == 1) return Node(std::move(parts.front()));
  std::vector<Node> flat;
  for (Node& part : parts) {
    if (part.kind == Kind::kEverything) return {};
    Splice(std::move(part), Kind::kOr, &flat);  // nothing has no children to add
  }
  UniteValues(OwnValues, &flat);
  return Finish(Kind::kOr, std::move(flat), NothingNode());
}

Node Negate(Node part) {
  if (part.kind == Kind::kEverything) return NothingNode();
  if (IsNothing(part)) return {};
  if (part.kind == Kind::kNot) return Node(std::move(part.children.front()));
  Node node;
  node.kind = Kind::kNot;
  node.children.push_back(std::move(part));
  return node;
}

}  // namespace callstore::query
