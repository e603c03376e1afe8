// soak_hostile.h - clients without manners: broken requests, slow ones, too many, strangers.
//
// Thread safety: each is one thread's.
#ifndef CALLSTORE_TESTS_HTTP_SOAK_HOSTILE_H_
#define CALLSTORE_TESTS_HTTP_SOAK_HOSTILE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "http/soak_run.h"

namespace callstore::http {

struct SoakHostileParts {
  const SoakOrganization& own;
  const SoakOrganization& other;
  std::string other_cursor;  // of the other's list by time, without a filter
  std::size_t max_connections = 0;
  std::uint64_t seed = 0;
};

// One quick attack after another until the run is over.
void RunHostile(const SoakHostileParts& parts, SoakRun* run);

// Many connections that send and read a byte now and then, until the run is over.
void RunSlow(const SoakHostileParts& parts, SoakRun* run);

}  // namespace callstore::http

#endif  // CALLSTORE_TESTS_HTTP_SOAK_HOSTILE_H_
