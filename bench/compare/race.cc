#include "bench/compare/race.h"

#include <sys/resource.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace callstore::bench {
namespace {

constexpr std::size_t kCheckedArguments = 5;

std::string Said(std::string_view operation, PeerKind kind, std::string_view what) {
  return std::string(operation) + ": " + std::string(PeerName(kind)) + std::string(what);
}

std::string TotalText(const PeerAnswer& answer) {
  return answer.total ? std::to_string(*answer.total) : "no total";
}

void CheckArguments(const Contestants& contestants, const Question& question) {
  const std::size_t last = question.arguments - 1;
  for (std::size_t i = 0; i < std::min(kCheckedArguments, question.arguments); ++i) {
    // Of arguments that are timed once these are the last ones, which are not reached.
    const std::size_t argument = question.once ? last - i : i;
    for (const PeerKind kind : question.kinds) {
      if (!question.ask(contestants.reader(kind), argument)) {
        Stop(Said(question.operation, kind, " failed"));
      }
    }
    CheckAnswers(question.operation, contestants, question.kinds);
    if (question.check) {
      question.check(argument, contestants.reader(question.kinds.front()).answer());
    }
  }
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

void WaitUntilQuiet() {
  constexpr std::chrono::milliseconds kMoment{200};
  constexpr double kQuietSeconds = 0.002;
  const Clock::time_point start = Clock::now();
  double before = CpuSeconds();
  while (NsSince(start) < 120e9) {
    std::this_thread::sleep_for(kMoment);
    const double now = CpuSeconds();
    if (now - before < kQuietSeconds) return;
    before = now;
  }
}

PerPeer<Samples> Race(std::string_view operation, const std::vector<PeerKind>& kinds,
                      const Pace& pace, const Run& run) {
  constexpr double kTurnNs = 2e6;
  PerPeer<Samples> ns;
  const Clock::time_point start = Clock::now();
  for (std::size_t round = 0; round < pace.most_rounds; ++round) {
    if (round >= pace.least_rounds && NsSince(start) > pace.seconds * 1e9) break;
    for (std::size_t place = 0; place < kinds.size(); ++place) {
      const PeerKind kind = kinds[WhoseTurn(round, place, kinds.size())];
      double turn_ns = 0;
      for (std::size_t k = 0; k < pace.turn_runs && turn_ns < kTurnNs; ++k) {
        const std::size_t argument = round * pace.turn_runs + k;
        const Clock::time_point begin = Clock::now();
        const bool done = run(kind, argument);
        const double taken_ns = NsSince(begin);
        if (!done) Stop(Said(operation, kind, " failed"));
        ns[Index(kind)].Add(taken_ns);
        turn_ns += taken_ns;
      }
    }
  }
  return ns;
}

void CheckIds(std::string_view operation, std::string_view who, const std::vector<std::string>& ids,
              const std::vector<std::string>& expected) {
  if (ids == expected) return;
  const auto [at, expected_at] = std::ranges::mismatch(ids, expected);
  const std::string place = std::to_string(at - ids.begin());
  Stop(std::string(operation) + ": at place " + place + " of " + std::string(who) + " stands " +
       (at == ids.end() ? "nothing" : *at) + ", not " +
       (expected_at == expected.end() ? "nothing" : *expected_at));
}

void CheckAnswers(std::string_view operation, const Contestants& contestants,
                  const std::vector<PeerKind>& kinds) {
  const PeerAnswer expected = contestants.reader(kinds.front()).answer();
  for (const PeerKind kind : kinds) {
    const PeerAnswer answer = contestants.reader(kind).answer();
    CheckIds(operation, PeerName(kind), answer.ids, expected.ids);
    if (answer.total != expected.total) {
      Stop(Said(operation, kind,
                " counts " + TotalText(answer) + ", " + std::string(PeerName(kinds.front())) + " " +
                    TotalText(expected)));
    }
    if (!answer.ids.empty() && answer.bytes == 0) Stop(Said(operation, kind, " gave no bytes"));
  }
}

void AskAll(const Contestants& contestants, const Question& question, double seconds,
            std::vector<Row>* rows) {
  if (question.kinds.empty()) return;
  Progress(question.operation + ", " + question.data);
  CheckArguments(contestants, question);
  Pace pace{.seconds = seconds};
  if (question.once) {
    pace.turn_runs = 1;
    pace.most_rounds = question.arguments - std::min(kCheckedArguments, question.arguments - 1);
  }
  const PerPeer<Samples> ns =
      Race(question.operation, question.kinds, pace, [&](PeerKind kind, std::size_t argument) {
        return question.ask(contestants.reader(kind), argument % question.arguments);
      });
  Row row{.work = question.work,
          .operation = question.operation,
          .data = question.data,
          .topic = question.topic};
  for (const PeerKind kind : question.kinds) row.figures[Index(kind)] = MedianOf(ns[Index(kind)]);
  rows->push_back(std::move(row));
}

}  // namespace callstore::bench
