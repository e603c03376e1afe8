// cmd_get.cc - callstore get: one call, as data.
#include <string>
#include <vector>

#include "callstore/json.h"
#include "cli/call_fields.h"
#include "cli/commands.h"
#include "cli/csv.h"
#include "cli/failure.h"

namespace callstore::cli {
namespace {

// A line for each field that the call has.
std::string FormatFieldTable(const CallFields& call, const std::vector<std::string>& fields,
                             const TableOptions& options) {
  constexpr std::size_t kLeastValueWidth = 20;
  std::vector<std::vector<std::string>> rows;
  for (const std::string& field : fields) {
    const std::string cell = call.Cell(field);
    if (!cell.empty()) rows.push_back({field, cell});
  }
  return FormatTable({{.header = "FIELD"}, {.header = "VALUE", .least_width = kLeastValueWidth}},
                     rows, options);
}

}  // namespace

Result<void> RunCommand(const GetOptions& options, Session* session) {
  const Result<std::vector<std::string>> fields = ParseFields(options.fields);
  if (!fields) return Forward(fields);
  const bool by_field = session->format == Format::kTable || session->format == Format::kCsv;
  const View view = by_field ? ViewFor(*fields) : View::kFull;

  const Result<Opened> opened =
      OpenOrganization(*session, OpenMode::kReadOnly, options.organization);
  if (!opened) return Forward(opened);
  const Result<StoredCall> call = FindCall(opened->store, opened->organization, options.id, view);
  if (!call) return Forward(call);

  switch (session->format) {
    case Format::kJson:
      return session->out.Write(GetEnvelope(call->view()) + "\n");
    case Format::kJsonl:
      return session->out.Write(ToJson(call->view()) + "\n");
    case Format::kTable:
      return session->out.Write(
          FormatFieldTable(CallFields(call->view(), view), *fields, session->table));
    case Format::kCsv:
      break;
  }
  std::string text;
  AppendCsvRow(*fields, &text);
  AppendCsvRow(CallValues(CallFields(call->view(), view), *fields), &text);
  return session->out.Write(text);
}

}  // namespace callstore::cli
