#include "bench/peers/sqlite_reader.h"

#include <sqlite3.h>

#include <utility>

#include "bench/peers/sqlite_schema.h"

namespace callstore::bench {
namespace {

constexpr std::size_t kPieceBytes = 64 << 10;
constexpr std::int64_t kNoBound = std::numeric_limits<std::int64_t>::max();

// Parameters have the same numbers in all statements.
enum Parameter : int {
  kOrg = 1,
  kAgent,
  kSentiment,
  kDirection,
  kToNumber,
  kTime,
  kTie,
  kLimit,
  kOffset
};

// The whole call: its text, or the summary where it has no long parts. The text is looked for only
// in rows that are answered, not in those that OFFSET skips.
constexpr const char* kWhole =
    "coalesce((SELECT json FROM texts WHERE texts.number = calls.number), summary)";

// The index that has the rows of a filter in the order of the list.
const char* IndexFor(const PeerFilter& filter) {
  if (filter.to_number) return "by_to_number";
  if (filter.agent_id) {
    return filter.user_sentiment && filter.direction ? "by_outcome" : "by_agent";
  }
  return filter.user_sentiment ? "by_sentiment" : "by_time";
}

std::string FromWhere(const PeerFilter& filter) {
  std::string sql =
      std::string(" FROM calls INDEXED BY ") + IndexFor(filter) + " WHERE calls.org = ?1";
  if (filter.agent_id) sql += " AND agent_id = ?2";
  if (filter.user_sentiment) sql += " AND sentiment = ?3";
  if (filter.direction) sql += " AND direction = ?4";
  if (filter.to_number) sql += " AND to_number = ?5";
  return sql;
}

void BindFilter(sqlite3_stmt* statement, std::int64_t organization, const PeerFilter& filter) {
  sqlite3_bind_int64(statement, kOrg, organization);
  if (filter.agent_id) BindText(statement, kAgent, *filter.agent_id);
  if (filter.user_sentiment) BindText(statement, kSentiment, *filter.user_sentiment);
  if (filter.direction) BindText(statement, kDirection, *filter.direction);
  if (filter.to_number) BindText(statement, kToNumber, *filter.to_number);
}

// Runs a statement without an answer.
bool Run(sqlite3_stmt* statement) {
  return sqlite3_step(statement) == SQLITE_DONE && sqlite3_reset(statement) == SQLITE_OK;
}

}  // namespace

SqliteReader::SqliteReader(const PeerOptions& options, bool kept_counts)
    : kept_counts_(kept_counts), database_(ConnectSqliteReader(options)) {
  const auto prepare = [&](const std::string& sql) { return PrepareSql(database_.get(), sql); };
  const std::string whole = std::string("SELECT ") + kWhole + " FROM calls ";
  begin_ = prepare("BEGIN");
  commit_ = prepare("COMMIT");
  number_ = prepare("SELECT number FROM organizations WHERE name = ?1");
  kept_count_ = prepare("SELECT calls FROM organizations WHERE number = ?1");
  get_ = prepare(whole + "WHERE org = ?1 AND id = ?2");
  get_by_call_id_ = prepare(whole + "WHERE org = ?1 AND call_id = ?2");
  export_ = prepare(whole + "INDEXED BY by_time WHERE org = ?1 ORDER BY time DESC, tie DESC");
  id_of_ = prepare("SELECT ?1 ->> '$.id'");
}

void SqliteReader::Clear() {
  row_count_ = 0;
  bytes_ = 0;
  total_.reset();
}

std::optional<std::int64_t> SqliteReader::NumberOf(std::string_view organization) {
  const auto known = numbers_.find(organization);
  if (known != numbers_.end()) return known->second;
  BindText(number_.get(), 1, organization);
  std::optional<std::int64_t> number;
  if (sqlite3_step(number_.get()) == SQLITE_ROW) number = sqlite3_column_int64(number_.get(), 0);
  sqlite3_reset(number_.get());
  if (number) numbers_.emplace(organization, *number);
  return number;
}

sqlite3_stmt* SqliteReader::StatementFor(const PeerFilter& filter, Start start, Ask ask) {
  const unsigned form = (filter.agent_id ? 1U : 0) | (filter.user_sentiment ? 2U : 0) |
                        (filter.direction ? 4U : 0) | (filter.to_number ? 8U : 0) |
                        static_cast<unsigned>(start) << 4 | static_cast<unsigned>(ask) << 6;
  SqliteStatement& statement = statements_[form];
  if (statement != nullptr) return statement.get();
  std::string sql = FromWhere(filter);
  if (start == Start::kBefore) sql += " AND time < ?6";
  if (start == Start::kAfter) sql += " AND (time, tie) < (?6, ?7)";
  if (ask == Ask::kCount) {
    sql = "SELECT count(*)" + sql;
  } else {
    sql = std::string("SELECT ") + (ask == Ask::kCalls ? kWhole : "summary") + ", time, tie" + sql +
          " ORDER BY time DESC, tie DESC LIMIT ?8 OFFSET ?9";
  }
  statement = PrepareSql(database_.get(), sql);
  return statement.get();
}

void SqliteReader::AddRow(std::string_view text) {
  if (row_count_ == rows_.size()) rows_.emplace_back();
  rows_[row_count_++].assign(text);
  bytes_ += text.size();
}

bool SqliteReader::List(const PeerList& list) {
  Clear();
  const auto organization = NumberOf(list.organization);
  if (!organization) {
    if (list.total) total_ = 0;
    return true;
  }
  if (!list.total) return ListRows(*organization, list);
  std::optional<std::int64_t> before_ms;
  if (!list.after && list.before_ms != kNoBound) before_ms = list.before_ms;
  // Both in one transaction, so that the page and its total are of one moment.
  const bool done = Run(begin_.get()) && CountRows(*organization, list.filter, before_ms) &&
                    ListRows(*organization, list);
  return Run(commit_.get()) && done;
}

bool SqliteReader::ListRows(std::int64_t organization, const PeerList& list) {
  const Start start = list.after                   ? Start::kAfter
                      : list.before_ms != kNoBound ? Start::kBefore
                                                   : Start::kNewest;
  sqlite3_stmt* const statement =
      StatementFor(list.filter, start, list.view == View::kFull ? Ask::kCalls : Ask::kSummaries);
  BindFilter(statement, organization, list.filter);
  if (start == Start::kAfter) {
    sqlite3_bind_int64(statement, kTime, list.after->time_ms);
    sqlite3_bind_int64(statement, kTie, ToSqliteTie(list.after->tie));
  } else if (start == Start::kBefore) {
    sqlite3_bind_int64(statement, kTime, list.before_ms);
  }
  sqlite3_bind_int64(statement, kLimit, list.limit);
  sqlite3_bind_int64(statement, kOffset, list.skip);
  Position last;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    AddRow(TextOf(statement, 0));
    last = {sqlite3_column_int64(statement, 1), FromSqliteTie(sqlite3_column_int64(statement, 2))};
  }
  if (row_count_ > 0) last_ = last;
  return sqlite3_reset(statement) == SQLITE_OK;
}

