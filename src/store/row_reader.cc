#include "store/row_reader.h"

#include <cassert>
#include <cstring>
#include <string>

#include "base/error.h"
#include "record/access.h"

namespace callstore::store {

using engine::Family;

Result<bool> RowReader::Read(Family family, Aligned* into, std::string_view* bytes) {
  CALLSTORE_ASSIGN_OR_RETURN(
      const bool found,
      database_.Get(family, keys::CallKey(organization_, position_), &snapshot_, &value_));
  if (!found) return false;
  into->resize((value_.size() + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t));
  std::memcpy(into->data(), value_.data(), value_.size());
  *bytes = {reinterpret_cast<const char*>(into->data()), value_.size()};
  return true;
}

Result<CallView> RowReader::ReadCall(const Position& position) {
  position_ = position;
  call_ = {};
  CALLSTORE_ASSIGN_OR_RETURN(const bool found, Read(Family::kCalls, &call_buffer_, &call_));
  if (!found || call_.empty()) {
    return Fail(ErrorCode::kCorrupt, "a call that the column index names is missing",
                {{"organization_number", std::to_string(organization_)},
                 {"list_time", std::to_string(position.time_ms)}});
  }
  return CallViewAccess::Make({}, call_, {}, false);
}

Result<CallView> RowReader::WithTranscript() {
  assert(!call_.empty());
  // A call without long parts has no row here.
  std::string_view transcript;
  CALLSTORE_RETURN_IF_ERROR(Read(Family::kTranscripts, &transcript_buffer_, &transcript));
  return CallViewAccess::Make({}, call_, transcript, true);
}

}  // namespace callstore::store
