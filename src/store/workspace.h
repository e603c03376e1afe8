// workspace.h - buffers that a writing thread keeps from call to call.
#ifndef CALLSTORE_SRC_STORE_WORKSPACE_H_
#define CALLSTORE_SRC_STORE_WORKSPACE_H_

#include <algorithm>
#include <cstddef>
#include <string>

#include "json/call_reader.h"
#include "record/draft.h"
#include "record/encode.h"
#include "store/record_reader.h"

namespace callstore::store {

struct Workspace {
  RecordSlot record;
  // For a merge: the result, read again from text.
  json::CallReader merged_reader;
  record::Draft merged_draft;
  std::string stored_json;
  std::string given_json;
  record::Encoder encoder;
  // Of the largest text or record that passed.
  std::size_t most_bytes = 0;

  void Passed(std::size_t bytes) { most_bytes = std::max(most_bytes, bytes); }
};

// This thread's workspace.
Workspace& ThreadWorkspace();

// Gives its memory back where a large call passed: many threads may have had one.
void TrimWorkspace();

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_WORKSPACE_H_
