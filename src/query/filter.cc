#include "callstore/filter.h"

namespace callstore {

Filter::Filter(const TimeRange& start_timestamp) {
  const auto& [ge, lt] = start_timestamp;
  std::vector<Test> tests;
  if (ge) tests.push_back({FilterOperator::kGe, {*ge}});
  if (lt) tests.push_back({FilterOperator::kLt, {*lt}});
  if (!tests.empty()) *this = Condition("start_timestamp", std::move(tests));
}

Filter Filter::Condition(std::string field, std::vector<Test> tests) {
  return Filter(
      Node{.kind = Kind::kCondition, .field = std::move(field), .tests = std::move(tests)});
}

Filter Filter::And(std::vector<Filter> parts) {
  if (parts.empty()) return {};
  return Filter(Node{.kind = Kind::kAnd, .parts = std::move(parts)});
}

Filter Filter::Or(std::vector<Filter> parts) {
  return Filter(Node{.kind = Kind::kOr, .parts = std::move(parts)});
}

Filter Filter::Not(Filter part) {
  Node node{.kind = Kind::kNot};
  node.parts.push_back(std::move(part));
  return Filter(std::move(node));
}

const Filter::Node& Filter::NodeOrEmpty() const {
  static const Node empty;
  return node_ == nullptr ? empty : *node_;
}

}  // namespace callstore
