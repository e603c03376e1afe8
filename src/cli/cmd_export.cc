// cmd_export.cc - callstore export: calls out of the store, as JSON Lines or csv.
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "callstore/json.h"
#include "cli/call_fields.h"
#include "cli/commands.h"
#include "cli/csv.h"
#include "cli/failure.h"
#include "cli/progress.h"
#include "cli/request.h"
#include "cli/terminal.h"
#include "cli/text.h"

namespace callstore::cli {
namespace {

constexpr std::int64_t kPageCalls = 200;
// In an order that is not the stored one each page is a pass over the columns: fewer of them.
constexpr std::int64_t kSortedPageCalls = 1000;

// Writes calls in one format and remembers which fields it found.
class CallFormatter {
 public:
  CallFormatter(Format format, std::vector<std::string> fields)
      : format_(format), fields_(std::move(fields)), missing_(fields_.begin(), fields_.end()) {}

  std::string Header() const {
    std::string text;
    if (format_ == Format::kCsv) AppendCsvRow(fields_, &text);
    return text;
  }

  View view() const { return format_ == Format::kCsv ? ViewFor(fields_) : View::kFull; }

  void Append(const CallView& call, std::string* text) {
    if (format_ != Format::kCsv) {
      AppendJson(call, {}, text);
      *text += '\n';
      return;
    }
    const CallFields values(call, view());
    std::erase_if(missing_, [&](const std::string& field) { return values.At(field).present(); });
    AppendCsvRow(CallValues(values, fields_), text);
  }

  // Fields that no call had; meant for those that somebody asked for.
  const std::set<std::string>& missing() const { return missing_; }

 private:
  Format format_;
  std::vector<std::string> fields_;
  std::set<std::string> missing_;
};

class Exporter {
 public:
  Exporter(const Store& store, CallFormatter* formatter, ByteSink sink, Progress* progress)
      : store_(store), formatter_(formatter), sink_(std::move(sink)), progress_(progress) {}

  // All calls of one organization that `query` matches, page by page along the cursor.
  Result<void> ExportOrganization(const std::string& organization, ListQuery query);

  std::int64_t calls() const { return calls_; }

 private:
  const Store& store_;
  CallFormatter* formatter_;
  ByteSink sink_;
  Progress* progress_;
  std::int64_t calls_ = 0;
};

// The limit at which a page that was too large would fit.
std::int64_t SmallerLimit(const Error& error, std::int64_t limit) {
  const std::string_view text = error.Detail("limit");
  std::int64_t fits = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), fits);
  const bool usable = failed == std::errc() && fits >= 1 && fits < limit;
  return usable ? fits : std::max<std::int64_t>(limit / 2, 1);
}

Result<void> Exporter::ExportOrganization(const std::string& organization, ListQuery query) {
  std::string text;
  while (true) {
    if (Interrupted()) return Failure(ErrorCode::kIoError, "the export was interrupted");
    const Result<Page> page = store_.List(organization, query);
    if (!page && page.error().code == ErrorCode::kTooLarge && query.limit > 1) {
      query.limit = SmallerLimit(page.error(), query.limit);
      continue;
    }
    if (!page) return Forward(page);
    text.clear();
    for (const CallView& call : page->calls) formatter_->Append(call, &text);
    Result<void> written = sink_(text);
    if (!written) return written;
    calls_ += static_cast<std::int64_t>(page->calls.size());
    progress_->Update(calls_, calls_);
    if (page->next_cursor.empty()) return {};
    query.cursor = page->next_cursor;
  }
}

Result<std::vector<std::string>> ChooseOrganizations(const Store& store,
                                                     const ExportOptions& options) {
  if (!options.all) {
    return ChooseOrganization(store, options.organization).map([](const std::string& name) {
      return std::vector<std::string>{name};
    });
  }
  const Result<std::vector<OrganizationInfo>> organizations = store.Organizations();
  if (!organizations) return Forward(organizations);
  std::vector<std::string> names;
  for (const OrganizationInfo& organization : *organizations) names.push_back(organization.name);
  return names;
}

Result<std::int64_t> CountAll(const Store& store, const std::vector<std::string>& organizations,
                              const Filter& filter) {
  std::int64_t total = 0;
  for (const std::string& organization : organizations) {
    Result<std::int64_t> count = store.Count(organization, filter);
    if (!count) return count;
    total += *count;
  }
  return total;
}

