#include "http/import_route.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/failure.h"
#include "http/json_text.h"

namespace callstore::http {
namespace {

constexpr std::size_t kBatchLines = 500;
constexpr std::size_t kBatchBytes = std::size_t{4} << 20;
constexpr std::size_t kMostLineBytes = std::size_t{65} << 20;
constexpr std::size_t kMostErrors = 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct Counts {
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t unchanged = 0;
  std::int64_t redacted = 0;
  std::int64_t failed = 0;
};

// {"line":3,"code":"invalid_argument","message":"...","details":{...}}
void AppendError(std::int64_t line, const Error& error, std::string* out) {
  const Error shown = ForClient(error);
  *out += out->empty() ? "{" : ",{";
  AppendCountMember("line", line, out);
  AppendTextMember("code", ErrorCodeName(shown.code), out);
  AppendTextMember("message", shown.message, out);
  std::string details = "{";
  for (const auto& [key, value] : shown.details) AppendTextMember(key, value, &details);
  AppendMember("details", details + "}", out);
  *out += '}';
}

// Lines that become calls.
class Import {
 public:
  Import(Store* store, std::string_view organization, OnExisting on_existing)
      : store_(store), organization_(organization), on_existing_(on_existing) {}

  // Takes the next bytes. Fails where a batch could not be written.
  Result<void> Take(std::string_view piece) {
    while (!piece.empty()) {
      const std::size_t end = std::min(piece.find('\n'), piece.size());
      TakePart(piece.substr(0, end));
      piece.remove_prefix(end);
      if (piece.empty()) break;
      piece.remove_prefix(1);
      if (Result<void> ended = EndLine(); !ended) return ended;
    }
    return {};
  }

  // The bytes are at their end.
  Result<void> Finish() {
    if (Result<void> ended = EndLine(); !ended) return ended;
    return Flush();
  }

  // What went wrong with the store, if it was that.
  const std::optional<Error>& failure() const { return failure_; }
  const Counts& counts() const { return counts_; }
  // The first line that is not settled.
  std::int64_t next_line() const { return lines_.empty() ? line_ : lines_.front().number; }
  // Elements of an array.
  const std::string& errors_json() const { return errors_json_; }

 private:
  struct Line {
    std::size_t offset = 0;
    std::size_t size = 0;
    std::int64_t number = 0;
  };

  void TakePart(std::string_view part) {
    if (skipping_) return;
    if (text_.size() - line_start_ + part.size() <= kMostLineBytes) {
      text_ += part;
      return;
    }
    AddError(line_, {ErrorCode::kTooLarge,
                     "the line is too long",
                     {{"limit", std::to_string(kMostLineBytes)}}});
    text_.resize(line_start_);
    skipping_ = true;
  }

  Result<void> EndLine() {
    std::string_view line = std::string_view(text_).substr(line_start_);
    std::size_t offset = line_start_;
    if (line_ == 1 && line.starts_with(kByteOrderMark)) {
      offset += kByteOrderMark.size();
      line.remove_prefix(kByteOrderMark.size());
    }
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
      lines_.push_back({offset, line.size(), line_});
    } else {
      text_.resize(line_start_);
    }
    skipping_ = false;
    line_start_ = text_.size();
    ++line_;
    if (lines_.size() < kBatchLines && text_.size() < kBatchBytes) return {};
    return Flush();
  }

  // Stores the lines that are held. REQUIRES: no line has begun.
  Result<void> Flush() {
    if (lines_.empty()) return {};
    std::vector<std::string_view> texts;
    texts.reserve(lines_.size());
    for (const Line& line : lines_) {
      texts.push_back(std::string_view(text_).substr(line.offset, line.size));
    }
    const auto results = store_->PutJsonBatch(organization_, texts, {.on_existing = on_existing_});
    if (!results) {
      failure_ = results.error();
      return Forward(results);
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) Tally(lines_[i].number, (*results)[i]);
    lines_.clear();
    text_.clear();
    if (text_.capacity() > 2 * kBatchBytes) text_.shrink_to_fit();
    line_start_ = 0;
    return {};
  }

  void Tally(std::int64_t line, const Result<PutResult>& result) {
    if (!result) return AddError(line, result.error());
    counts_.added += result->outcome == PutOutcome::kNew ? 1 : 0;
    counts_.changed += result->outcome == PutOutcome::kChanged ? 1 : 0;
    counts_.unchanged += result->outcome == PutOutcome::kUnchanged ? 1 : 0;
    counts_.redacted += result->redacted ? 1 : 0;
  }

