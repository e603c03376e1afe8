// options.h - what the command line said, as values.
#ifndef CALLSTORE_SRC_CLI_OPTIONS_H_
#define CALLSTORE_SRC_CLI_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "callstore/list.h"
#include "callstore/store.h"

namespace callstore::cli {

enum class Format : std::uint8_t { kTable, kJson, kJsonl, kCsv };

struct CommonOptions {
  std::string store;             // the folder
  std::optional<Format> format;  // empty: table on a terminal, else json
};

// --since and --until as they were written; empty: none.
struct Bounds {
  std::string since;
  std::string until;
};

struct ImportOptions {
  std::vector<std::string> files;  // "-": standard input
  std::string organization;        // of records that name none
  OnExisting on_existing = OnExisting::kMerge;
};

struct ListOptions {
  std::string organization;
  ListQuery query;  // but the times, which are in `bounds`
  Bounds bounds;
  std::string query_json;  // the documented request; then `query` and `bounds` are not used
  std::string fields;      // dotted paths, comma separated; empty: the usual ones
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
  Bounds bounds;
};

struct UpdateOptions {
  std::string organization;
  std::string id;
  std::string patch;  // JSON, "@FILE" or "-"
};

struct DeleteOptions {
  std::string organization;
  std::string id;
  bool yes = false;
};

struct ExportOptions {
  std::string organization;
  bool all = false;  // every organization
  Bounds bounds;
  std::string output;  // empty: standard output
  std::string fields;  // of csv
  SortOrder sort_order = SortOrder::kDescending;
};

struct OrganizationsOptions {};
struct StatsOptions {};

using Command =
    std::variant<ImportOptions, ListOptions, GetOptions, ShowOptions, CountOptions, UpdateOptions,
                 DeleteOptions, ExportOptions, OrganizationsOptions, StatsOptions>;

struct Arguments {
  CommonOptions common;
  Command command;
};

// Reads the command line. Where there is nothing to run (help was asked for, or something is
// wrong) it prints what is to be said, gives nothing, and sets the exit code.
std::optional<Arguments> ParseArguments(int argc, const char* const* argv, int* exit_code);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_OPTIONS_H_
