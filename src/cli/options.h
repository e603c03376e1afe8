// options.h - what the command line said, as values.
#ifndef CALLSTORE_SRC_CLI_OPTIONS_H_
#define CALLSTORE_SRC_CLI_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "callstore/aggregate.h"
#include "callstore/backup.h"
#include "callstore/list.h"
#include "callstore/store.h"
#include "callstore/verify.h"

namespace callstore::cli {

enum class Format : std::uint8_t { kTable, kJson, kJsonl, kCsv };

struct CommonOptions {
  std::string store;             // the folder
  std::optional<Format> format;  // empty: table on a terminal, else json
};

// Which calls, as it was written. All must hold; request.h reads it.
struct FilterOptions {
  std::vector<std::string> conditions;  // --filter
  std::optional<std::string> since;
  std::optional<std::string> until;
  std::optional<std::string> query_json;  // --query; then there are no others

  bool empty() const { return conditions.empty() && !since && !until && !query_json; }
};

struct ImportOptions {
  std::vector<std::string> files;  // "-": standard input
  std::string organization;        // of records that name none
  OnExisting on_existing = OnExisting::kMerge;
};

struct ListOptions {
  std::string organization;
  ListQuery query;  // but the filter; not used where `filter` has a --query
  FilterOptions filter;
  std::string fields;  // dotted paths, comma separated; empty: the usual ones
};

struct GetOptions {
  std::string organization;
  std::string id;
  std::string fields;
};

struct ShowOptions {
  std::string organization;
  std::string id;
  bool whole = false;  // do not shorten tool results
};

struct CountOptions {
  std::string organization;
  FilterOptions filter;
};

struct AggregateOptions {
  std::string organization;
  AggregateQuery query;  // but the filter; not used where `filter` has a --query
  FilterOptions filter;
};

struct UpdateOptions {
  std::string organization;
  std::string id;
  std::string patch;  // JSON, "@FILE" or "-"
};

// Calls that are to go, and how far that is confirmed; removal.h checks it.
struct RemovalOptions {
  std::string organization;
  std::optional<std::string> id;  // nothing: the calls that `filter` matches
  bool yes = false;
  FilterOptions filter;
  bool dry_run = false;
  std::optional<std::int64_t> confirmed;  // so many calls may go
};

struct DeleteOptions {
  RemovalOptions calls;
};

// Besides what `calls` says: those before a moment, or the whole organization.
struct EraseCallsOptions {
  RemovalOptions calls;
  std::optional<std::string> before;
  bool whole_organization = false;
  EraseOptions erase;
};

struct ErasuresOptions {};
struct PurgeOptions {};

struct HoldPlaceOptions {
  std::string organization;
  std::string name;
  FilterOptions filter;
};

struct HoldReleaseOptions {
  std::string organization;
  std::string name;
};

struct HoldListOptions {
  std::string organization;
};

struct RetentionOptions {
  std::string organization;
  std::int64_t days = 0;  // 0: calls are kept for good
};

struct RetainOptions {};

struct ExportOptions {
  std::string organization;
  bool all = false;  // every organization
  FilterOptions filter;
  std::string output;  // empty: standard output
  std::string fields;  // of csv
  std::string sort_by = ListQuery{}.sort_by;
  SortOrder sort_order = SortOrder::kDescending;
};

struct OrganizationsOptions {};
struct StatsOptions {};

struct TakeBackupOptions {
  std::string folder;
  BackupOptions backup;
};

struct ListBackupsOptions {
  std::string folder;
  bool verify = false;
};

struct RestoreBackupOptions {
  std::string folder;
  std::string target;
  std::uint32_t number = 0;  // the newest
  RestoreOptions restore;
};

struct CheckpointOptions {
  std::string folder;
};

struct VerifyStoreOptions {
  VerifyOptions verify;  // but the progress
};

struct RepairStoreOptions {
  std::string target;
};

struct KeysCreateOptions {
  std::string keys;  // the file; empty: the one of the store
  std::string organization;
  bool read_only = false;
};

struct KeysListOptions {
  std::string keys;
};

struct KeysRevokeOptions {
  std::string keys;
  std::string key;
};

struct ServeOptions {
  std::string keys;
  std::string listen = "127.0.0.1:8080";
  bool follow = false;  // leave the writing to another process, also where there is none
  bool access_log = true;
  std::optional<std::int64_t> max_connections;
  std::optional<std::int64_t> deadline_ms;
};

using Command =
    std::variant<ImportOptions, ListOptions, GetOptions, ShowOptions, CountOptions,
                 AggregateOptions, UpdateOptions, DeleteOptions, ExportOptions,
                 OrganizationsOptions, StatsOptions, KeysCreateOptions, KeysListOptions,
                 KeysRevokeOptions, ServeOptions, TakeBackupOptions, ListBackupsOptions,
                 RestoreBackupOptions, CheckpointOptions, VerifyStoreOptions, RepairStoreOptions,
                 EraseCallsOptions, ErasuresOptions, PurgeOptions, HoldPlaceOptions,
                 HoldReleaseOptions, HoldListOptions, RetentionOptions, RetainOptions>;

struct Arguments {
  CommonOptions common;
  Command command;
};

// Reads the command line. Where there is nothing to run (help was asked for, or something is
// wrong) it prints what is to be said, gives nothing, and sets the exit code.
std::optional<Arguments> ParseArguments(int argc, const char* const* argv, int* exit_code);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_OPTIONS_H_
