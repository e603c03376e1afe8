// uuid.h - ids of calls. NewCallId, the public one, is declared in callstore/call.h.
// A new id is a UUID of version 7: 48 bits of ms, a 12-bit counter that starts at a random number
// below half each ms, 62 random bits. Time and counter are one number that never goes back: ids of
// one process rise strictly, also when its clock is set back or a ms has more than 2,048 ids (the
// time then runs ahead of the clock).
#ifndef CALLSTORE_SRC_BASE_UUID_H_
#define CALLSTORE_SRC_BASE_UUID_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace callstore {

// The id of a call that was given without one: a UUID of version 8 made from the hash of its
// call_id. The same every time, in every process and version.
std::string DerivedId(std::string_view call_id);

// The time (48 bits) and counter (12 bits) of the id after `previous`, at `now_ms`; `random` is any
// number.
std::uint64_t NextUuidTick(std::uint64_t previous, std::int64_t now_ms, std::uint64_t random);

// The text of a UUID of version 7.
std::string FormatUuid7(std::uint64_t tick, std::uint64_t random);

}  // namespace callstore

#endif  // CALLSTORE_SRC_BASE_UUID_H_
