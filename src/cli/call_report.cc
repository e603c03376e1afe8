#include "cli/call_report.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

#include "cli/json_text.h"
#include "cli/report_page.h"
#include "cli/table.h"
#include "cli/text.h"
#include "cli/times.h"

namespace callstore::cli {
namespace {

// Tool results are cut here unless all was asked for.
constexpr std::size_t kMostResultWidth = 600;

std::optional<double> NumberOf(const JsonText& value) {
  double number = 0;
  const std::string_view raw = value.raw();
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), number);
  if (error != std::errc() || end != raw.data() + raw.size()) return std::nullopt;
  return number;
}

std::string MomentOf(const JsonText& value) {
  const std::optional<double> moment = NumberOf(value);
  if (!moment || *moment < -9e15 || *moment > 9e15) return value.Text();
  return FormatMoment(static_cast<std::int64_t>(*moment)) + " UTC";
}

std::string YesOrNo(const JsonText& value) {
  return value.raw() == "true" ? "yes" : value.raw() == "false" ? "no" : value.Text();
}

std::string Join(const std::string& a, std::string_view between, const std::string& b) {
  return a.empty() || b.empty() ? a + b : a + std::string(between) + b;
}

// When in the call a turn starts: its own time, or that of its first word that has one.
std::string TurnTime(const JsonText& turn) {
  std::optional<double> start = NumberOf(turn.Member("start"));
  for (const JsonText& word : turn.Member("words").Elements()) {
    if (start) break;
    start = NumberOf(word.Member("start"));
  }
  return start ? FormatSpan(*start * 1000) : std::string();
}

// The name of a turn that nobody speaks; short, since it stands where speakers do.
std::string TurnName(const std::string& role) {
  if (role == "node_transition") return "Node";
  if (role == "dtmf") return "Keys";
  return role == "sms" ? "SMS" : role;
}

// "city: Paris, day: 3"; what is no object as it is.
std::string ShortMembers(const JsonText& object, std::string_view without = {}) {
  if (object.kind() != JsonKind::kObject) return object.Text();
  std::string text;
  for (const auto& [name, value] : object.Members()) {
    if (name != without) text += (text.empty() ? "" : ", ") + name + ": " + value.Text();
  }
  return text;
}

SpokenLine SpokenTurn(const JsonText& turn, const ReportOptions& options) {
  const std::string role = turn.Member("role").Text();
  SpokenLine line{.time = TurnTime(turn), .speaker = role, .text = {}, .ink = Ink::kDim};
  if (role == "agent" || role == "user" || role == "transfer_target") {
    line.speaker = role == "agent" ? "Agent" : role == "user" ? "User" : "Transfer";
    line.ink = role == "agent" ? Ink::kAgent : Ink::kUser;
    line.text = turn.Member("content").Text();
  } else if (role == "tool_call_invocation") {
    const std::string arguments = turn.Member("arguments").Text();
    const JsonText parsed(arguments);
    const bool is_object = parsed.kind() == JsonKind::kObject;
    line.speaker = "Tool";
    line.ink = Ink::kTool;
    line.text = "\u2192 " + turn.Member("name").Text() + "(" +
                (is_object ? ShortMembers(parsed) : arguments) + ")";
  } else if (role == "tool_call_result") {
    const std::string content = CleanText(turn.Member("content").Text());
    line.speaker = "Tool";
    line.ink = Ink::kTool;
    line.text = (turn.Member("successful").raw() == "false" ? "\u2190 failed: " : "\u2190 ") +
                (options.whole ? content : CutText(content, kMostResultWidth));
  } else {
    line.speaker = TurnName(role);
    line.text = ShortMembers(turn, "role");
  }
  return line;
}

void AddHeader(const JsonText& call, ReportPage* page) {
  const std::string call_id = call.Member("call_id").Text();
  const std::string id = call.Member("id").Text();
  page->Heading("Call " + (call_id.empty() ? id : call_id));
  if (!call_id.empty()) page->Fact("id", id);
  page->Fact("organization", call.Member("organization_id").Text());
  page->Fact("agent", call.Member("agent_id").Text());
  page->Fact("status", Join(call.Member("call_status").Text(), ", ",
                            call.Member("disconnection_reason").Text()));
  page->Fact("type", Join(call.Member("call_type").Text(), ", ", call.Member("direction").Text()));
  page->Fact("numbers",
             Join(call.Member("from_number").Text(), " \u2192 ", call.Member("to_number").Text()));
  const JsonText start = call.Member("start_timestamp");
  const JsonText end = call.Member("end_timestamp");
  page->Fact("started", start.present() ? MomentOf(start) : "not yet");
  if (end.present()) page->Fact("ended", MomentOf(end));
  std::optional<double> span = NumberOf(call.Member("call_duration"));
  if (!span && NumberOf(start) && NumberOf(end)) span = *NumberOf(end) - *NumberOf(start);
  if (span) page->Fact("duration", FormatSpan(*span));
  page->Fact("cost", call.At("call_cost.combined_cost").Text());
  page->Fact("recording", call.Member("recording_url").Text());
  page->Fact("log", call.Member("public_log_url").Text());
  page->Fact("call sid", call.At("telephony_identifier.call_sid").Text());
  page->Fact("conference sid", call.At("telephony_identifier.conference_sid").Text());
  if (call.Member("opt_out_sensitive_data_storage").raw() == "true") {
    page->Fact("opted out", "sensitive data of this call is not stored");
  }
}

