// chunk_match.h - a filter on the columns of one chunk.
// A chunk does not always know: a column may keep hashes, or not exist. So the answer is two sets:
// the rows that match for sure, and the rows that may match. What is between them must be read.
//
// Pure. Thread safety: none; one thread uses a matcher.
#ifndef CALLSTORE_SRC_QUERY_CHUNK_MATCH_H_
#define CALLSTORE_SRC_QUERY_CHUNK_MATCH_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "columns/chunk.h"
#include "query/normal_filter.h"

namespace callstore::query {

// sure is a subset of the rows that match, and these are a subset of maybe.
struct RowSets {
  columns::Bitmap sure;
  columns::Bitmap maybe;
};

// Tests chunks; keeps its bitmaps from chunk to chunk. REQUIRES: the tree outlives the matcher.
class ChunkMatcher {
 public:
  explicit ChunkMatcher(const Node& root);

  // Sets `rows` for the whole chunk. Returns false where a zone map or a dictionary ruled it out
  // before any row was tested; `rows` is then all out.
  bool Match(const columns::ChunkView& chunk, RowSets* rows);

  // Has the processor fetch the columns of a chunk that will be matched next.
  void Prefetch(const columns::ChunkView& chunk) const;

 private:
  // Scratch sets of one level of the tree.
  struct Level {
    RowSets child;
    columns::Bitmap one;
  };

  // Each returns false where nothing can match, without a test of rows.
  bool MatchNode(const Node& node, std::size_t depth, RowSets* rows);
  bool MatchAnd(const Node& node, std::size_t depth, RowSets* rows);
  bool MatchOr(const Node& node, std::size_t depth, RowSets* rows);
  bool MatchCondition(const Condition& condition, Level* level, RowSets* rows);
  bool MatchColumn(const Condition& condition, const columns::ColumnView& column, Level* level,
                   RowSets* rows);
  bool MatchIntegers(const Condition& condition, const columns::ColumnView& column, Level* level,
                     RowSets* rows);
  bool MatchNumbers(const Condition& condition, const columns::ColumnView& column, Level* level,
                    RowSets* rows);
  bool MatchFlags(const Condition& condition, const columns::ColumnView& column, Level* level,
                  RowSets* rows);
  bool MatchHashes(const Condition& condition, const columns::ColumnView& column, Level* level,
                   RowSets* rows);
  template <typename Test>
  bool MatchWords(const columns::ColumnView& column, RowSets* rows, const Test& test);
  bool MatchEqualWords(const Condition& condition, const columns::ColumnView& column,
                       RowSets* rows);
  bool MatchOptOut(const Condition& condition, Level* level, RowSets* rows);
  bool MatchStart(const Condition& condition, Level* level, RowSets* rows);
  void StartInRange(std::int64_t low, std::int64_t high, columns::Bitmap* rows) const;
  bool MatchMetadata(const Condition& condition, Level* level, RowSets* rows);
  // The part of a metadata path behind its first dot, in the objects of the column before it.
  bool MatchPath(const Condition& condition, RowSets* rows);
  // The rows are known exactly / the chunk cannot tell.
  bool Exactly(RowSets* rows) const;
  bool Unknown(RowSets* rows) const;
  bool Nothing(RowSets* rows) const;
  Level* LevelAt(std::size_t depth);

  const Node& root_;
  std::vector<columns::ColumnId> columns_;  // that the tree tests
  const columns::ChunkView* chunk_ = nullptr;
  std::vector<std::unique_ptr<Level>> levels_;
  std::vector<std::uint8_t> wanted_;
};

}  // namespace callstore::query

#endif  // CALLSTORE_SRC_QUERY_CHUNK_MATCH_H_
