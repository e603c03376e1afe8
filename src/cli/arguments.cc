// arguments.cc - the command line: verbs, options, help.
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "callstore/json.h"
#include "cli/backup_arguments.h"
#include "cli/check_arguments.h"
#include "cli/erase_arguments.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/server_arguments.h"
#include "cli/session.h"
#include "cli/terminal.h"
#include "cli/verb.h"

namespace callstore::cli {
namespace {

const FormatWords& ShowFormats() {
  static const FormatWords kFormats = {
      {"json", Format::kJson}, {"jsonl", Format::kJsonl}, {"table", Format::kTable}};
  return kFormats;
}

const FormatWords& ExportFormats() {
  static const FormatWords kFormats = {{"csv", Format::kCsv}, {"jsonl", Format::kJsonl}};
  return kFormats;
}

const std::map<std::string, OnExisting>& OnExistingWords() {
  static const std::map<std::string, OnExisting> kWords = {{"keep", OnExisting::kKeep},
                                                           {"merge", OnExisting::kMerge},
                                                           {"newer", OnExisting::kNewer},
                                                           {"replace", OnExisting::kReplace}};
  return kWords;
}

const std::map<std::string, SortOrder>& SortOrders() {
  static const std::map<std::string, SortOrder> kOrders = {{"ascending", SortOrder::kAscending},
                                                           {"descending", SortOrder::kDescending}};
  return kOrders;
}

void AddOrder(CLI::App* app, const std::string& keys, const std::string& default_order,
              std::string* sort_by, SortOrder* sort_order, CLI::Option* query) {
  app->add_option("--sort-by", *sort_by, "Default " + *sort_by)->type_name(keys)->excludes(query);
  AddWord<SortOrder>(app, "--sort-order", SortOrders(), "Default " + default_order,
                     [sort_order](SortOrder order) { *sort_order = order; })
      ->excludes(query);
}

void AddWork(CLI::App* app, WorkLimits* work, bool* explain, CLI::Option* query) {
  app->add_option("--deadline-ms", work->deadline_ms, "Stop after this time")
      ->type_name("MS")
      ->excludes(query);
  app->add_option("--scan-limit-rows", work->scan_limit_rows, "Stop after so many rows were tested")
      ->type_name("N")
      ->excludes(query);
  app->add_flag("--explain", *explain, "Tell what the query did")->excludes(query);
}

void AddFields(CLI::App* app, std::string* fields) {
  app->add_option("--fields", *fields, "Dotted paths for csv and table")->type_name("A,B.C");
}

// Says of an option no more than what it takes.
class BriefFormatter : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override {
    const std::string type = option->get_type_name();
    return type.empty() ? type : " " + type;
  }
};

// Options of a verb live here until the command line is read.
struct Drafts {
  ImportOptions import_calls;
  ListOptions list;
  GetOptions get;
  ShowOptions show;
  CountOptions count;
  AggregateOptions aggregate;
  UpdateOptions update;
  ExportOptions export_calls;
};

void AddImport(CLI::App* tool, Drafts* drafts, Arguments* out) {
  ImportOptions* const options = &drafts->import_calls;
  CLI::App* const verb =
      AddVerb(tool, out, "import", "Take calls from files into the store", help::kImport);
  verb->add_option("FILE", options->files, "Files, or - for standard input")
      ->required()
      ->type_name("");
  verb->add_option("--org", options->organization, "The organization of records that name none")
      ->type_name("ORG");
  AddWord<OnExisting>(verb, "--on-existing", OnExistingWords(),
                      "What to do with a call that is there",
                      [options](OnExisting word) { options->on_existing = word; });
  verb->callback([=] { out->command = *options; });
}

void AddList(CLI::App* tool, Drafts* drafts, Arguments* out) {
  ListOptions* const options = &drafts->list;
  CLI::App* const verb = AddVerb(tool, out, "list", "List calls, newest first", help::kList);
  AddOrganization(verb, &options->organization);
  CLI::Option* const query = AddFilter(verb, &options->filter);
  AddOrder(verb, "KEY", "descending", &options->query.sort_by, &options->query.sort_order, query);
  verb->add_option("--page", options->query.page, "From 0 (default 0)")
      ->type_name("N")
      ->excludes(query);
  verb->add_option("--limit", options->query.limit, "Calls a page, 1 to 1000 (default 20)")
      ->type_name("N")
      ->excludes(query);
  verb->add_option("--cursor", options->query.cursor, "Go on from an earlier page")
      ->type_name("CURSOR")
      ->excludes(query);
  AddWork(verb, &options->query.work, &options->query.explain, query);
  verb->add_flag_callback(
          "--summary", [options] { options->query.view = View::kSummary; },
          "Without transcripts, events and latency values")
      ->excludes(query);
  AddFields(verb, &options->fields);
  verb->callback([=] { out->command = *options; });
}

void AddReaders(CLI::App* tool, Drafts* drafts, Arguments* out) {
  GetOptions* const get = &drafts->get;
  CLI::App* verb = AddVerb(tool, out, "get", "Print one call as data", help::kGet);
  verb->add_option("ID", get->id, "Its id or call_id")->required()->type_name("");
  AddOrganization(verb, &get->organization);
  AddFields(verb, &get->fields);
  verb->callback([=] { out->command = *get; });

  ShowOptions* const show = &drafts->show;
  verb =
      AddVerb(tool, out, "show", "Print one call for a person to read", help::kShow, ShowFormats());
  verb->add_option("ID", show->id, "Its id or call_id")->required()->type_name("");
  AddOrganization(verb, &show->organization);
  verb->add_flag("--whole", show->whole, "Do not shorten the results of tools");
  verb->callback([=] { out->command = *show; });

  CountOptions* const count = &drafts->count;
  verb = AddVerb(tool, out, "count", "Count calls", help::kCount);
  AddOrganization(verb, &count->organization);
  AddFilter(verb, &count->filter);
  verb->callback([=] { out->command = *count; });
}

void AddAggregate(CLI::App* tool, Drafts* drafts, Arguments* out) {
  AggregateOptions* const options = &drafts->aggregate;
  CLI::App* const verb =
      AddVerb(tool, out, "aggregate", "Count, sum and average calls in groups", help::kAggregate);
  AddOrganization(verb, &options->organization);
  CLI::Option* const query = AddFilter(verb, &options->filter);
  verb->add_option("--group-by", options->query.group_by, "Up to two; none: one group")
      ->type_name("FIELD|hour|day|week|month")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->excludes(query);
  verb->add_option("--metric", options->query.metrics, "Up to 16 (default count)")
      ->type_name("METRIC")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->excludes(query);
  verb->add_option("--time-zone", options->query.time_zone, "Of hours, days, ... (default UTC)")
      ->type_name("ZONE")
      ->excludes(query);
  AddOrder(verb, "METRIC|group", "ascending", &options->query.sort_by, &options->query.sort_order,
           query);
  verb->add_option("--limit", options->query.limit, "Groups, 1 to 10000 (default 1000)")
      ->type_name("N")
      ->excludes(query);
  AddWork(verb, &options->query.work, &options->query.explain, query);
  verb->callback([=] { out->command = *options; });
}

void AddWriters(CLI::App* tool, Drafts* drafts, Arguments* out) {
  UpdateOptions* const update = &drafts->update;
  CLI::App* verb = AddVerb(tool, out, "update", "Change fields of one call", help::kUpdate);
  verb->add_option("ID", update->id, "Its id or call_id")->required()->type_name("");
  AddOrganization(verb, &update->organization);
  verb->add_option("--patch", update->patch, "A JSON Merge Patch, @FILE, or -")
      ->required()
      ->type_name("JSON");
  verb->callback([=] { out->command = *update; });

  AddDeleteVerb(tool, out);
}

void AddExport(CLI::App* tool, Drafts* drafts, Arguments* out) {
  ExportOptions* const options = &drafts->export_calls;
  CLI::App* const verb =
      AddVerb(tool, out, "export", "Write calls to a file", help::kExport, ExportFormats());
  AddOrganization(verb, &options->organization);
  verb->add_flag("--all", options->all, "Every organization")->excludes("--org");
  CLI::Option* const query = AddFilter(verb, &options->filter);
  AddOrder(verb, "KEY", "descending", &options->sort_by, &options->sort_order, query);
  verb->add_option("--output", options->output, "The file; default standard output")
      ->type_name("FILE[.gz]");
  verb->add_option("--fields", options->fields, "Dotted paths for csv")->type_name("A,B.C");
  verb->callback([=] {
    if (options->output == "-") options->output.clear();
    out->command = *options;
  });
}

void AddStoreVerbs(CLI::App* tool, Arguments* out) {
  AddVerb(tool, out, "orgs", "Name the organizations", help::kOrganizations)->callback([out] {
    out->command = OrganizationsOptions{};
  });
  AddVerb(tool, out, "stats", "Tell how large the store is", help::kStats)->callback([out] {
    out->command = StatsOptions{};
  });
}

// Where json was asked for, an error of usage is told in json too.
bool WantsJson(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--format=json") return true;
    if (word == "--format" && i + 1 < argc) return std::string_view(argv[i + 1]) == "json";
  }
  return false;
}

