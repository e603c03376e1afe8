// call_splitter.h - finds the texts of single calls in a stream of JSON, without holding more than
// one of them.
// The stream may be JSON Lines, JSON objects one after another (also spread over lines), an array
// of calls, the documented answer of a list ({"data":{"calls":[...]}}) or of one call
// ({"data":{...}}), or a mixture of these. Nothing is checked but brackets and strings: a text that
// is not a call is handed on, and the store says what is wrong with it.
//
// After a text that breaks off, splitting goes on at the next line, or at the next line that starts
// with "{" where none can stand. Once an object took exactly one line the stream counts as JSON
// Lines: a text then never goes over the end of its line.
//
// Ownership:     owns the unfinished text; a record's views live until the sink returns.
// Thread safety: one thread at a time.
// Errors:        none; what cannot be a call is a record with a `problem`.
#ifndef CALLSTORE_SRC_CLI_CALL_SPLITTER_H_
#define CALLSTORE_SRC_CLI_CALL_SPLITTER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace callstore::cli {

struct SplitRecord {
  std::string_view text;
  std::int64_t line = 1;     // where the text starts, counted from 1
  std::string_view problem;  // not empty: there is no use in reading the text
};

class CallSplitter {
 public:
  using Sink = std::function<void(const SplitRecord&)>;
  static constexpr std::size_t kMostRecordBytes = (std::size_t{65} << 20) + 1024;

  explicit CallSplitter(Sink sink, std::size_t most_record_bytes = kMostRecordBytes)
      : sink_(std::move(sink)), most_record_bytes_(most_record_bytes) {}

  // Takes the next bytes of the stream; gives every record that ends in them to the sink.
  void Feed(std::string_view bytes);

  // Tells that the stream is at its end. Feed must not follow.
  void Finish();

 private:
  enum class Mode : std::uint8_t {
    kBetween,       // where a record may start
    kRecord,        // in an object, or in an array that stands where a call should
    kGarbage,       // in something else
    kEnvelopeTail,  // in an answer, after its calls
    kSkipLine,      // after a text that broke off
  };

  std::size_t StepString(std::size_t i);
  std::size_t Step(std::size_t i);
  std::size_t StepBetween(std::size_t i);
  std::size_t StepRecord(std::size_t i);
  std::size_t StepGarbage(std::size_t i);
  std::size_t StepTail(std::size_t i);
  void Begin(Mode mode, std::size_t i);
  void OpenInRecord(std::size_t i);
  std::size_t CloseInRecord(std::size_t i);
  bool OpensCalls(char bracket) const;
  bool IsMisplacedStart(char c) const;
  void EndKey();
  void EndLine();
  void EndRecord(std::size_t end);
  void BreakOff(std::size_t end);
  void EmitRecord(std::size_t end, bool complete);
  void EmitProblem(std::string_view problem);
  void Keep(std::size_t end);
  std::size_t RecordSize(std::size_t end) const { return text_.size() + (end - kept_to_); }
  bool InArray() const { return !outer_.empty() && outer_.back() == 'A'; }

  Sink sink_;
  std::size_t most_record_bytes_;
  Mode mode_ = Mode::kBetween;
  std::string_view chunk_;
  std::int64_t line_ = 1;
  bool started_ = false;        // something but a byte order mark was seen
  bool line_start_ = true;      // nothing of the line was seen
  bool lines_ = false;          // the stream is JSON Lines
  bool ended_on_line_ = false;  // an object took just this line so far
  // What encloses the records: A = array of calls, E = object of an answer; after the calls of an
  // answer also the brackets that are open in it.
  std::string outer_;

  // The record being read: text_, then chunk_ from kept_to_ on.
  std::string text_;
  std::size_t kept_to_ = 0;
  std::int64_t record_line_ = 1;
  bool oversized_ = false;
  std::string open_;  // its open brackets
  char previous_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
  bool is_key_ = false;
  std::string key_;        // the member name being read
  std::string outer_key_;  // the last member name at depth 1, and 2
  std::string inner_key_;
  bool has_identity_ = false;  // the object has id or call_id: it is a call, not an answer
  std::size_t data_begin_ = 0;
  std::size_t data_end_ = 0;  // 0: no object called "data"
  std::int64_t data_line_ = 1;
};

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_CALL_SPLITTER_H_