  void AddError(std::int64_t line, const Error& error) {
    if (++counts_.failed > static_cast<std::int64_t>(kMostErrors)) return;
    AppendError(line, error, &errors_json_);
  }

  Store* store_;
  std::string_view organization_;
  OnExisting on_existing_;
  std::string text_;         // the lines held, without their ends, then the unfinished one
  std::vector<Line> lines_;  // of text_
  std::size_t line_start_ = 0;
  std::int64_t line_ = 1;
  bool skipping_ = false;  // the rest of a line that is too long
  Counts counts_;
  std::string errors_json_;
  std::optional<Error> failure_;
};

Outcome<void> CheckLinesType(const Request& request) {
  static constexpr std::array<std::string_view, 4> kTypes = {"", "application/x-ndjson",
                                                             "application/jsonl", "text/plain"};
  if (std::ranges::find(kTypes, request.content_type) != kTypes.end()) return {};
  return Refuse(415, ErrorCode::kInvalidArgument, "the body must be JSON Lines",
                {{"field", "Content-Type"},
                 {"value", request.content_type.substr(0, 100)},
                 {"valid", "application/x-ndjson, application/jsonl, text/plain"}});
}

Outcome<OnExisting> ReadOnExisting(const Request& request) {
  static constexpr std::array<std::string_view, 1> kNames = {"on_existing"};
  static constexpr std::array<std::pair<std::string_view, OnExisting>, 4> kChoices = {
      {{"merge", OnExisting::kMerge},
       {"replace", OnExisting::kReplace},
       {"keep", OnExisting::kKeep},
       {"newer", OnExisting::kNewer}}};
  CALLSTORE_HTTP_TRY(CheckParameters(request, kNames));
  if (request.parameters.empty()) return OnExisting::kMerge;
  const std::string_view value = ParameterOf(request, "on_existing");
  for (const auto& [name, choice] : kChoices) {
    if (name == value) return choice;
  }
  return Refuse(ErrorCode::kInvalidArgument, "there is no such way to deal with stored calls",
                {{"field", "on_existing"},
                 {"value", std::string(value.substr(0, 32))},
                 {"valid", "merge, replace, keep, newer"}});
}

// {"message":...,"data":{"organization_id":...,"new":1,...,"errors":[...]}}
std::string ImportEnvelope(std::string_view organization, const Import& import) {
  const Counts& counts = import.counts();
  std::string text = "{";
  AppendTextMember(
      "message",
      counts.failed == 0 ? "Calls imported successfully" : "Calls imported, but for some lines",
      &text);
  text += R"(,"status":"success","error":null,"data":{)";
  AppendTextMember("organization_id", organization, &text);
  AppendCountMember("new", counts.added, &text);
  AppendCountMember("changed", counts.changed, &text);
  AppendCountMember("unchanged", counts.unchanged, &text);
  AppendCountMember("redacted", counts.redacted, &text);
  AppendCountMember("failed", counts.failed, &text);
  text += ",\"errors\":[";
  text += import.errors_json();
  return text + "]}}";
}

// An import that broke off: what ended it, and how far it came.
Refusal BrokenOff(Refusal refusal, const Import& import) {
  const Counts& counts = import.counts();
  refusal.facts = {{"line", std::to_string(import.next_line())},
                   {"new", std::to_string(counts.added)},
                   {"changed", std::to_string(counts.changed)},
                   {"unchanged", std::to_string(counts.unchanged)},
                   {"failed", std::to_string(counts.failed)}};
  return refusal;
}

}  // namespace

Outcome<void> ImportCalls(const Exchange& exchange, Response* response) {
  const auto on_existing = ReadOnExisting(exchange.request);
  CALLSTORE_HTTP_TRY(on_existing);
  CALLSTORE_HTTP_TRY(CheckLinesType(exchange.request));
  Import import(&exchange.store, exchange.access.organization_id, *on_existing);
  Result<void> done = exchange.body.Read(
      exchange.options.max_import_bytes,
      [&](std::string_view piece) -> Result<void> { return import.Take(piece); });
  if (done) done = import.Finish();
  if (!done) {
    Refusal refusal =
        import.failure() ? Refusal(*import.failure()) : RefuseBody(std::move(done).error()).value();
    return tl::unexpected<Refusal>(BrokenOff(std::move(refusal), import));
  }
  AnswerJson(200, ImportEnvelope(exchange.access.organization_id, import), response);
  return {};
}

}  // namespace callstore::http
