// progress.h - a line on the terminal that tells how far a long command is.
// It is drawn on standard error at most ten times a second, and only where that is a terminal.
//
// Thread safety: one thread at a time.
#ifndef CALLSTORE_SRC_CLI_PROGRESS_H_
#define CALLSTORE_SRC_CLI_PROGRESS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace callstore::cli {

class Progress {
 public:
  // Draws nothing where `enabled` is false.
  explicit Progress(bool enabled) : enabled_(enabled) {}
  ~Progress() { Clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Starts measuring a new piece of work. `total` is in the unit of `done`; 0: not known. `noun` is
  // one of what Update counts.
  void Start(std::string label, std::int64_t total, std::string noun = "call");

  // `done` of the total; `count` calls, or what else they are, since Start.
  void Update(std::int64_t done, std::int64_t count);

  // Takes the line away, so that something else can be written.
  void Clear();

 private:
  using Clock = std::chrono::steady_clock;

  bool enabled_;
  bool shown_ = false;
  std::string label_;
  std::string noun_;
  std::int64_t total_ = 0;
  Clock::time_point start_;
  Clock::time_point last_drawn_;
};

struct ProgressState {
  std::string_view label;
  std::int64_t done = 0;
  std::int64_t total = 0;
  std::int64_t calls = 0;
  double elapsed_s = 0;
  std::string_view noun = "call";
};

// The line, at most `width` columns wide.
std::string FormatProgress(const ProgressState& state, std::size_t width);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_PROGRESS_H_
