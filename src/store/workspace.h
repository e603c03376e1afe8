// workspace.h - buffers that a writing thread keeps from call to call.
#ifndef CALLSTORE_SRC_STORE_WORKSPACE_H_
#define CALLSTORE_SRC_STORE_WORKSPACE_H_

#include <string>

#include "json/call_reader.h"
#include "record/draft.h"
#include "record/encode.h"

namespace callstore::store {

struct Workspace {
  json::CallReader reader;
  record::Draft draft;
  // For a merge: the result, read again from text.
  json::CallReader merged_reader;
  record::Draft merged_draft;
  std::string stored_json;
  std::string given_json;
  record::Encoder encoder;
};

// This thread's workspace.
Workspace& ThreadWorkspace();

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_WORKSPACE_H_
