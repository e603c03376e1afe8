#include "store/row_reader.h"

#include <cassert>
#include <cstring>
#include <string>

#include "base/error.h"
#include "record/access.h"

namespace callstore::store {

Result<bool> RowReader::Read(Source* source, std::string_view* bytes) const {
  const keys::Key key = keys::CallKey(organization_, position_);
  if (source->scan == nullptr) {
    source->scan = database_.NewScan(source->family, keys::FirstKey(organization_),
                                     keys::EndKey(organization_), &snapshot_);
  }
  engine::Scan& scan = *source->scan;
  const bool near = scan.Valid() && scan.key() < key.view();
  if (near) scan.Next();
  if (!near || !scan.Valid() || scan.key() != key.view()) scan.Seek(key);
  if (!scan.Valid() || scan.key() != key.view()) {
    if (!scan.Valid()) CALLSTORE_RETURN_IF_ERROR(scan.status());
    return false;
  }
  const std::string_view value = scan.value();
  source->buffer.resize((value.size() + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t));
  std::memcpy(source->buffer.data(), value.data(), value.size());
  *bytes = {reinterpret_cast<const char*>(source->buffer.data()), value.size()};
  return true;
}

Result<CallView> RowReader::ReadCall(const Position& position) {
  position_ = position;
  call_ = {};
  CALLSTORE_ASSIGN_OR_RETURN(const bool found, Read(&calls_, &call_));
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
  CALLSTORE_RETURN_IF_ERROR(Read(&transcripts_, &transcript));
  return CallViewAccess::Make({}, call_, transcript, true);
}

}  // namespace callstore::store
