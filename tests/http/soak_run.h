// soak_run.h - what all clients of one soak share: where the server is, when to stop, what was
// seen.
//
// Thread safety: all members from any thread.
#ifndef CALLSTORE_TESTS_HTTP_SOAK_RUN_H_
#define CALLSTORE_TESTS_HTTP_SOAK_RUN_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "http/soak_check.h"

namespace callstore::http {

using SoakClock = std::chrono::steady_clock;

class SoakRun {
 public:
  SoakRun(int port, std::uint64_t seed, std::chrono::milliseconds time)
      : port_(port), seed_(seed), began_(SoakClock::now()), time_(time) {}

  int port() const { return port_; }
  std::uint64_t seed() const { return seed_; }
  // The time is over, or so much is wrong that more would tell nothing.
  bool over() const { return problems_seen_ >= 10 || SoakClock::now() - began_ >= time_; }

  void Problem(const std::string& what) {
    const std::lock_guard lock(mutex_);
    if (problems_seen_++ < 10) problems_.push_back(what);
  }
  // A good request that took this long, now.
  void Good(int status, std::chrono::microseconds took) {
    const auto now = std::chrono::duration<double>(SoakClock::now() - began_);
    const double part = now / std::chrono::duration<double>(time_);
    const std::size_t third = part < 1.0 / 3 ? 0 : part < 2.0 / 3 ? 1 : 2;
    const std::lock_guard lock(mutex_);
    micros_[third].push_back(static_cast<std::uint32_t>(took.count()));
    ++statuses_[status];
  }
  // 0: the server ended the connection without an answer.
  void Hostile(int status) {
    const std::lock_guard lock(mutex_);
    ++hostile_;
    ++statuses_[status];
  }

  std::vector<std::string> problems() const {
    const std::lock_guard lock(mutex_);
    return problems_;
  }
  // In ms; 0 where nothing was asked in that third.
  double P99(std::size_t third) {
    const std::lock_guard lock(mutex_);
    std::vector<std::uint32_t>& micros = micros_.at(third);
    if (micros.empty()) return 0;
    const auto at = static_cast<std::ptrdiff_t>(micros.size() * 99 / 100);
    std::nth_element(micros.begin(), micros.begin() + at, micros.end());
    return micros[static_cast<std::size_t>(at)] / 1000.0;
  }
  std::size_t good() const {
    const std::lock_guard lock(mutex_);
    return micros_[0].size() + micros_[1].size() + micros_[2].size();
  }
  std::size_t hostile() const {
    const std::lock_guard lock(mutex_);
    return hostile_;
  }
  std::string Statuses() const {
    const std::lock_guard lock(mutex_);
    std::string text;
    for (const auto& [status, count] : statuses_) {
      text += (text.empty() ? "" : " ") + std::to_string(status) + ":" + std::to_string(count);
    }
    return text;
  }

  // Connections beyond the cap are open, or were a moment ago: others may find no place.
  void Crowd(bool begins) {
    crowds_ += begins ? 1 : 0;
    crowd_until_ = (SoakClock::now() + std::chrono::seconds(begins ? 3600 : 2)).time_since_epoch();
  }
  // How many crowds there were; odd things happen only where this changes or one is there.
  std::uint64_t crowds() const { return crowds_; }
  bool crowded() const { return SoakClock::now().time_since_epoch() < crowd_until_.load(); }

 private:
  const int port_;
  const std::uint64_t seed_;
  const SoakClock::time_point began_;
  const std::chrono::milliseconds time_;
  std::atomic<std::size_t> problems_seen_ = 0;
  std::atomic<std::uint64_t> crowds_ = 0;
  std::atomic<SoakClock::duration> crowd_until_ = SoakClock::duration{};
  mutable std::mutex mutex_;
  std::vector<std::string> problems_;
  std::array<std::vector<std::uint32_t>, 3> micros_;
  std::map<int, std::size_t> statuses_;
  std::size_t hostile_ = 0;
};

// "GET /a HTTP/1.1", the key pair, and what else: all of a head.
inline std::string SoakHead(const std::string& method, const std::string& target,
                            const SoakOrganization& organization, const std::string& more = {}) {
  return method + " " + target + " HTTP/1.1\r\nHost: x\r\nX-API-KEY: " + organization.key +
         "\r\nX-API-SECRET: " + organization.secret + "\r\n" + more + "\r\n";
}
inline std::string SoakRequest(const std::string& method, const std::string& target,
                               const SoakOrganization& organization, const std::string& body,
                               const std::string& type = "application/json") {
  return SoakHead(method, target, organization,
                  "Content-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) +
                      "\r\n") +
         body;
}

}  // namespace callstore::http

#endif  // CALLSTORE_TESTS_HTTP_SOAK_RUN_H_
