// calendar.h - the hours, days, weeks and months of a time zone.
// A unit is known by its first instant. Clock changes are followed: a day may have 23 or 25 hours,
// and an hour that the clock shows twice is two units, told apart by their offset.
//
// Times that RFC 3339 cannot write (before the year 0001 and from the last day of 9999) are one
// unit before and one after all others.
//
// Thread safety: none; one thread (it keeps the unit that was found last).
// Errors:        none of the library's own; what the zone database throws ends in here.
#ifndef CALLSTORE_SRC_STORE_CALENDAR_H_
#define CALLSTORE_SRC_STORE_CALENDAR_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "callstore/error.h"
#include "query/aggregate_query.h"

namespace date {
class time_zone;
}

namespace callstore::store {

class Calendar {
 public:
  // `zone`: a name of the IANA database. "UTC" needs no database. invalid_argument: there is no
  // such zone (with the `nearest` name); io_error: the database cannot be read.
  static Result<Calendar> Make(query::CalendarUnit unit, std::string_view zone);

  // The first instant of the unit that `time_ms` is in, in ms since the epoch. Cost: two compares
  // where the time is near the one before.
  std::int64_t StartOf(std::int64_t time_ms) {
    if (time_ms < begin_ms_ || time_ms >= end_ms_) Find(time_ms);
    return start_ms_;
  }

  // All times from here to the one that StartOf was last asked for have its start.
  std::int64_t begin_ms() const { return begin_ms_; }

  // RFC 3339 with the offset that holds then: "2023-12-20T00:00:00+01:00", in UTC "...Z". A start
  // outside of what that can write is its ms. REQUIRES: a start that StartOf gave.
  std::string Label(std::int64_t start_ms) const;

 private:
  Calendar(query::CalendarUnit unit, const date::time_zone* zone) : unit_(unit), zone_(zone) {}
  void Find(std::int64_t time_ms);

  query::CalendarUnit unit_;
  const date::time_zone* zone_;  // null: UTC; else of the database, which lives forever
  // All times in [begin, end) are in the unit that starts at start_ms_; empty at first.
  std::int64_t begin_ms_ = 0;
  std::int64_t end_ms_ = 0;
  std::int64_t start_ms_ = 0;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_CALENDAR_H_
