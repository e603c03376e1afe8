#include "bench/array_columns.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

// The loops below as wide as the machine at hand allows, as the library's own.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define CALLSTORE_BENCH_WIDE __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define CALLSTORE_BENCH_WIDE
#endif

namespace callstore::bench {

namespace {

constexpr std::size_t kBlock = 4096;  // rows whose mask stays in the first cache

CALLSTORE_BENCH_WIDE void KeepEqual(const std::uint8_t* __restrict values, std::uint8_t wanted,
                                    std::uint8_t* __restrict mask) {
  for (std::size_t i = 0; i < kBlock; ++i) {
    mask[i] = static_cast<std::uint8_t>(mask[i] & std::uint8_t{values[i] == wanted});
  }
}

CALLSTORE_BENCH_WIDE void KeepEqual(const std::uint64_t* __restrict values, std::uint64_t wanted,
                                    std::uint8_t* __restrict mask) {
  for (std::size_t i = 0; i < kBlock; ++i) {
    mask[i] = static_cast<std::uint8_t>(mask[i] & std::uint8_t{values[i] == wanted});
  }
}

// least <= value <= least + span.
CALLSTORE_BENCH_WIDE void KeepRange(const std::uint32_t* __restrict values, std::uint32_t least,
                                    std::uint32_t span, std::uint8_t* __restrict mask) {
  for (std::size_t i = 0; i < kBlock; ++i) {
    mask[i] = static_cast<std::uint8_t>(mask[i] & std::uint8_t{values[i] - least <= span});
  }
}

CALLSTORE_BENCH_WIDE std::size_t CountOf(const std::uint8_t* mask) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < kBlock; i += sizeof(std::uint64_t)) {
    std::uint64_t eight;
    std::memcpy(&eight, mask + i, sizeof eight);
    count += static_cast<std::size_t>(std::popcount(eight));
  }
  return count;
}

template <typename F>
void ForEach(const std::uint8_t* mask, F&& on_row) {
  for (std::size_t i = 0; i < kBlock; i += sizeof(std::uint64_t)) {
    std::uint64_t eight;
    std::memcpy(&eight, mask + i, sizeof eight);
    for (; eight != 0; eight &= eight - 1) {
      on_row(i + static_cast<std::size_t>(std::countr_zero(eight)) / 8);
    }
  }
}

}  // namespace

// One byte a row: 1 where it matches.
struct ArrayColumns::Mask {
  alignas(64) std::uint8_t bytes[kBlock];
};

ArrayColumns::ArrayColumns(const ColumnCalls& calls)
    : calls_(calls), rows_(static_cast<std::size_t>(calls.size())) {
  const std::size_t padded = (rows_ + kBlock - 1) / kBlock * kBlock;
  const auto resize = [&](auto&... columns) { (columns.resize(padded), ...); };
  resize(starts_, durations_, costs_, customers_, to_numbers_, from_numbers_, ties_, latencies_);
  resize(agents_, statuses_, types_, directions_, reasons_, sentiments_, campaigns_, plans_);
  for (std::size_t row = 0; row < rows_; ++row) {
    const std::int64_t number = calls.size() - 1 - static_cast<std::int64_t>(row);
    const CallFacts facts = calls.Facts(number);
    starts_[row] = facts.start_timestamp;
    durations_[row] = facts.duration_ms;
    costs_[row] = facts.cost_ten_thousandths;
    customers_[row] = facts.customer;
    to_numbers_[row] = facts.to_number;
    from_numbers_[row] = facts.from_number;
    ties_[row] = calls.Tie(number);
    latencies_[row] = facts.latency_tenths;
    agents_[row] = facts.agent;
    statuses_[row] = facts.status;
    types_[row] = facts.type;
    directions_[row] = facts.direction;
    reasons_[row] = facts.reason;
    sentiments_[row] = facts.sentiment;
    campaigns_[row] = facts.campaign;
    plans_[row] = facts.plan;
  }
}

ArrayAnswer::Row ArrayColumns::At(std::size_t row) const {
  return {.number = calls_.size() - 1 - static_cast<std::int64_t>(row),
          .facts = {.start_timestamp = starts_[row],
                    .duration_ms = durations_[row],
                    .agent = agents_[row],
                    .status = statuses_[row],
                    .type = types_[row],
                    .direction = directions_[row],
                    .reason = reasons_[row],
                    .sentiment = sentiments_[row],
                    .campaign = campaigns_[row],
                    .plan = plans_[row],
                    .customer = customers_[row],
                    .from_number = from_numbers_[row],
                    .to_number = to_numbers_[row],
                    .cost_ten_thousandths = costs_[row],
                    .latency_tenths = latencies_[row]}};
}

