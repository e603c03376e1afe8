// aggregation_run.h - one aggregation under way: takes chunks of matching rows, then gives groups.
//
// Ownership:     the plan and the row reader outlive it.
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_AGGREGATION_RUN_H_
#define CALLSTORE_SRC_STORE_AGGREGATION_RUN_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "callstore/aggregate.h"
#include "callstore/error.h"
#include "columns/bitmap.h"
#include "columns/chunk.h"
#include "query/aggregate_query.h"
#include "store/code_tally.h"
#include "store/field_reader.h"
#include "store/group_key.h"
#include "store/group_reader.h"
#include "store/row_reader.h"

namespace callstore::store {

class AggregationRun {
 public:
  // One reader for each of the plan's group_by.
  AggregationRun(const query::AggregatePlan& plan, std::vector<GroupReader> groups,
                 const WorkLimits& limits);

  // Adds the rows of a chunk. too_large: more groups or values than an answer may have; deadline:
  // stopped, or the deadline of the query passed.
  Result<void> Add(const columns::ChunkView& chunk, const columns::Bitmap& rows,
                   RowReader* row_reader);

  // Sets groups and totals: `limit` groups, in the order asked for. too_large: no double holds a
  // sum. Once, at the end.
  Result<void> Finish(const AggregateQuery& query, Aggregation* answer);

  std::int64_t calls_read() const { return calls_read_; }
  std::int64_t transcripts_read() const { return transcripts_read_; }
  std::int64_t chunks_in_columns() const { return chunks_in_columns_; }

 private:
  // Of the figures of a metric; nothing where it counts the calls themselves.
  struct MetricSource {
    std::optional<std::size_t> field;
  };

  std::size_t FindOrAddField(const query::FieldRef& field, FieldReader::What what);
  void AddMetricSources();
  FieldReader::What CountedAs(const query::FieldRef& field) const;
  void TakeRows(const columns::Bitmap& rows);
  // Gives each row of the chunk a code for its group. False where there are too many for `rows`.
  bool LoadCodes(const columns::ChunkView& chunk, std::size_t rows);
  void AddByCode(const columns::Bitmap& rows);
  std::uint32_t GroupOfCode(std::size_t code);
  bool OpenColumns(const columns::ChunkView& chunk);
  void AddFromColumns();
  Result<void> AddFromCalls(const columns::ChunkView& chunk, RowReader* row_reader);
  Result<void> AddCall(const Position& position, RowReader* row_reader);
  void NumberGroups();
  void MakeRoom();
  Result<void> CheckSizes() const;
  Result<void> CheckTime() const;

  std::size_t group_count() const;
  // The key number of a group for one of the plan's group_by.
  std::uint32_t KeyOf(std::uint32_t group, std::size_t group_by) const;
  std::vector<std::uint32_t> Ordered(const AggregateQuery& query);
  std::optional<double> ValueOf(std::size_t metric, std::uint32_t group);

  const query::AggregatePlan& plan_;
  const WorkLimits& limits_;
  const std::chrono::steady_clock::time_point begun_;
  std::vector<GroupReader> group_readers_;
  std::vector<FieldReader> fields_;
  std::vector<MetricSource> sources_;  // one for each metric
  Figures calls_;                      // of each group
  PairTable pairs_;                    // groups by two keys

  std::span<const std::uint32_t> rows_;  // of the chunk: of one of the next two
  std::vector<std::uint32_t> all_rows_;  // 0, 1, 2, ...
  std::vector<std::uint32_t> some_rows_;
  std::vector<std::uint32_t> groups_;
  std::vector<std::uint32_t> second_;

  // Of all rows of the chunk; the groups and calls of each code.
  std::span<const std::uint16_t> codes_;
  std::size_t code_count_ = 0;
  std::vector<std::uint16_t> own_codes_;  // where they are not those of the one group reader
  std::vector<std::uint32_t> groups_of_codes_;
  std::vector<std::uint64_t> calls_of_codes_;
  CodeTally tally_;

  std::int64_t calls_read_ = 0;
  std::int64_t transcripts_read_ = 0;
  std::int64_t chunks_in_columns_ = 0;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_AGGREGATION_RUN_H_