// The format that was asked for, or the one that the output's name tells.
Result<Format> ChooseFormat(const ExportOptions& options, const CommonOptions& common) {
  const bool csv_name = options.output.ends_with(".csv") || options.output.ends_with(".csv.gz");
  const Format format =
      common.format.value_or(csv_name || !options.fields.empty() ? Format::kCsv : Format::kJsonl);
  if (format == Format::kJsonl && !options.fields.empty()) {
    return Failure(ErrorCode::kInvalidArgument, "only csv can be limited to some fields",
                   {{"field", "--fields"}, {"valid", "--format csv"}});
  }
  if (format == Format::kJsonl || format == Format::kCsv) return format;
  return Failure(ErrorCode::kInvalidArgument, "an export has no such format",
                 {{"field", "--format"}, {"valid", "jsonl, csv"}});
}

// Which calls, and their order.
Result<ListQuery> MakeQuery(const ExportOptions& options, const CallFormatter& formatter,
                            const Session& session) {
  Result<ListQuery> query =
      ReadQuery(options.filter, {"filter_criteria", "sort_by", "sort_order"}, session);
  if (!query) return query;
  if (!options.filter.query_json) {
    query->sort_by = options.sort_by;
    query->sort_order = options.sort_order;
  }
  query->limit = query->sort_by == ListQuery{}.sort_by ? kPageCalls : kSortedPageCalls;
  query->view = formatter.view();
  query->with_total = false;
  return query;
}

// Writes all to `sink`. Result: how many calls.
Result<std::int64_t> ExportTo(const ByteSink& sink, const Store& store,
                              const ExportOptions& options, CallFormatter* formatter,
                              const Session& session) {
  const Result<ListQuery> query = MakeQuery(options, *formatter, session);
  if (!query) return Forward(query);
  const Result<std::vector<std::string>> organizations = ChooseOrganizations(store, options);
  if (!organizations) return Forward(organizations);
  const Result<std::int64_t> total = CountAll(store, *organizations, query->filter);
  if (!total) return Forward(total);
  if (*total == 0 && !options.all) {
    const Result<void> known = CheckOrganization(store, organizations->front());
    if (!known) return Forward(known);
  }

  Progress progress(!options.output.empty() && IsTerminal(STDERR_FILENO));
  progress.Start(std::filesystem::path(options.output).filename().string(), *total);
  Exporter exporter(store, formatter, sink, &progress);
  Result<void> done = sink(formatter->Header());
  for (const std::string& organization : *organizations) {
    if (!done) return Forward(done);
    done = exporter.ExportOrganization(organization, *query);
  }
  if (!done) return Forward(done);
  return exporter.calls();
}

// What a person should know of an export that went well.
void NoteExport(const ExportOptions& options, const CallFormatter& formatter, std::int64_t calls) {
  if (calls == 0) Notice("no call matches");
  if (calls > 0 && !options.fields.empty()) {
    for (const std::string& field : formatter.missing()) {
      Notice("no call has the field " + field);
    }
  }
  if (!options.output.empty()) {
    Notice(CountOf(calls, "call") + " exported to " + options.output);
  }
}

}  // namespace

Result<void> RunCommand(const ExportOptions& options, Session* session) {
  const Result<Format> format = ChooseFormat(options, session->common);
  if (!format) return Forward(format);
  Result<std::vector<std::string>> fields = ParseFields(options.fields);
  if (!fields) return Forward(fields);
  const Result<Store> store = OpenForReading(*session);
  if (!store) return Forward(store);
  CatchInterrupts();
  CallFormatter formatter(*format, *fields);
  if (options.output.empty()) {
    const Result<std::int64_t> calls =
        ExportTo([&](std::string_view bytes) { return session->out.Write(bytes); }, *store, options,
                 &formatter, *session);
    if (!calls) return Forward(calls);
    NoteExport(options, formatter, *calls);
    return {};
  }
  Result<OutputFile> file = OutputFile::Create(options.output);
  if (!file) return Forward(file);
  const Result<std::int64_t> calls =
      ExportTo([&](std::string_view bytes) { return file->Write(bytes); }, *store, options,
               &formatter, *session);
  if (!calls) return Forward(calls);
  Result<void> committed = file->Commit();
  if (!committed) return committed;
  NoteExport(options, formatter, *calls);
  return {};
}

}  // namespace callstore::cli
