// JSON text to an owning Call, by way of the records: what a Call can say, they can.
#include "base/error.h"
#include "callstore/json.h"
#include "json/call_reader.h"
#include "record/access.h"
#include "record/encode.h"

namespace callstore {

Result<Call> ParseCall(std::string_view json) {
  json::CallReader reader;
  record::Draft draft;
  CALLSTORE_RETURN_IF_ERROR(reader.Read(json, &draft));
  record::Encoder encoder;
  const auto encoded = encoder.Encode(draft, {});
  return CallViewAccess::Make(draft.organization_id, encoded.call, encoded.transcript, true)
      .ToCall();
}

}  // namespace callstore