bool SqliteReader::CountRows(std::int64_t organization, const PeerFilter& filter,
                             std::optional<std::int64_t> before_ms) {
  sqlite3_stmt* statement = kept_count_.get();
  if (kept_counts_ && filter.empty() && !before_ms) {
    sqlite3_bind_int64(statement, kOrg, organization);
  } else {
    statement = StatementFor(filter, before_ms ? Start::kBefore : Start::kNewest, Ask::kCount);
    BindFilter(statement, organization, filter);
    if (before_ms) sqlite3_bind_int64(statement, kTime, *before_ms);
  }
  if (sqlite3_step(statement) == SQLITE_ROW) total_ = sqlite3_column_int64(statement, 0);
  return sqlite3_reset(statement) == SQLITE_OK && total_.has_value();
}

bool SqliteReader::Count(std::string_view organization, const PeerFilter& filter) {
  Clear();
  const auto number = NumberOf(organization);
  if (number) return CountRows(*number, filter, {});
  total_ = 0;
  return true;
}

bool SqliteReader::GetBy(sqlite3_stmt* statement, std::string_view organization,
                         std::string_view key) {
  Clear();
  const auto number = NumberOf(organization);
  if (!number) return true;
  sqlite3_bind_int64(statement, 1, *number);
  BindText(statement, 2, key);
  if (sqlite3_step(statement) == SQLITE_ROW) AddRow(TextOf(statement, 0));
  return sqlite3_reset(statement) == SQLITE_OK;
}

bool SqliteReader::ExportJson(std::string_view organization) {
  Clear();
  const auto number = NumberOf(organization);
  total_ = 0;
  if (!number) return true;
  sqlite3_bind_int64(export_.get(), 1, *number);
  std::string piece;
  while (sqlite3_step(export_.get()) == SQLITE_ROW) {
    piece += TextOf(export_.get(), 0);
    piece += '\n';
    ++*total_;
    if (piece.size() < kPieceBytes) continue;
    bytes_ += piece.size();
    piece.clear();
  }
  bytes_ += piece.size();
  return sqlite3_reset(export_.get()) == SQLITE_OK;
}

PeerAnswer SqliteReader::answer() const {
  PeerAnswer answer{.total = total_, .bytes = bytes_};
  for (std::size_t i = 0; i < row_count_; ++i) {
    BindText(id_of_.get(), 1, rows_[i]);
    if (sqlite3_step(id_of_.get()) == SQLITE_ROW) answer.ids.emplace_back(TextOf(id_of_.get(), 0));
    sqlite3_reset(id_of_.get());
  }
  return answer;
}

}  // namespace callstore::bench
