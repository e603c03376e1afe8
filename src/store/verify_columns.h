// verify_columns.h - whether the columns of an organization say what its calls say: heads,
// summaries, chunks, and every value of every row.
// Calls are handed over as a walk meets them, newest first; chunks are walked beside them. A
// stretch of positions between two fences is judged by itself: its chunk's rows against its calls,
// and its summary against how many they are.
//
// Ownership:     the context and the organization outlive the check.
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_VERIFY_COLUMNS_H_
#define CALLSTORE_SRC_STORE_VERIFY_COLUMNS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/position.h"
#include "columns/chunk.h"
#include "columns/directory.h"
#include "store/chunk_check.h"
#include "store/verify_context.h"

namespace callstore::store {

struct ChunkSummary {
  Position fence;
  std::optional<columns::Counts> counts;  // nothing: the row is damaged
};
// The positions from a fence up to the next newer one.
struct Stretch {
  Position fence;
  Position newest = kNewest;
  const ChunkSummary* summary = nullptr;  // null: there is none
  bool is_newest = false;                 // of all: its summary is not kept up to date
  bool judges_rows = true;                // false: the chunk is damaged or cannot be read
  bool judges_counts = true;
  std::optional<columns::ChunkView> chunk = {};  // nothing: no row, or not judged
  std::optional<ChunkCheck> check = {};
  std::size_t next_row = 0;
  std::size_t end_row = 0;
  columns::Counts counts = {};     // of its calls
  std::int64_t damaged_calls = 0;  // among them: nobody knows whether these are started
};

class ColumnsCheck {
 public:
  // `call_gaps` are those of the walk that hands over the calls.
  ColumnsCheck(VerifyContext* context, const CheckedOrganization* organization,
               const std::vector<Gap>* call_gaps);

  // The next call; null where its record is damaged.
  void AddCall(const Position& position, const CallView* call);
  // There are no more.
  void Finish();

 private:
  void ReadHead();
  void ReadSummaries();
  // Goes to the next chunk of the walk.
  void NextChunk();
  // Opens the next older stretch; false where there is none.
  bool OpenStretch();
  void OpenChunk();
  void CheckRows(Stretch* stretch);
  void CloseStretch();
  void CheckSummary(const Stretch& stretch);
  void CheckHead();
  void JudgeCall(const Position& position, const CallView* call);
  // Rows of the chunk, up to `end`, that no call has.
  void PassRows(std::size_t end);
  void Add(FaultKind kind, std::string_view key, std::string_view what) {
    context_.Add(kind, engine::Family::kColumns, &organization_, key, what);
  }

  VerifyContext& context_;
  const CheckedOrganization& organization_;
  const std::vector<Gap>& call_gaps_;

  bool head_is_unreadable_ = false;
  std::optional<columns::Head> head_;
  std::vector<ChunkSummary> summaries_;  // newest first
  std::vector<Gap> summary_gaps_;
  std::size_t next_summary_ = 0;
  CheckedWalk chunks_;
  bool chunk_is_used_ = false;  // the walk stands at the chunk of the stretch
  bool is_behind_gap_ = false;  // chunks newer than the walk's, older than the stretch, are unread
  std::optional<Stretch> stretch_;
  std::optional<Position> last_fence_;

  columns::Counts total_;
  std::int64_t damaged_calls_ = 0;
  std::string values_;  // a buffer
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_VERIFY_COLUMNS_H_
