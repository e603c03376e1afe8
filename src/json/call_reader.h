// call_reader.h - documented JSON in: text to a checked Draft.
// simdjson finds the structure and checks UTF-8; this module walks it once, keeps views of the text
// where it can, and keeps what no field holds exactly as minified JSON.
#ifndef CALLSTORE_SRC_JSON_CALL_READER_H_
#define CALLSTORE_SRC_JSON_CALL_READER_H_

#include <memory>
#include <string_view>

#include "callstore/call.h"
#include "callstore/error.h"
#include "record/draft.h"

namespace callstore::json {

// As WriteCall prints it, with all documented members.
inline constexpr std::size_t kMaxCallBytes = std::size_t{64} << 20;
inline constexpr int kMaxDepth = 64;  // the call object itself is level 1

// Reads calls. Keeps its buffers from call to call; one thread at a time.
class CallReader {
 public:
  CallReader();
  ~CallReader();

  // Reads one call object into *draft (cleared first). The draft's views point into this reader's
  // copy of the text and into the draft's own arena: they live until the next Read or the end of
  // either. invalid_argument with `offset` or `path`; too_large. *draft is unspecified after an
  // error.
  Result<void> Read(std::string_view text, record::Draft* draft);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Fills *draft from an owning Call: same checks, same result as reading its JSON. Views point into
// `call` and into the draft's arena. Uses `reader`'s buffers for the members that are JSON.
Result<void> DraftOf(const Call& call, record::Draft* draft);

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_CALL_READER_H_