// Rows are in the order of time: those since a moment are the first ones.
std::size_t ArrayColumns::EndOfRange(const ColumnFilter& filter) const {
  if (!filter.start_ge) return rows_;
  const auto end = starts_.begin() + static_cast<std::ptrdiff_t>(rows_);
  const auto first_older = std::partition_point(
      starts_.begin(), end, [&](std::int64_t start) { return start >= *filter.start_ge; });
  return static_cast<std::size_t>(first_older - starts_.begin());
}

void ArrayColumns::Match(const ColumnFilter& filter, std::size_t block, std::size_t end,
                         Mask* mask) const {
  const std::size_t first = block * kBlock;
  std::uint8_t* const bytes = mask->bytes;
  std::memset(bytes, 1, kBlock);
  if (filter.agent) KeepEqual(&agents_[first], *filter.agent, bytes);
  if (filter.status) KeepEqual(&statuses_[first], *filter.status, bytes);
  if (filter.direction) KeepEqual(&directions_[first], *filter.direction, bytes);
  if (filter.sentiment) KeepEqual(&sentiments_[first], *filter.sentiment, bytes);
  if (filter.campaign) KeepEqual(&campaigns_[first], *filter.campaign, bytes);
  if (filter.HasDuration()) {
    // An absent duration is 0 here.
    const std::uint32_t least = std::max(filter.least_duration_ms.value_or(1), 1U);
    const std::uint32_t most =
        filter.most_duration_ms.value_or(std::numeric_limits<std::uint32_t>::max());
    KeepRange(&durations_[first], least, most - least, bytes);
  }
  if (filter.to_number) KeepEqual(&to_numbers_[first], *filter.to_number, bytes);
  if (end - first < kBlock) std::memset(bytes + (end - first), 0, kBlock - (end - first));
}

void ArrayColumns::CountAll(const ColumnFilter& filter, ArrayAnswer* answer) const {
  const std::size_t end = EndOfRange(filter);
  ColumnFilter rest = filter;
  rest.start_ge.reset();
  if (rest.Empty()) {
    answer->total = static_cast<std::int64_t>(end);
    return;
  }
  Mask mask;
  std::size_t total = 0;
  for (std::size_t block = 0; block * kBlock < end; ++block) {
    Match(filter, block, end, &mask);
    total += CountOf(mask.bytes);
  }
  answer->total = static_cast<std::int64_t>(total);
}

void ArrayColumns::NewestPage(const ColumnQuery& query, ArrayAnswer* answer) const {
  const std::int64_t first = query.page * kColumnsLimit;
  if (query.filter.Empty()) {
    answer->total = static_cast<std::int64_t>(rows_);
    for (std::int64_t row = first; row < std::min(first + kColumnsLimit, answer->total); ++row) {
      answer->rows.push_back(At(static_cast<std::size_t>(row)));
    }
    return;
  }
  const std::size_t end = EndOfRange(query.filter);
  Mask mask;
  std::int64_t seen = 0;
  for (std::size_t block = 0; block * kBlock < end; ++block) {
    Match(query.filter, block, end, &mask);
    const auto count = static_cast<std::int64_t>(CountOf(mask.bytes));
    if (seen + count > first && seen < first + kColumnsLimit) {
      std::int64_t rank = seen;
      ForEach(mask.bytes, [&](std::size_t i) {
        if (rank >= first && rank < first + kColumnsLimit) {
          answer->rows.push_back(At(block * kBlock + i));
        }
        ++rank;
      });
    }
    seen += count;
  }
  answer->total = seen;
}

bool ArrayColumns::Longer(const Candidate& a, const Candidate& b) const {
  if (a.duration_ms != b.duration_ms) return a.duration_ms > b.duration_ms;
  return ties_[a.row] > ties_[b.row];
}

