#include "cli/call_splitter.h"

#include <utility>

namespace callstore::cli {
namespace {

// Deeper than any call may be; keeps the bracket stack small whatever comes in.
constexpr std::size_t kMostDepth = 1024;
constexpr std::size_t kMostKeyBytes = 16;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool IsByteOrderMark(char c) { return c == '\xEF' || c == '\xBB' || c == '\xBF'; }
char Opening(char closing) { return closing == '}' ? '{' : '['; }

}  // namespace

void CallSplitter::Feed(std::string_view bytes) {
  chunk_ = bytes;
  kept_to_ = 0;
  for (std::size_t i = 0; i < bytes.size();) i = in_string_ ? StepString(i) : Step(i);
  if (mode_ == Mode::kRecord || mode_ == Mode::kGarbage) Keep(bytes.size());
  chunk_ = {};
  kept_to_ = 0;
}

void CallSplitter::Finish() {
  in_string_ = false;
  if (mode_ == Mode::kRecord || mode_ == Mode::kGarbage) {
    EmitRecord(0, false);
  } else if (!outer_.empty()) {
    EmitProblem("the text ends in the middle of a list of calls");
  }
  outer_.clear();
  mode_ = Mode::kBetween;
}

std::size_t CallSplitter::StepString(std::size_t i) {
  for (; i < chunk_.size(); ++i) {
    const char c = chunk_[i];
    if (c == '\n') {  // no string goes over the end of a line
      in_string_ = false;
      escaped_ = false;
      if (mode_ == Mode::kRecord) {
        BreakOff(i);
      } else {
        EmitProblem("a string does not end on its line");
        outer_.clear();
      }
      mode_ = Mode::kBetween;
      return i;  // the end of the line is seen once more, between records
    }
    if (escaped_) {
      escaped_ = false;
    } else if (c == '\\') {
      escaped_ = true;
    } else if (c == '"') {
      in_string_ = false;
      previous_ = '"';
      if (is_key_) EndKey();
      return i + 1;
    }
    if (is_key_ && key_.size() < kMostKeyBytes) key_ += c;
  }
  return i;
}

void CallSplitter::EndKey() {
  is_key_ = false;
  if (open_.size() == 1) {
    outer_key_ = key_;
    if (key_ == "id" || key_ == "call_id") has_identity_ = true;
  } else {
    inner_key_ = key_;
  }
}

std::size_t CallSplitter::Step(std::size_t i) {
  switch (mode_) {
    case Mode::kBetween:
      return StepBetween(i);
    case Mode::kRecord:
      return StepRecord(i);
    case Mode::kGarbage:
      return StepGarbage(i);
    case Mode::kEnvelopeTail:
      return StepTail(i);
    case Mode::kSkipLine:
      if (chunk_[i] != '\n') return i + 1;
      mode_ = Mode::kBetween;
      return i;
  }
  return i + 1;
}

std::size_t CallSplitter::StepBetween(std::size_t i) {
  const char c = chunk_[i];
  if (c == '\n') {
    if (ended_on_line_) lines_ = true;
    if (lines_ && !outer_.empty()) {
      EmitProblem("the line ends in the middle of a list of calls");
      outer_.clear();
    }
    EndLine();
    return i + 1;
  }
  if (IsSpace(c) || c == ',' || (!started_ && IsByteOrderMark(c))) return i + 1;
  started_ = true;
  line_start_ = false;
  if (c == '{') {
    Begin(Mode::kRecord, i);
  } else if (c == '[' && outer_.empty()) {
    outer_.assign(1, 'A');
  } else if (c == '[') {
    Begin(Mode::kRecord, i);
  } else if (c == ']' && InArray()) {
    outer_.pop_back();
    if (!outer_.empty() && !InArray()) mode_ = Mode::kEnvelopeTail;
  } else {
    Begin(Mode::kGarbage, i);
  }
  return i + 1;
}

void CallSplitter::Begin(Mode mode, std::size_t i) {
  mode_ = mode;
  text_.clear();
  kept_to_ = i;
  record_line_ = line_;
  oversized_ = false;
  open_.clear();
  outer_key_.clear();
  inner_key_.clear();
  has_identity_ = false;
  data_begin_ = data_end_ = 0;
  previous_ = chunk_[i];
  if (mode == Mode::kRecord) open_ += chunk_[i];
}

std::size_t CallSplitter::StepRecord(std::size_t i) {
  const char c = chunk_[i];
  if (c == '\n') {
    if (lines_) {
      BreakOff(i);
      mode_ = Mode::kBetween;
      return i;
    }
    EndLine();
    return i + 1;
  }
  if (IsSpace(c)) return i + 1;
  if (IsMisplacedStart(c)) {
    BreakOff(i);
    mode_ = Mode::kBetween;
    return i;
  }
  line_start_ = false;
  switch (c) {
    case '"':
      in_string_ = true;
      is_key_ = open_.size() <= 2 && open_.back() == '{' && (previous_ == '{' || previous_ == ',');
      key_.clear();
      return i + 1;
    case '{':
    case '[':
      OpenInRecord(i);
      return i + 1;
    case '}':
    case ']':
      return CloseInRecord(i);
    default:
      previous_ = c;
      return i + 1;
  }
}

// A "{" at the start of a line where no value can stand: the text before it broke off.
bool CallSplitter::IsMisplacedStart(char c) const {
  if (c != '{' || !line_start_) return false;
  const bool may_stand =
      previous_ == ':' || previous_ == '[' || (previous_ == ',' && open_.back() == '[');
  return !may_stand;
}

void CallSplitter::OpenInRecord(std::size_t i) {
  const char c = chunk_[i];
  if (OpensCalls(c)) {
    outer_ += "EEA";
    mode_ = Mode::kBetween;
    text_.clear();
    return;
  }
  if (c == '{' && open_ == "{" && previous_ == ':' && outer_key_ == "data") {
    data_begin_ = RecordSize(i);
    data_line_ = line_;
  }
  open_ += c;
  previous_ = c;
  if (open_.size() > kMostDepth) {
    BreakOff(i);
    mode_ = Mode::kSkipLine;
  }
}

bool CallSplitter::OpensCalls(char bracket) const {
  return bracket == '[' && previous_ == ':' && open_ == "{{" && outer_key_ == "data" &&
         inner_key_ == "calls" && !has_identity_;
}

std::size_t CallSplitter::CloseInRecord(std::size_t i) {
  const char c = chunk_[i];
  if (open_.back() != Opening(c)) {
    BreakOff(i + 1);
    mode_ = Mode::kSkipLine;
    return i + 1;
  }
  open_.pop_back();
  previous_ = c;
  if (open_.size() == 1 && data_begin_ > 0 && data_end_ == 0) data_end_ = RecordSize(i + 1);
  if (open_.empty()) EndRecord(i + 1);
  return i + 1;
}

std::size_t CallSplitter::StepGarbage(std::size_t i) {
  const char c = chunk_[i];
  if (c != '\n' && !(InArray() && (c == ',' || c == ']'))) return i + 1;
  EmitRecord(i, false);
  mode_ = Mode::kBetween;
  return i;
}

std::size_t CallSplitter::StepTail(std::size_t i) {
  const char c = chunk_[i];
  bool fits = true;
  if (c == '\n') {
    if (lines_) {
      EmitProblem("the line ends in the middle of an answer");
      outer_.clear();
      mode_ = Mode::kBetween;
      return i;
    }
    EndLine();
  } else if (c == '"') {
    in_string_ = true;
    is_key_ = false;
  } else if (c == '{' || c == '[') {
    outer_ += c;
    fits = outer_.size() <= kMostDepth;
  } else if (c == '}' || c == ']') {
    fits = outer_.back() == Opening(c) || (c == '}' && outer_.back() == 'E');
    outer_.pop_back();
    if (outer_.empty() || InArray()) mode_ = Mode::kBetween;
  }
  if (!fits) {
    EmitProblem("the brackets of the answer do not match");
    outer_.clear();
    mode_ = Mode::kSkipLine;
  }
  return i + 1;
}

void CallSplitter::EndLine() {
  ++line_;
  line_start_ = true;
  ended_on_line_ = false;
}

void CallSplitter::EndRecord(std::size_t end) {
  if (outer_.empty() && record_line_ == line_) ended_on_line_ = true;
  EmitRecord(end, true);
  mode_ = Mode::kBetween;
}

// Ends a record that is not complete. The caller sets the mode.
void CallSplitter::BreakOff(std::size_t end) {
  EmitRecord(end, false);
  if (lines_) outer_.clear();
}

void CallSplitter::EmitRecord(std::size_t end, bool complete) {
  SplitRecord record{
      .text = chunk_.substr(kept_to_, end - kept_to_), .line = record_line_, .problem = {}};
  if (oversized_ || !text_.empty()) {
    Keep(end);
    record.text = text_;
  }
  if (oversized_ || record.text.size() > most_record_bytes_) {
    record.text = {};
    record.problem = "the record is larger than a call may be";
  } else if (complete && !has_identity_ && data_end_ > 0) {
    record.text = record.text.substr(data_begin_, data_end_ - data_begin_);
    record.line = data_line_;
  }
  sink_(record);
  text_.clear();
}

void CallSplitter::EmitProblem(std::string_view problem) {
  sink_({.text = {}, .line = line_, .problem = problem});
}

// Takes what the chunk adds to the record, up to `end`.
void CallSplitter::Keep(std::size_t end) {
  const std::string_view more = chunk_.substr(kept_to_, end - kept_to_);
  kept_to_ = end;
  if (text_.size() + more.size() > most_record_bytes_) oversized_ = true;
  if (oversized_) {
    text_.clear();
  } else {
    text_ += more;
  }
}

}  // namespace callstore::cli
