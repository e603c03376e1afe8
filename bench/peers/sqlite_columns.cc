#include "bench/peers/sqlite_columns.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "bench/archive.h"

namespace callstore::bench {
namespace {

constexpr const char* kTable = R"(
CREATE TABLE calls(
  number INTEGER PRIMARY KEY, id TEXT, call_id TEXT, agent_id TEXT, call_status TEXT,
  call_type TEXT, direction TEXT, from_number TEXT, to_number TEXT, disconnection_reason TEXT,
  user_sentiment TEXT, metadata TEXT, start_timestamp INTEGER, end_timestamp INTEGER,
  call_duration REAL, combined_cost REAL, e2e_p50 REAL, created_at INTEGER, updated_at INTEGER,
  campaign TEXT, tie INTEGER))";

// The fields of a summary: 11 texts, then 7 numbers.
constexpr const char* kSummary =
    "c.id, c.call_id, c.agent_id, c.call_status, c.call_type, c.direction, c.from_number, "
    "c.to_number, c.disconnection_reason, c.user_sentiment, c.metadata, c.start_timestamp, "
    "c.end_timestamp, c.call_duration, c.combined_cost, c.e2e_p50, c.created_at, c.updated_at";

struct Index {
  const char* name;
  const char* columns;
};
constexpr Index kIndexes[] = {
    {"by_time", "start_timestamp"},
    {"by_agent", "agent_id, start_timestamp"},
    {"by_agent_outcome", "agent_id, call_status, direction, start_timestamp"},
    {"by_agent_sentiment", "agent_id, user_sentiment, start_timestamp"},
    {"by_status_duration", "call_status, call_duration"},
    {"by_status_time", "call_status, start_timestamp, call_duration"},
    {"by_to_number", "to_number, start_timestamp"},
    {"by_campaign", "campaign, agent_id, call_status, direction, start_timestamp, call_duration"},
    {"by_duration", "call_duration, tie"},
    {"by_agent_outcome_duration", "agent_id, call_status, direction, call_duration, tie"},
    {"by_agent_duration", "agent_id, call_duration"},
};

// The index that covers a query best.
const char* IndexFor(const ColumnQuery& query) {
  const ColumnFilter& filter = query.filter;
  if (query.task == ColumnTask::kAggregate) return "by_agent_duration";
  if (query.by_duration) return filter.agent ? "by_agent_outcome_duration" : "by_duration";
  if (filter.campaign) return "by_campaign";
  if (filter.to_number) return "by_to_number";
  if (filter.sentiment) return "by_agent_sentiment";
  if (filter.agent) return filter.status ? "by_agent_outcome" : "by_agent";
  if (filter.HasDuration()) {
    return query.task == ColumnTask::kCount ? "by_status_duration" : "by_status_time";
  }
  return "by_time";
}

std::string Quoted(std::string_view text) { return '\'' + std::string(text) + '\''; }

std::string WhereOf(const ColumnFilter& filter) {
  std::string where;
  const auto add = [&](const std::string& condition) {
    where += (where.empty() ? " WHERE " : " AND ") + condition;
  };
  if (filter.agent) add("agent_id = " + Quoted(ColumnCalls::Agent(*filter.agent)));
  if (filter.status) add("call_status = " + Quoted(kStatusWords[*filter.status]));
  if (filter.direction) add("direction = " + Quoted(kDirectionWords[*filter.direction]));
  if (filter.sentiment) add("user_sentiment = " + Quoted(kSentimentWords[*filter.sentiment]));
  if (filter.campaign) add("campaign = " + Quoted(ColumnCalls::Campaign(*filter.campaign)));
  if (filter.to_number) add("to_number = " + Quoted(ColumnCalls::PhoneNumber(*filter.to_number)));
  if (filter.start_ge) add("start_timestamp >= " + std::to_string(*filter.start_ge));
  if (filter.least_duration_ms) {
    add("call_duration >= " + std::to_string(*filter.least_duration_ms));
  }
  if (filter.most_duration_ms) add("call_duration <= " + std::to_string(*filter.most_duration_ms));
  return where;
}

// Binds the values of one row, in their order.
class Binder {
 public:
  explicit Binder(sqlite3_stmt* statement) : statement_(statement) {}
  void Add(std::int64_t value) { sqlite3_bind_int64(statement_, ++place_, value); }
  void Add(const std::string& value) {
    sqlite3_bind_text(statement_, ++place_, value.data(), static_cast<int>(value.size()),
                      SQLITE_TRANSIENT);
  }
  void Add(double value) { sqlite3_bind_double(statement_, ++place_, value); }
  template <typename T>
  void Add(const std::optional<T>& value) {
    if (value) return Add(*value);
    sqlite3_bind_null(statement_, ++place_);
  }

 private:
  sqlite3_stmt* statement_;
  int place_ = 0;
};

void BindCall(const ColumnCalls& calls, std::int64_t number, sqlite3_stmt* statement) {
  const Call call = calls.MakeCall(number);
  const auto sentiment = call.call_analysis ? call.call_analysis->user_sentiment : std::nullopt;
  const auto cost = call.call_cost ? call.call_cost->combined_cost : std::nullopt;
  const auto latency = call.latency ? call.latency->front().second.p50 : std::nullopt;
  Binder binder(statement);
  binder.Add(number);
  binder.Add(call.id);
  for (const auto* text :
       {&call.call_id, &call.agent_id, &call.call_status, &call.call_type, &call.direction,
        &call.from_number, &call.to_number, &call.disconnection_reason, &sentiment}) {
    binder.Add(*text);
  }
  binder.Add(call.metadata_json);
  binder.Add(call.start_timestamp);
  binder.Add(call.end_timestamp);
  binder.Add(call.call_duration);
  binder.Add(cost);
  binder.Add(latency);
  binder.Add(call.created_at);
  binder.Add(call.updated_at);
  binder.Add(ColumnCalls::Campaign(calls.Facts(number).campaign));
  // SQLite's integers are signed: with the sign flipped they order as ties do.
  binder.Add(static_cast<std::int64_t>(calls.Tie(number) ^ (std::uint64_t{1} << 63)));
}

}  // namespace