// Backups stand for themselves.
bool NeedsStore(const Command& command) {
  return !std::holds_alternative<ListBackupsOptions>(command) &&
         !std::holds_alternative<RestoreBackupOptions>(command);
}

int ReportUsage(const std::string& message, bool as_json) {
  if (as_json) {
    std::cout << ToJson(Error{ErrorCode::kInvalidArgument, message, {}}) << std::endl;
  }
  Notice(message);
  Notice("see callstore --help, and callstore VERB --help");
  return kExitUsage;
}

// What is wrong, in our words where no verb was understood.
std::string UsageMessage(const CLI::App& tool, const CLI::ParseError& error) {
  const CLI::App* app = &tool;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  std::string verbs;
  for (const CLI::App* verb : app->get_subcommands([](const CLI::App*) { return true; })) {
    verbs += (verbs.empty() ? "" : ", ") + verb->get_name();
  }
  if (verbs.empty()) return error.what();
  const std::vector<std::string> rest = app->remaining();
  if (!rest.empty()) return rest.front() + " is none of the verbs " + verbs;
  if (error.get_exit_code() != static_cast<int>(CLI::ExitCodes::RequiredError)) return error.what();
  return "say what to do: " + verbs;
}

}  // namespace

std::optional<Arguments> ParseArguments(int argc, const char* const* argv, int* exit_code) {
  Arguments arguments;
  Drafts drafts;
  CLI::App tool("A store of calls: import, list, read, change and export them.", "callstore");
  tool.footer(help::kTool);
  tool.set_version_flag("--version", "callstore " CALLSTORE_VERSION);
  tool.require_subcommand(1);
  const auto formatter = std::make_shared<BriefFormatter>();
  formatter->column_width(36);
  tool.formatter(formatter);
  AddCommon(&tool, AllFormats(), &arguments.common);
  AddImport(&tool, &drafts, &arguments);
  AddList(&tool, &drafts, &arguments);
  AddReaders(&tool, &drafts, &arguments);
  AddAggregate(&tool, &drafts, &arguments);
  AddWriters(&tool, &drafts, &arguments);
  AddExport(&tool, &drafts, &arguments);
  AddStoreVerbs(&tool, &arguments);
  AddEraseVerbs(&tool, &arguments);
  AddBackupVerbs(&tool, &arguments);
  AddCheckVerbs(&tool, &arguments);
  AddServerVerbs(&tool, &arguments);

  const bool as_json = WantsJson(argc, argv);
  try {
    tool.parse(argc, argv);
  } catch (const CLI::Success& help) {
    tool.exit(help);
    std::cout.flush();
    *exit_code = std::cout.good() ? kExitOk : kExitError;
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    *exit_code = ReportUsage(UsageMessage(tool, error), as_json);
    return std::nullopt;
  }
  const char* const store = std::getenv("CALLSTORE_STORE");
  if (arguments.common.store.empty() && store != nullptr) arguments.common.store = store;
  if (!arguments.common.store.empty() || !NeedsStore(arguments.command)) return arguments;
  *exit_code = ReportUsage("say which store: --store DIR, or CALLSTORE_STORE", as_json);
  return std::nullopt;
}

}  // namespace callstore::cli
