// row_reader.h - calls of one organization by position, at one snapshot, as views.
// They are for tests and figures, not to be handed out: they do not know their organization's name.
// Rows that are read from newer to older and lie close together cost a step each instead of a
// search.
//
// Ownership:     the view that a read gives lives until the next read.
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_ROW_READER_H_
#define CALLSTORE_SRC_STORE_ROW_READER_H_

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/position.h"
#include "callstore/call_view.h"
#include "callstore/error.h"
#include "engine/database.h"
#include "keys/keys.h"

namespace callstore::store {

using keys::OrganizationNumber;

class RowReader {
 public:
  RowReader(const engine::Database& database, OrganizationNumber organization,
            const engine::Snapshot& snapshot)
      : database_(database), organization_(organization), snapshot_(snapshot) {}

  // The call there, without its transcript. corrupt where there is none: an index named it.
  Result<CallView> ReadCall(const Position& position);
  // The call that was read last, with its transcript. REQUIRES: a ReadCall before that succeeded.
  Result<CallView> WithTranscript();

 private:
  // A record at an 8-byte aligned address.
  using Aligned = std::vector<std::uint64_t>;
  // A family, read in the order of its keys.
  struct Source {
    engine::Family family;
    std::unique_ptr<engine::Scan> scan = {};  // made at the first read
    Aligned buffer = {};
  };
  // Copies the row at position_; false where there is none.
  Result<bool> Read(Source* source, std::string_view* bytes) const;

  const engine::Database& database_;
  const OrganizationNumber organization_;
  const engine::Snapshot& snapshot_;
  Position position_;
  Source calls_{engine::Family::kCalls};
  Source transcripts_{engine::Family::kTranscripts};
  std::string_view call_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_ROW_READER_H_