SqliteColumns::SqliteColumns(const std::string& path, std::size_t cache_bytes)
    : database_(OpenSqliteFile(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) {
  Execute("PRAGMA journal_mode = WAL");
  Execute("PRAGMA synchronous = NORMAL");
  Execute("PRAGMA temp_store = MEMORY");
  Execute("PRAGMA cache_size = -" + std::to_string(cache_bytes >> 10));  // in KiB
}

void SqliteColumns::Execute(const std::string& sql) const { ExecuteSql(database_.get(), sql); }

SqliteStatement SqliteColumns::Prepare(const std::string& sql) const {
  return PrepareSql(database_.get(), sql);
}

void SqliteColumns::Build(const std::string& path, const ColumnCalls& calls) {
  constexpr std::int64_t kPerTransaction = 100'000;
  const SqliteColumns file(path, std::size_t{1} << 30);
  // A file that is not whole yet needs no journal; the one that is measured has its log.
  file.Execute("PRAGMA journal_mode = OFF");
  file.Execute("PRAGMA synchronous = OFF");
  file.Execute(kTable);
  const SqliteStatement insert =
      file.Prepare("INSERT INTO calls VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  file.Execute("BEGIN");
  for (std::int64_t i = 0; i < calls.size(); ++i) {
    BindCall(calls, i, insert.get());
    if (sqlite3_step(insert.get()) != SQLITE_DONE) {
      FatalSqlite(file.database_.get(), "fill SQLite");
    }
    sqlite3_reset(insert.get());
    if ((i + 1) % kPerTransaction == 0) file.Execute("COMMIT; BEGIN");
  }
  file.Execute("COMMIT");
  for (const Index& index : kIndexes) {
    file.Execute(std::string("CREATE INDEX ") + index.name + " ON calls(" + index.columns + ")");
  }
  file.Execute("ANALYZE");
  file.Execute("PRAGMA journal_mode = WAL");
}

SqliteQuery::SqliteQuery(const SqliteColumns& database, const ColumnQuery& query)
    : task_(query.task) {
  const std::string where = WhereOf(query.filter);
  ColumnQuery counting = query;
  counting.by_duration = false;
  counting.task = ColumnTask::kCount;
  // Without a condition SQLite counts by the smallest index of its own accord.
  const std::string from_count =
      where.empty() ? " FROM calls" : std::string(" FROM calls INDEXED BY ") + IndexFor(counting);
  count_ = database.Prepare("SELECT count(*)" + from_count + where);
  const std::string from = std::string(" FROM calls INDEXED BY ") + IndexFor(query) + where;
  if (task_ == ColumnTask::kAggregate) {
    rows_ = database.Prepare("SELECT agent_id, count(*), avg(call_duration)" + from +
                             " GROUP BY agent_id ORDER BY agent_id");
  } else if (task_ == ColumnTask::kPage) {
    const char* order = query.by_duration ? "call_duration DESC, tie DESC" : "start_timestamp DESC";
    rows_ = database.Prepare(std::string("SELECT ") + kSummary + " FROM (SELECT number" + from +
                             " ORDER BY " + order + " LIMIT " + std::to_string(kColumnsLimit) +
                             " OFFSET " + std::to_string(query.page * kColumnsLimit) +
                             ") AS page CROSS JOIN calls AS c ON c.number = page.number");
  }
}

bool SqliteQuery::Run() {
  switch (task_) {
    case ColumnTask::kCount:
      return RunCount();
    case ColumnTask::kPage:
      return RunCount() && RunPage();
    case ColumnTask::kAggregate:
      return RunAggregate();
  }
  return false;
}

bool SqliteQuery::RunCount() {
  const bool found = sqlite3_step(count_.get()) == SQLITE_ROW;
  if (found) total_ = sqlite3_column_int64(count_.get(), 0);
  return sqlite3_reset(count_.get()) == SQLITE_OK && found;
}

bool SqliteQuery::RunPage() {
  row_count_ = 0;
  found_.resize(static_cast<std::size_t>(kColumnsLimit));
  while (sqlite3_step(rows_.get()) == SQLITE_ROW) {
    Row& row = found_[row_count_++];
    int column = 0;
    for (std::string& text : row.texts) text = TextOf(rows_.get(), column++);
    for (double& number : row.numbers) number = sqlite3_column_double(rows_.get(), column++);
  }
  return sqlite3_reset(rows_.get()) == SQLITE_OK;
}

bool SqliteQuery::RunAggregate() {
  agents_.clear();
  total_ = 0;
  while (sqlite3_step(rows_.get()) == SQLITE_ROW) {
    agents_.push_back({std::string(TextOf(rows_.get(), 0)), sqlite3_column_int64(rows_.get(), 1),
                       sqlite3_column_double(rows_.get(), 2)});
    total_ += agents_.back().count;
  }
  return sqlite3_reset(rows_.get()) == SQLITE_OK;
}

ColumnAnswer SqliteQuery::answer() const {
  ColumnAnswer answer{.total = total_};
  for (std::size_t i = 0; i < row_count_; ++i) answer.ids.push_back(found_[i].texts[0]);
  answer.agents = agents_;
  return answer;
}

}  // namespace callstore::bench
