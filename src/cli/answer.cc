#include "cli/answer.h"

namespace callstore::cli {

Result<void> WriteAnswer(std::string_view message, const Record& record, const std::string& line,
                         Session* session) {
  if (session->format == Format::kTable) return session->out.Write(line + "\n");
  if (session->format == Format::kJson) {
    return session->out.Write(SuccessEnvelope(message, ToObject(record)) + "\n");
  }
  return session->out.Write(FormatRecords({record}, record, session->format));
}

Result<void> WriteAnswers(std::string_view message, std::string_view name,
                          const std::vector<Record>& records, const Record& header,
                          Session* session) {
  if (session->format != Format::kJson) {
    return session->out.Write(FormatRecords(records, header, session->format));
  }
  std::string list;
  for (const Record& record : records) list += (list.empty() ? "" : ",") + ToObject(record);
  const std::string data = "{\"" + std::string(name) + "\":[" + list + "]}";
  return session->out.Write(SuccessEnvelope(message, data) + "\n");
}

}  // namespace callstore::cli
