// cmd_list.cc - callstore list: one page of an organization's calls.
#include <string>
#include <vector>

#include "callstore/json.h"
#include "cli/call_fields.h"
#include "cli/commands.h"
#include "cli/csv.h"
#include "cli/explain.h"
#include "cli/failure.h"
#include "cli/request.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "cli/transcript_hits.h"

namespace callstore::cli {
namespace {

Result<ListQuery> MakeQuery(const ListOptions& options, const Session& session) {
  if (options.filter.query_json) return ParseListQuery(*options.filter.query_json);
  return ReadFilter(options.filter, session).map([&](const Filter& filter) {
    ListQuery query = options.query;
    query.filter = filter;
    return query;
  });
}

// The cheapest view that has all that will be printed.
Result<View> ChooseView(const ListOptions& options, const ListQuery& query, Format format) {
  if (format != Format::kTable && format != Format::kCsv) return query.view;
  const Result<std::vector<std::string>> fields = ParseFields(options.fields);
  if (!fields) return Forward(fields);
  const bool has_excerpts = format == Format::kTable && SearchesTranscript(query.filter);
  return query.view == View::kFull && !has_excerpts ? ViewFor(*fields) : query.view;
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

// The options that go on from `cursor`. It belongs to its filter, so a time that moves is held.
std::string ByCursor(const ListOptions& options, const std::string& cursor,
                     const Session& session) {
  if (options.filter.query_json) return "\"cursor\":\"" + cursor + "\" in --query";
  const TimeRange range = ReadRange(options.filter, session).value_or(TimeRange{});
  std::string words;
  if (range.ge) words += "--since " + std::to_string(*range.ge) + " ";
  if (range.lt) words += "--until " + std::to_string(*range.lt) + " ";
  return words + "--cursor " + cursor;
}

// Under a table: where in the list this is, and how to go on.
void NotePlace(const ListOptions& options, const ListQuery& query, const Page& page,
               const Session& session) {
  const Pagination& place = page.pagination;
  std::string note = CountOf(static_cast<std::int64_t>(page.calls.size()), "call");
  if (place.total_count) note += " of " + GroupDigits(*place.total_count);
  if (place.has_next_page && !options.filter.query_json) {
    note += "; next: " + (query.cursor.empty() ? "--page " + std::to_string(query.page + 1)
                                               : ByCursor(options, page.next_cursor, session));
  }
  Notice(note);
}

// Data may not look whole where it is not, so this is told in every format.
void NoteIncomplete(const ListOptions& options, const Page& page, const Session& session) {
  std::string note = "the list is not complete: deadline_ms or scan_limit_rows ended it after " +
                     CountOf(static_cast<std::int64_t>(page.calls.size()), "call");
  if (page.sort_by != ListQuery{}.sort_by) {
    // Its cursor leads to the same place, where the same limit would be hit.
    note += "; raise the limit: this order has to see every call that matches";
  } else if (!page.next_cursor.empty()) {
    note += "; next: " + ByCursor(options, page.next_cursor, session);
  } else if (!page.previous_cursor.empty()) {
    note += "; previous: " + ByCursor(options, page.previous_cursor, session);
  }
  Notice(note);
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
    text = FormatCallTable(page.calls, page.view, *fields, session->table);
    const std::string hits = FormatTranscriptHits(page, session->table);
    if (!hits.empty()) text += "\n" + hits;
    return session->out.Write(text);
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
  const Result<View> view = ChooseView(options, *query, session->format);
  if (!view) return Forward(view);
  query->view = *view;
  const Result<Opened> opened =
      OpenOrganization(*session, OpenMode::kReadOnly, options.organization);
  if (!opened) return Forward(opened);
  const Result<Page> page = opened->store.List(opened->organization, *query);
  if (!page) return Forward(page);

  const bool is_table = session->format == Format::kTable;
  const bool is_empty = page->calls.empty();
  if (is_empty && page->complete) {
    Result<void> noted = NoteEmpty(opened->store, opened->organization, *page);
    if (!noted) return noted;
  }
  Result<void> written;
  if (!is_empty || !is_table) written = WritePage(*page, options.fields, session);
  if (written) written = session->out.Flush();
  if (!written) return written;
  if (!page->complete) {
    NoteIncomplete(options, *page, *session);
  } else if (is_table && !is_empty) {
    NotePlace(options, *query, *page, *session);
  }
  if (page->explain && session->format != Format::kJson) {
    WriteToStderr(FormatExplain(*page->explain));
  }
  return {};
}

}  // namespace callstore::cli
