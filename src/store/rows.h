// rows.h - single rows of an organization, read at a snapshot or now.
#ifndef CALLSTORE_SRC_STORE_ROWS_H_
#define CALLSTORE_SRC_STORE_ROWS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/database.h"
#include "store/id_table.h"

namespace callstore::store {

using keys::OrganizationNumber;

// Reads rows of one organization. Copyable; lives as long as the database and the snapshot.
class Rows {
 public:
  Rows(const engine::Database& database, OrganizationNumber organization,
       const engine::Snapshot* snapshot)
      : database_(&database), organization_(organization), snapshot_(snapshot) {}

  OrganizationNumber organization() const { return organization_; }

  Result<std::optional<IdRecord>> ReadIdRecord(std::uint64_t tie) const;
  // The ties of the calls whose call_id has this hash; mostly one.
  Result<std::vector<std::uint64_t>> ReadTies(std::uint64_t call_id_hash) const;
  Result<TieSearch> FindId(std::string_view id) const;

  // The record at a position, copied to 8-byte aligned memory. corrupt where the row is missing.
  Result<std::string> ReadCall(const Position& position) const;
  // The transcript beside it; empty where the call has none.
  Result<std::string> ReadTranscript(const Position& position) const;

 private:
  const engine::Database* database_;
  OrganizationNumber organization_;
  const engine::Snapshot* snapshot_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_ROWS_H_
