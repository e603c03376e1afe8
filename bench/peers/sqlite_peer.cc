// SQLite as somebody who knows it would use it for this work: sqlite_schema.h says how.
#include <sqlite3.h>

#include <chrono>
#include <map>
#include <string>
#include <string_view>

#include "bench/archive.h"
#include "bench/peers/peer.h"
#include "bench/peers/sqlite.h"
#include "bench/peers/sqlite_reader.h"
#include "bench/peers/sqlite_schema.h"

namespace callstore::bench {
namespace {

// Text that lives in a call.
void BindField(sqlite3_stmt* statement, int parameter, const std::optional<std::string>& text) {
  if (text) return BindText(statement, parameter, *text);
  sqlite3_bind_null(statement, parameter);
}

class SqlitePeer : public Peer {
 public:
  SqlitePeer(const PeerOptions& options, bool kept_counts);

  std::string_view name() const override { return kept_counts_ ? "SQLite, kept counts" : "SQLite"; }
  bool Offers(Work) const override { return true; }
  bool Put(std::span<const PeerCall> calls) override;
  bool PutJson(std::span<const std::string> texts) override;
  bool DeleteBefore(std::string_view organization, std::int64_t before_ms) override;
  std::unique_ptr<Reader> NewReader() override {
    return std::make_unique<SqliteReader>(options_, kept_counts_);
  }
  bool Settle() override;

 private:
  // Runs a statement that answers with nothing.
  bool Run(const SqliteStatement& statement) const;
  // Commits what was done, or takes it back.
  bool End(bool done) const { return Run(done ? commit_ : rollback_) && done; }
  std::int64_t NumberOf(const std::string& organization);
  bool PutOne(const PeerCall& call);
  bool PutText(std::int64_t number, std::string_view text) const;
  bool PutOneJson(const std::string& text, std::int64_t now_ms) const;

