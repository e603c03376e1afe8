// fault.h - defects that the model can be given, to see that the comparison notices them.
#ifndef CALLSTORE_TESTS_MODEL_FAULT_H_
#define CALLSTORE_TESTS_MODEL_FAULT_H_

#include <cstdint>

namespace callstore::test {

enum class Fault : std::uint8_t {
  kNone,
  // Of what is stored and of lists by time.
  kNextPageAtExactEnd,    // has_next_page where the last page is full
  kTiesInOtherOrder,      // of calls of one sort value
  kLtAsLe,                // lt taken as le
  kUnstartedInBounds,     // created_at taken for a missing start_timestamp
  kDeletedCallIdStays,    // a deleted call still owns its call_id
  kMergeForgets,          // merge taken as replace
  kOptOutKeepsNumbers,    // from_number survives the opt-out
  kUnchangedSaysChanged,  // an equal put counts as a change
  kMovedCallStays,        // a call that starts keeps its old place
  // Of filters.
  kNeMissesAbsent,        // ne and not_in only match calls that have the field
  kListNeedsAll,          // a condition on a list holds when all elements pass
  kTestsOnAnyElement,     // each operator of a condition may hold for another element
  kNullIsAbsent,          // null in metadata is no value
  kTypeIsIgnored,         // 3 equals "3"
  kEnumCaseMatters,       // "ended" is not "ENDED"
  kDurationAsGiven,       // without call_duration there is none
  kPathBeforeLiteralKey,  // metadata.a.b looks into a first
  kSearchFindsParts,      // transcript_search finds parts of words
  kInvertedRangeTurns,    // an inverted range is turned round
  kOptOutMayBeAbsent,     // opt_out_sensitive_data_storage is only there where true
  // Of orders.
  kAbsentSortsLargest,
  // Of aggregates.
  kPercentileOffByOne,
  kWeekFromSunday,
  kBucketsInUtc,  // the time zone is ignored
};

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_MODEL_FAULT_H_
