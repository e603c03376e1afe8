// race.h - the same work by several peers in turns, each answer checked before the clock starts.
// A turn is a few runs, so that a peer whose run takes microseconds is not timed with the CPU's
// caches as the seconds of another one left them; the order of turns changes from round to round.
//
// Thread safety: none; one thread.
// Errors:        work that fails, or answers that differ, end the program with a line that says who
//                and what.
#ifndef CALLSTORE_BENCH_COMPARE_RACE_H_
#define CALLSTORE_BENCH_COMPARE_RACE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/compare/contestants.h"
#include "bench/compare/results.h"
#include "bench/peers/peer.h"

namespace callstore::bench {

using Clock = std::chrono::steady_clock;
inline double NsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

struct Pace {
  std::size_t turn_runs = 8;      // in one turn, unless they take more than 2 ms
  std::size_t most_rounds = 500;  // of turns
  std::size_t least_rounds = 3;   // also where `seconds` are over
  double seconds = 1.5;           // for all
};

// Does the work on its argument-th argument, and says whether it could. Run k of round r has
// argument r * turn_runs + k, whoever it is.
using Run = std::function<bool(PeerKind kind, std::size_t argument)>;

// Returns once nothing has run in this process for a moment: no compaction of an engine goes on
// beside the work of another. Waits two minutes at most.
void WaitUntilQuiet();

// ns of each run by each peer.
PerPeer<Samples> Race(std::string_view operation, const std::vector<PeerKind>& kinds,
                      const Pace& pace, const Run& run);

// Ends the program unless all last answers of these readers are the same as the first one's.
void CheckAnswers(std::string_view operation, const Contestants& contestants,
                  const std::vector<PeerKind>& kinds);
void CheckIds(std::string_view operation, std::string_view who, const std::vector<std::string>& ids,
              const std::vector<std::string>& expected);

// A question to a reader.
struct Question {
  std::string work;  // the words of its row
  std::string operation;
  std::string data;
  Topic topic = Topic::kPage;
  std::vector<PeerKind> kinds;
  std::function<bool(Reader& reader, std::size_t argument)> ask;
  std::size_t arguments = 1;  // how many different ones there are
  // Each argument is timed only once: what is remembered of an answer does not count.
  bool once = false;
  // What is known about the answer without asking anybody; may be empty.
  std::function<void(std::size_t argument, const PeerAnswer& answer)> check = {};
};

// Checks the answers to some of the arguments, then times it. The row goes to `results`.
void AskAll(const Contestants& contestants, const Question& question, double seconds,
            std::vector<Row>* rows);

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_COMPARE_RACE_H_
