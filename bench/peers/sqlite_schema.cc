#include "bench/peers/sqlite_schema.h"

#include <sqlite3.h>

#include <filesystem>
#include <system_error>

#include "base/hash.h"
#include "bench/archive.h"

namespace callstore::bench {
namespace {

constexpr const char* kSchema = R"(
CREATE TABLE IF NOT EXISTS organizations(
  number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, calls INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS calls(
  number INTEGER PRIMARY KEY, org INTEGER NOT NULL, time INTEGER NOT NULL, tie INTEGER NOT NULL,
  id TEXT NOT NULL, call_id TEXT, agent_id TEXT, sentiment TEXT, direction TEXT, to_number TEXT,
  summary TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS texts(number INTEGER PRIMARY KEY, json TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS by_id ON calls(org, id);
CREATE INDEX IF NOT EXISTS by_call_id ON calls(org, call_id);
CREATE INDEX IF NOT EXISTS by_time ON calls(org, time, tie);
CREATE INDEX IF NOT EXISTS by_agent ON calls(org, agent_id, time, tie);
CREATE INDEX IF NOT EXISTS by_sentiment ON calls(org, sentiment, time, tie);
CREATE INDEX IF NOT EXISTS by_outcome ON calls(org, agent_id, sentiment, direction, time, tie)
  WHERE direction IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_to_number ON calls(org, to_number, time, tie)
  WHERE to_number IS NOT NULL;
)";

constexpr const char* kCounts = R"(
CREATE TRIGGER IF NOT EXISTS count_new AFTER INSERT ON calls BEGIN
  UPDATE organizations SET calls = calls + 1 WHERE number = new.org;
END;
CREATE TRIGGER IF NOT EXISTS count_gone AFTER DELETE ON calls BEGIN
  UPDATE organizations SET calls = calls - 1 WHERE number = old.org;
END;
)";

void TieOf(sqlite3_context* context, int, sqlite3_value** arguments) {
  const auto* id = reinterpret_cast<const char*>(sqlite3_value_text(arguments[0]));
  if (id == nullptr) return sqlite3_result_null(context);
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(arguments[0]));
  sqlite3_result_int64(context, ToSqliteTie(Hash64({id, size})));
}

std::string FileOf(const PeerOptions& options) { return options.folder + "/calls.sqlite"; }

void SetUp(const PeerOptions& options, sqlite3* database) {
  // Read through its own cache: warm that is as fast as mapped memory, and cold several times
  // faster.
  ExecuteSql(database, "PRAGMA mmap_size = 0");
  ExecuteSql(database, "PRAGMA cache_size = -" + std::to_string(options.cache_bytes >> 10));
  ExecuteSql(database, "PRAGMA temp_store = MEMORY");
  sqlite3_busy_timeout(database, 60'000);
}

}  // namespace

const char* const kSqlitePut = R"(
INSERT INTO calls(org, time, tie, id, call_id, agent_id, sentiment, direction, to_number, summary)
VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT(org, id) DO UPDATE SET summary = excluded.summary
WHERE time = excluded.time AND call_id IS excluded.call_id AND agent_id IS excluded.agent_id
  AND sentiment IS excluded.sentiment AND direction IS excluded.direction
  AND to_number IS excluded.to_number)";

const char* const kSqliteReplace = R"(
UPDATE calls SET time = ?2, tie = ?3, call_id = ?5, agent_id = ?6, sentiment = ?7, direction = ?8,
  to_number = ?9, summary = ?10
WHERE org = ?1 AND id = ?4)";

// The long parts are taken out first: their JSON is read once, and the columns come from what is
// left.
const char* const kSqlitePutJson = R"(
WITH parts(s) AS MATERIALIZED (SELECT json_remove(?1, '$.transcript', '$.transcript_object',
  '$.transcript_with_tool_calls', '$.events', '$.latency.e2e.values', '$.latency.llm.values',
  '$.latency.tts.values', '$.latency.asr.values', '$.latency.s2s.values',
  '$.latency.knowledge_base.values'))
INSERT INTO calls(org, time, tie, id, call_id, agent_id, sentiment, direction, to_number, summary)
SELECT (SELECT number FROM organizations WHERE name = s ->> '$.organization_id'),
  coalesce(s ->> '$.start_timestamp', s ->> '$.created_at', ?2), tie(s ->> '$.id'), s ->> '$.id',
  s ->> '$.call_id', s ->> '$.agent_id', s ->> '$.call_analysis.user_sentiment',
  s ->> '$.direction', s ->> '$.to_number', s
FROM parts WHERE true
ON CONFLICT(org, id) DO UPDATE SET time = excluded.time, tie = excluded.tie,
  call_id = excluded.call_id, agent_id = excluded.agent_id, sentiment = excluded.sentiment,
  direction = excluded.direction, to_number = excluded.to_number, summary = excluded.summary
RETURNING number, summary <> ?1)";

SqliteDatabase ConnectSqliteWriter(const PeerOptions& options, bool kept_counts) {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  auto database = OpenSqliteFile(FileOf(options),
                                 SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX);
  SetUp(options, database.get());
  ExecuteSql(database.get(), "PRAGMA journal_mode = WAL");
  ExecuteSql(database.get(),
             options.sync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  // 128 MiB of log before it is taken up: pages of the indexes that many calls change are then
  // written once. SQLite's own 4 MiB write and sync several times as much.
  ExecuteSql(database.get(), "PRAGMA wal_autocheckpoint = 32768");
  ExecuteSql(database.get(), kSchema);
  if (kept_counts) ExecuteSql(database.get(), kCounts);
  if (sqlite3_create_function_v2(database.get(), "tie", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                 nullptr, TieOf, nullptr, nullptr, nullptr) != SQLITE_OK) {
    FatalSqlite(database.get(), "add a function to SQLite");
  }
  return database;
}

SqliteDatabase ConnectSqliteReader(const PeerOptions& options) {
  auto database = OpenSqliteFile(FileOf(options), SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX);
  SetUp(options, database.get());
  return database;
}

}  // namespace callstore::bench