// Keeps the rows that may still be among the first ones, and the duration below which none is.
void ArrayColumns::LongestPage(const ColumnQuery& query, ArrayAnswer* answer) const {
  const auto longer = [this](const Candidate& a, const Candidate& b) { return Longer(a, b); };
  const auto first = static_cast<std::size_t>(query.page * kColumnsLimit);
  const std::size_t needed = first + kColumnsLimit;
  const std::size_t most = std::max<std::size_t>(2 * needed, 4 * kBlock);
  const std::size_t end = EndOfRange(query.filter);
  std::vector<Candidate> kept;
  kept.reserve(most + kBlock);
  std::uint32_t least_ms = 0;
  Mask mask;
  for (std::size_t block = 0; block * kBlock < end; ++block) {
    Match(query.filter, block, end, &mask);
    answer->total += static_cast<std::int64_t>(CountOf(mask.bytes));
    const std::size_t base = block * kBlock;
    KeepRange(&durations_[base], least_ms, std::numeric_limits<std::uint32_t>::max() - least_ms,
              mask.bytes);
    ForEach(mask.bytes, [&](std::size_t i) {
      kept.push_back({durations_[base + i], static_cast<std::uint32_t>(base + i)});
    });
    if (kept.size() > most) {
      const auto nth = kept.begin() + static_cast<std::ptrdiff_t>(needed - 1);
      std::nth_element(kept.begin(), nth, kept.end(), longer);
      least_ms = nth->duration_ms;
      kept.resize(needed);
    }
  }
  if (first >= kept.size()) return;
  const auto begin = kept.begin() + static_cast<std::ptrdiff_t>(first);
  const std::size_t count = std::min<std::size_t>(kColumnsLimit, kept.size() - first);
  std::nth_element(kept.begin(), begin, kept.end(), longer);
  std::partial_sort(begin, begin + static_cast<std::ptrdiff_t>(count), kept.end(), longer);
  for (std::size_t i = first; i < first + count; ++i) answer->rows.push_back(At(kept[i].row));
}

// Four sets of cells in turn, so that calls of one agent in a row do not wait for each other.
void ArrayColumns::Aggregate(const ColumnFilter& filter, ArrayAnswer* answer) const {
  constexpr std::size_t kSets = 4;
  std::array<std::array<ArrayAnswer::Cell, kAgents>, kSets> sets{};
  const auto add = [&](std::size_t row) {
    ArrayAnswer::Cell& cell = sets[row % kSets][agents_[row]];
    ++cell.calls;
    cell.with_duration += durations_[row] != 0 ? 1 : 0;
    cell.duration_ms += durations_[row];
  };
  const std::size_t end = EndOfRange(filter);
  if (filter.Empty()) {
    for (std::size_t row = 0; row < end; ++row) add(row);
  } else {
    Mask mask;
    for (std::size_t block = 0; block * kBlock < end; ++block) {
      Match(filter, block, end, &mask);
      ForEach(mask.bytes, [&](std::size_t i) { add(block * kBlock + i); });
    }
  }
  for (const auto& set : sets) {
    for (std::size_t agent = 0; agent < kAgents; ++agent) {
      ArrayAnswer::Cell& cell = answer->agents[agent];
      cell.calls += set[agent].calls;
      cell.with_duration += set[agent].with_duration;
      cell.duration_ms += set[agent].duration_ms;
      answer->total += set[agent].calls;
    }
  }
}

void ArrayColumns::Answer(const ColumnQuery& query, ArrayAnswer* answer) const {
  answer->total = 0;
  answer->rows.clear();
  answer->agents = {};
  switch (query.task) {
    case ColumnTask::kCount:
      return CountAll(query.filter, answer);
    case ColumnTask::kPage:
      return query.by_duration ? LongestPage(query, answer) : NewestPage(query, answer);
    case ColumnTask::kAggregate:
      return Aggregate(query.filter, answer);
  }
}

ColumnAnswer ArrayColumns::Answer(const ColumnQuery& query) const {
  ArrayAnswer found;
  Answer(query, &found);
  ColumnAnswer answer{.total = found.total};
  for (const ArrayAnswer::Row& row : found.rows) answer.ids.push_back(calls_.Id(row.number));
  for (std::size_t agent = 0; agent < kAgents; ++agent) {
    const ArrayAnswer::Cell& cell = found.agents[agent];
    if (cell.calls == 0) continue;
    const double average = static_cast<double>(cell.duration_ms) /
                           static_cast<double>(std::max<std::int64_t>(cell.with_duration, 1));
    answer.agents.push_back(
        {ColumnCalls::Agent(static_cast<std::uint8_t>(agent)), cell.calls, average});
  }
  std::ranges::sort(answer.agents, {}, &AgentFigures::agent);
  return answer;
}

std::uint64_t ArrayColumns::ToNumberOf(std::int64_t calls) const {
  constexpr std::size_t kTries = 200;
  std::uint64_t some = 0;
  std::size_t tries = 0;
  for (std::size_t row = 0; row < rows_ && tries < kTries; ++row) {
    if (to_numbers_[row] == 0) continue;
    some = to_numbers_[row];
    ArrayAnswer answer;
    CountAll({.to_number = some}, &answer);
    if (answer.total == calls) return some;
    ++tries;
  }
  return some;
}

}  // namespace callstore::bench
