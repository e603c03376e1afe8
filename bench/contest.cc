#include "bench/contest.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

namespace callstore::bench {
namespace {

struct Row {
  std::string operation, data, aim, bound, note;
  double p50_us, p99_us, bound_p50_us, bound_p99_us;
};

std::vector<Row>& Rows() {
  static std::vector<Row> rows;
  return rows;
}

std::string Text(const char* format, double number) {
  char text[64];
  std::snprintf(text, sizeof text, format, number);
  return text;
}

}  // namespace

Contest::Contest(Description description, std::vector<Way> ways)
    : description_(std::move(description)), ways_(std::move(ways)) {}

bool Contest::Round(benchmark::State* state, std::size_t size_bytes) {
  using Clock = std::chrono::steady_clock;
  const std::size_t count = ways_.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t which = WhoseTurn(rounds_, i, count);
    Way& way = ways_[which];
    const Clock::time_point start = Clock::now();
    const bool done = way.run();
    const std::chrono::duration<double, std::nano> taken = Clock::now() - start;
    if (!done) {
      state->SkipWithError((way.name + " failed").c_str());
      return false;
    }
    way.ns.Add(taken.count());
    if (size_bytes > 0) way.ns_per_byte.Add(taken.count() / static_cast<double>(size_bytes));
    if (which == 0) state->SetIterationTime(taken.count() * 1e-9);
  }
  ++rounds_;
  return true;
}

void Contest::Report(benchmark::State* state) {
  if (ways_[0].ns.empty()) return;
  Row row{.operation = description_.operation,
          .data = description_.data,
          .aim = description_.aim,
          .bound = ways_[1].name,
          .note = {},
          .p50_us = ways_[0].ns.Percentile(0.5) / 1e3,
          .p99_us = ways_[0].ns.Percentile(0.99) / 1e3,
          .bound_p50_us = ways_[1].ns.Percentile(0.5) / 1e3,
          .bound_p99_us = ways_[1].ns.Percentile(0.99) / 1e3};
  state->SetLabel(description_.data + "; against " + row.bound);
  state->counters["p50_us"] = row.p50_us;
  state->counters["p99_us"] = row.p99_us;
  state->counters["bound_p50_us"] = row.bound_p50_us;
  state->counters["bound_p99_us"] = row.bound_p99_us;
  state->counters["ratio"] = row.p50_us / row.bound_p50_us;
  if (!ways_[0].ns_per_byte.empty()) {
    const double speed = 1e3 / ways_[0].ns_per_byte.Percentile(0.5);
    const double bound_speed = 1e3 / ways_[1].ns_per_byte.Percentile(0.5);
    state->counters["MB_per_s"] = speed;
    state->counters["bound_MB_per_s"] = bound_speed;
    row.note += Text("%.0f MB/s, bound ", speed) + Text("%.0f MB/s", bound_speed);
  }
  if (ways_.size() > 2) {
    const double other_us = ways_[2].ns.Percentile(0.5) / 1e3;
    state->counters["other_p50_us"] = other_us;
    state->counters["other_ratio"] = row.p50_us / other_us;
    if (!row.note.empty()) row.note += "; ";
    row.note += Text("x %.3g", row.p50_us / other_us) + Text(" of %.2f us", other_us) +
                Text(" (%+.2f us): ", row.p50_us - other_us) + ways_[2].name;
  }
  std::erase_if(Rows(), [&](const Row& old) {
    return old.operation == row.operation && old.data == row.data;
  });
  Rows().push_back(std::move(row));
}

void PrintTable() {
  if (Rows().empty()) return;
  std::printf("\n%-44s %10s %10s %10s %10s %6s  %s\n", "operation", "p50 us", "p99 us", "bound p50",
              "bound p99", "ratio", "aim; bound; also");
  std::string data;
  for (const Row& row : Rows()) {
    if (row.data != data) std::printf("-- %s\n", row.data.c_str());
    data = row.data;
    std::printf("%-44s %10.2f %10.2f %10.2f %10.2f %6.2f  %s%s%s%s%s\n", row.operation.c_str(),
                row.p50_us, row.p99_us, row.bound_p50_us, row.bound_p99_us,
                row.p50_us / row.bound_p50_us, row.aim.c_str(), row.aim.empty() ? "" : "; ",
                row.bound.c_str(), row.note.empty() ? "" : "; ", row.note.c_str());
  }
}

}  // namespace callstore::bench
