// time.h - times as text. The other direction, ParseTime, is public (callstore/json.h).
#ifndef CALLSTORE_SRC_BASE_TIME_H_
#define CALLSTORE_SRC_BASE_TIME_H_

#include <cstdint>
#include <string>

namespace callstore {

// RFC 3339 in UTC with milliseconds: "2023-12-20T18:40:00.000Z". A time outside the years 0001 to
// 9999, which RFC 3339 cannot write, is given in ms. ParseTime reads both back.
std::string FormatTime(std::int64_t ms);

}  // namespace callstore

#endif  // CALLSTORE_SRC_BASE_TIME_H_
