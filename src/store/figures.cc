#include "store/figures.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace callstore::store {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool AllEqual(std::span<const std::uint32_t> groups) {
  std::uint32_t different = 0;
  for (const std::uint32_t group : groups) different |= group ^ groups.front();
  return different == 0;
}

}  // namespace

void Figures::AddNeedsOf(query::Function function) {
  using query::Function;
  needs_.sum = needs_.sum || function == Function::kSum || function == Function::kAvg;
  needs_.range = needs_.range || function == Function::kMin || function == Function::kMax;
  needs_.values = needs_.values || function == Function::kPercentile;
}

void Figures::Resize(std::size_t groups) {
  if (groups == counts_.size()) return;
  counts_.resize(groups);
  if (needs_.sum) sums_.Resize(groups);
  if (needs_.range) {
    least_.resize(groups, kInfinity);
    greatest_.resize(groups, -kInfinity);
  }
  if (needs_.values) values_.Resize(groups);
}

void Figures::Count(std::span<const std::uint32_t> groups) {
  if (groups.empty()) return;
  if (AllEqual(groups)) {
    counts_[groups.front()] += groups.size();
    return;
  }
  for (const std::uint32_t group : groups) ++counts_[group];
}

void Figures::Add(std::span<const std::uint32_t> groups, std::span<const double> values) {
  assert(groups.size() == values.size());
  Count(groups);
  if (groups.empty()) return;
  if (AllEqual(groups)) return AddToOne(groups.front(), values);
  // Loops of their own: each is short and its memory is small.
  if (needs_.sum) {
    for (std::size_t i = 0; i < groups.size(); ++i) sums_.Add(groups[i], values[i]);
  }
  if (needs_.range) {
    for (std::size_t i = 0; i < groups.size(); ++i) {
      double& least = least_[groups[i]];
      double& greatest = greatest_[groups[i]];
      least = std::min(least, values[i]);
      greatest = std::max(greatest, values[i]);
    }
  }
  if (needs_.values) {
    for (std::size_t i = 0; i < groups.size(); ++i) values_.Add(groups[i], values[i]);
  }
}

void Figures::Add(std::uint32_t group, const Part& part) {
  if (part.count == 0) return;
  counts_[group] += part.count;
  if (needs_.sum) sums_.Add(group, part.sum, part.sum_exponent);
  if (needs_.range) {
    least_[group] = std::min(least_[group], part.least);
    greatest_[group] = std::max(greatest_[group], part.greatest);
  }
  if (needs_.values) values_.Add(group, part.values);
}

void Figures::AddToOne(std::uint32_t group, std::span<const double> values) {
  if (needs_.sum) sums_.Add(group, values);
  if (needs_.range) {
    double least = least_[group];
    double greatest = greatest_[group];
    for (const double value : values) {
      least = std::min(least, value);
      greatest = std::max(greatest, value);
    }
    least_[group] = least;
    greatest_[group] = greatest;
  }
  if (needs_.values) {
    for (const double value : values) values_.Add(group, value);
  }
}

std::optional<double> Figures::Value(const query::Metric& metric, std::uint32_t group) {
  using query::Function;
  const std::uint64_t count = counts_[group];
  if (metric.function == Function::kCount) return static_cast<double>(count);
  if (count == 0) return std::nullopt;
  switch (metric.function) {
    case Function::kSum:
      return sums_.DividedBy(group, 1);
    case Function::kAvg:
      return sums_.DividedBy(group, count);
    case Function::kMin:
      return least_[group];
    case Function::kMax:
      return greatest_[group];
    case Function::kPercentile:
      return values_.Percentile(group, metric.per_mille);
    case Function::kCount:
      break;
  }
  return std::nullopt;
}

}  // namespace callstore::store