  const bool kept_counts_;
  SqliteDatabase database_;
  SqliteStatement begin_, commit_, rollback_;
  SqliteStatement put_, replace_, find_, put_text_, delete_text_, put_json_;
  SqliteStatement put_organization_, put_organization_of_, find_organization_;
  SqliteStatement delete_texts_, delete_calls_;
  std::map<std::string, std::int64_t> numbers_;
};

SqlitePeer::SqlitePeer(const PeerOptions& options, bool kept_counts)
    : Peer(options),
      kept_counts_(kept_counts),
      database_(ConnectSqliteWriter(options, kept_counts)) {
  const auto prepare = [&](const char* sql) { return PrepareSql(database_.get(), sql); };
  begin_ = prepare("BEGIN IMMEDIATE");
  commit_ = prepare("COMMIT");
  rollback_ = prepare("ROLLBACK");
  put_ = prepare(kSqlitePut);
  replace_ = prepare(kSqliteReplace);
  find_ = prepare("SELECT number FROM calls WHERE org = ?1 AND id = ?2");
  put_text_ = prepare("REPLACE INTO texts(number, json) VALUES(?1, ?2)");
  delete_text_ = prepare("DELETE FROM texts WHERE number = ?1");
  put_json_ = prepare(kSqlitePutJson);
  put_organization_ = prepare("INSERT OR IGNORE INTO organizations(name) VALUES(?1)");
  put_organization_of_ =
      prepare("INSERT OR IGNORE INTO organizations(name) SELECT ?1 ->> '$.organization_id'");
  find_organization_ = prepare("SELECT number FROM organizations WHERE name = ?1");
  delete_texts_ = prepare(
      "DELETE FROM texts WHERE number IN "
      "(SELECT number FROM calls INDEXED BY by_time WHERE org = ?1 AND time < ?2)");
  delete_calls_ = prepare("DELETE FROM calls INDEXED BY by_time WHERE org = ?1 AND time < ?2");
}

bool SqlitePeer::Run(const SqliteStatement& statement) const {
  const int stepped = sqlite3_step(statement.get());
  return sqlite3_reset(statement.get()) == SQLITE_OK && stepped == SQLITE_DONE;
}

std::int64_t SqlitePeer::NumberOf(const std::string& organization) {
  const auto known = numbers_.find(organization);
  if (known != numbers_.end()) return known->second;
  BindText(put_organization_.get(), 1, organization);
  BindText(find_organization_.get(), 1, organization);
  if (!Run(put_organization_) || sqlite3_step(find_organization_.get()) != SQLITE_ROW) {
    FatalSqlite(database_.get(), "number an organization");
  }
  const std::int64_t number = sqlite3_column_int64(find_organization_.get(), 0);
  sqlite3_reset(find_organization_.get());
  numbers_.emplace(organization, number);
  return number;
}

bool SqlitePeer::Put(std::span<const PeerCall> calls) {
  bool done = Run(begin_);
  for (const PeerCall& call : calls) done = done && PutOne(call);
  return End(done);
}

bool SqlitePeer::PutOne(const PeerCall& call) {
  const Call& c = call.call;
  const std::int64_t organization = NumberOf(c.organization_id);
  static const std::optional<std::string> absent;
  const auto bind = [&](sqlite3_stmt* statement) {
    sqlite3_bind_int64(statement, 1, organization);
    sqlite3_bind_int64(statement, 2, call.position.time_ms);
    sqlite3_bind_int64(statement, 3, ToSqliteTie(call.position.tie));
    BindText(statement, 4, c.id);
    BindField(statement, 5, c.call_id);
    BindField(statement, 6, c.agent_id);
    BindField(statement, 7, c.call_analysis ? c.call_analysis->user_sentiment : absent);
    BindField(statement, 8, c.direction);
    BindField(statement, 9, c.to_number);
    BindText(statement, 10, call.summary_json);
  };
  sqlite3_set_last_insert_rowid(database_.get(), 0);
  bind(put_.get());
  if (!Run(put_)) return false;
  std::int64_t number = sqlite3_last_insert_rowid(database_.get());
  const bool is_new = number != 0;
  if (sqlite3_changes(database_.get()) == 0) {
    bind(replace_.get());
    if (!Run(replace_)) return false;
  }
  if (is_new) return call.transcript_record.empty() || PutText(number, call.json);
  sqlite3_bind_int64(find_.get(), 1, organization);
  BindText(find_.get(), 2, c.id);
  if (sqlite3_step(find_.get()) != SQLITE_ROW) return false;
  number = sqlite3_column_int64(find_.get(), 0);
  sqlite3_reset(find_.get());
  if (!call.transcript_record.empty()) return PutText(number, call.json);
  sqlite3_bind_int64(delete_text_.get(), 1, number);
  return Run(delete_text_);
}

bool SqlitePeer::PutText(std::int64_t number, std::string_view text) const {
  sqlite3_bind_int64(put_text_.get(), 1, number);
  BindText(put_text_.get(), 2, text);
  return Run(put_text_);
}

bool SqlitePeer::PutJson(std::span<const std::string> texts) {
  const std::int64_t now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                                  std::chrono::system_clock::now().time_since_epoch())
                                  .count();
  bool done = Run(begin_);
  for (const std::string& text : texts) done = done && PutOneJson(text, now_ms);
  return End(done);
}

bool SqlitePeer::PutOneJson(const std::string& text, std::int64_t now_ms) const {
  BindText(put_json_.get(), 1, text);
  sqlite3_bind_int64(put_json_.get(), 2, now_ms);
  if (sqlite3_step(put_json_.get()) != SQLITE_ROW) {
    // Of an organization that has no number yet.
    sqlite3_reset(put_json_.get());
    BindText(put_organization_of_.get(), 1, text);
    if (!Run(put_organization_of_) || sqlite3_step(put_json_.get()) != SQLITE_ROW) return false;
  }
  const std::int64_t number = sqlite3_column_int64(put_json_.get(), 0);
  const bool has_long_parts = sqlite3_column_int(put_json_.get(), 1) != 0;
  const bool ended = sqlite3_step(put_json_.get()) == SQLITE_DONE;
  if (sqlite3_reset(put_json_.get()) != SQLITE_OK || !ended) return false;
  if (has_long_parts) return PutText(number, text);
  sqlite3_bind_int64(delete_text_.get(), 1, number);
  return Run(delete_text_);
}

bool SqlitePeer::DeleteBefore(std::string_view organization, std::int64_t before_ms) {
  const std::int64_t number = NumberOf(std::string(organization));
  bool done = Run(begin_);
  for (const SqliteStatement* statement : {&delete_texts_, &delete_calls_}) {
    sqlite3_bind_int64(statement->get(), 1, number);
    sqlite3_bind_int64(statement->get(), 2, before_ms);
    done = done && Run(*statement);
  }
  return End(done);
}

bool SqlitePeer::Settle() {
  ExecuteSql(database_.get(), "ANALYZE");
  ExecuteSql(database_.get(), "PRAGMA wal_checkpoint(TRUNCATE)");
  return true;
}

}  // namespace

std::unique_ptr<Peer> OpenSqlite(const PeerOptions& options, bool kept_counts) {
  return std::make_unique<SqlitePeer>(options, kept_counts);
}

}  // namespace callstore::bench
