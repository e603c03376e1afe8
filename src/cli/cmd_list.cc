// cmd_list.cc - callstore list: one page of an organization's calls.
#include <string>
#include <vector>

#include "callstore/json.h"
#include "cli/call_fields.h"
#include "cli/commands.h"
#include "cli/csv.h"
#include "cli/failure.h"
#include "cli/terminal.h"
#include "cli/text.h"

namespace callstore::cli {
namespace {

Result<ListQuery> MakeQuery(const ListOptions& options, const Session& session) {
  if (!options.query_json.empty()) return ParseListQuery(options.query_json);
  ListQuery query = options.query;
  const Result<TimeRange> range = ReadBounds(session, options.bounds);
  if (!range) return Forward(range);
  query.start_timestamp = *range;
  return query;
}

// Says on standard error that there is nothing to see, and why.
Result<void> NoteEmpty(const Store& store, const std::string& organization, const Page& page) {
  Result<void> known = CheckOrganization(store, organization);
  if (!known) return known;
  const std::int64_t total = page.pagination.total_count.value_or(0);
  if (total > 0) {
    Notice("page " + std::to_string(page.pagination.page) + " is past the end: " + organization +
           " has " + CountOf(total, "call") + " here, so pages 0 to " +
           std::to_string(page.pagination.total_pages.value_or(1) - 1));
  } else if (page.applied_filters_json != "{}") {
    Notice("no call of " + organization + " matches " + page.applied_filters_json);
  } else {
    Notice(organization + " has no calls");
  }
  return {};
}

// Under a table: where in the list this is, and how to go on.
void NotePlace(const ListOptions& options, const ListQuery& query, const Page& page) {
  const Pagination& place = page.pagination;
  const auto shown = static_cast<std::int64_t>(page.calls.size());
  std::string note = CountOf(shown, "call");
  if (place.total_count) note += " of " + GroupDigits(*place.total_count);
  if (!place.has_next_page || !options.query_json.empty()) {
    Notice(note);
    return;
  }
  if (query.cursor.empty()) {
    Notice(note + "; next: --page " + std::to_string(query.page + 1));
    return;
  }
  note += "; next:";
  // A cursor belongs to its filter, so a time that moves has to be held.
  if (query.start_timestamp.ge) note += " --since " + std::to_string(*query.start_timestamp.ge);
  if (query.start_timestamp.lt) note += " --until " + std::to_string(*query.start_timestamp.lt);
  Notice(note + " --cursor " + page.next_cursor);
}

Result<void> WritePage(const Page& page, const std::string& fields_list, Session* session) {
  std::string text;
  if (session->format == Format::kJson) {
    return session->out.Write(ToJson(page) + "\n");
  }
  if (session->format == Format::kJsonl) {
    for (const CallView& call : page.calls) {
      text.clear();
      AppendJson(call, {.view = page.view}, &text);
      text += '\n';
      Result<void> written = session->out.Write(text);
      if (!written) return written;
    }
    return {};
  }
  Result<std::vector<std::string>> fields = ParseFields(fields_list);
  if (!fields) return Forward(fields);
  if (session->format == Format::kTable) {
    if (fields_list.empty()) fields->clear();
    return session->out.Write(FormatCallTable(page.calls, page.view, *fields, session->table));
  }
  AppendCsvRow(*fields, &text);
  for (const CallView& call : page.calls) {
    AppendCsvRow(CallValues(CallFields(call, page.view), *fields), &text);
  }
  return session->out.Write(text);
}

}  // namespace

Result<void> RunCommand(const ListOptions& options, Session* session) {
  Result<ListQuery> query = MakeQuery(options, *session);
  if (!query) return Forward(query);
  if (session->format == Format::kTable || session->format == Format::kCsv) {
    const Result<std::vector<std::string>> fields = ParseFields(options.fields);
    if (!fields) return Forward(fields);
    if (query->view == View::kFull) query->view = ViewFor(*fields);
  }
  const Result<Store> store = OpenForReading(*session);
  if (!store) return Forward(store);
  const Result<std::string> organization = ChooseOrganization(*store, options.organization);
  if (!organization) return Forward(organization);
  const Result<Page> page = store->List(*organization, *query);
  if (!page) return Forward(page);

  if (page->calls.empty()) {
    Result<void> noted = NoteEmpty(*store, *organization, *page);
    if (!noted) return noted;
    if (session->format == Format::kTable) return {};
  }
  Result<void> written = WritePage(*page, options.fields, session);
  if (!written) return written;
  written = session->out.Flush();
  if (written && session->format == Format::kTable) NotePlace(options, *query, *page);
  return written;
}

}  // namespace callstore::cli