void AddAnalysis(const JsonText& analysis, ReportPage* page) {
  if (analysis.Members().empty()) return;
  page->Heading("Analysis");
  page->Fact("summary", analysis.Member("call_summary").Text());
  page->Fact("successful", YesOrNo(analysis.Member("call_successful")));
  page->Fact("sentiment", analysis.Member("user_sentiment").Text());
  page->Fact("voicemail", YesOrNo(analysis.Member("in_voicemail")));
  page->Facts(analysis.Member("custom_analysis_data"));
}

// The fullest account of what was said that the call has.
void AddDialogue(const JsonText& call, const ReportOptions& options, ReportPage* page) {
  std::vector<JsonText> turns = call.Member("transcript_with_tool_calls").Elements();
  if (turns.empty()) turns = call.Member("transcript_object").Elements();
  const std::string transcript = call.Member("transcript").Text();
  if (turns.empty() && transcript.empty()) return;
  page->Heading("Dialogue");
  for (const JsonText& turn : turns) page->Spoken(SpokenTurn(turn, options));
  if (!turns.empty()) return;
  for (std::string_view rest = transcript; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    for (const std::string& line : WrapText(CleanText(rest.substr(0, end)), page->width() - 2)) {
      page->Block(line);
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void AddLatency(const JsonText& latency, ReportPage* page) {
  static constexpr std::array<std::string_view, 7> kFigures = {"p50", "p90", "p95", "p99",
                                                               "min", "max", "num"};
  if (latency.Members().empty()) return;
  std::vector<TableColumn> columns = {{.header = "ms"}};
  for (const std::string_view figure : kFigures) {
    columns.push_back({.header = std::string(figure), .align_right = true});
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& [component, figures] : latency.Members()) {
    std::vector<std::string>& row = rows.emplace_back(std::vector<std::string>{component});
    for (const std::string_view figure : kFigures) row.push_back(figures.Member(figure).Text());
  }
  page->Heading("Latency");
  page->Block(FormatTable(columns, rows, {}));
}

void AddEvents(const JsonText& call, ReportPage* page) {
  const std::vector<JsonText> events = call.Member("events").Elements();
  if (events.empty()) return;
  const std::optional<double> start = NumberOf(call.Member("start_timestamp"));
  page->Heading("Events");
  for (const JsonText& event : events) {
    const std::optional<double> moment = NumberOf(event.Member("timestamp"));
    const bool within = start && moment && *moment >= *start;
    const std::string event_name = event.Member("event").Text();
    const std::string name = event_name.empty() ? event.Member("type").Text() : event_name;
    const std::string when =
        within || !moment ? std::string() : " at " + MomentOf(event.Member("timestamp"));
    const std::string data = ShortMembers(event.Member("data"));
    page->Spoken({.time = within ? FormatSpan(*moment - *start) : std::string(),
                  .speaker = {},
                  .text = Join(name + when, "  ", data)});
  }
}

// What the documented shape does not know.
void AddOthers(const JsonText& call, ReportPage* page) {
  static constexpr std::array<std::string_view, 26> kKnown = {"id",
                                                              "call_id",
                                                              "agent_id",
                                                              "organization_id",
                                                              "call_status",
                                                              "call_type",
                                                              "direction",
                                                              "from_number",
                                                              "to_number",
                                                              "start_timestamp",
                                                              "end_timestamp",
                                                              "call_duration",
                                                              "disconnection_reason",
                                                              "recording_url",
                                                              "public_log_url",
                                                              "opt_out_sensitive_data_storage",
                                                              "metadata",
                                                              "events",
                                                              "transcript",
                                                              "transcript_object",
                                                              "transcript_with_tool_calls",
                                                              "latency",
                                                              "call_analysis",
                                                              "call_cost",
                                                              "telephony_identifier",
                                                              "stored_at"};
  bool headed = false;
  for (const auto& [name, value] : call.Members()) {
    if (std::find(kKnown.begin(), kKnown.end(), name) != kKnown.end()) continue;
    if (!headed) page->Heading("More");
    headed = true;
    const bool is_time = name == "created_at" || name == "updated_at" || name == "changed_at";
    if (value.kind() == JsonKind::kObject) {
      page->Facts(value, name + ".");
    } else {
      page->Fact(name, is_time ? MomentOf(value) : value.Text());
    }
  }
}

}  // namespace

std::string FormatCallReport(std::string_view call_json, const ReportOptions& options) {
  const JsonText call(call_json);
  ReportPage page(options.width, options.colour);
  AddHeader(call, &page);
  AddAnalysis(call.Member("call_analysis"), &page);
  AddDialogue(call, options, &page);
  AddLatency(call.Member("latency"), &page);
  if (const JsonText metadata = call.Member("metadata"); !metadata.Members().empty()) {
    page.Heading("Metadata");
    page.Facts(metadata);
  }
  AddEvents(call, &page);
  AddOthers(call, &page);
  return page.TakeText();
}

}  // namespace callstore::cli
