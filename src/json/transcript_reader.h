// transcript_reader.h - transcript_object and transcript_with_tool_calls, by far most of a call.
// Words have almost always one shape, which is compared as whole bytes. The turns repeat the
// utterances byte for byte: what is equal to the next utterance is not parsed again.
//
// Ownership:     as Draft; keeps its buffer from call to call.
// Thread safety: none; one thread at a time.
#ifndef CALLSTORE_SRC_JSON_TRANSCRIPT_READER_H_
#define CALLSTORE_SRC_JSON_TRANSCRIPT_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "json/walker.h"
#include "record/draft.h"

namespace callstore::json {

class TranscriptReader {
 public:
  // REQUIRES: walker and draft outlive the reading.
  void Start(Walker* walker, record::Draft* draft);

  // The array transcript_object into the draft. Returns false at a fault, as a Walker.
  bool ReadUtterances();
  // The array transcript_with_tool_calls. REQUIRES: after ReadUtterances, where both are there.
  bool ReadTurns();

  // One utterance or turn, appended to the draft.
  bool ReadUtterance();
  bool ReadTurn();

 private:
  // The text of an utterance of transcript_object.
  struct Source {
    std::uint32_t begin;
    std::uint32_t size_bytes;
    std::size_t tokens;
  };

  // The text here is that of the next utterance.
  bool Repeats() const;
  bool ReadWords(record::DraftUtterance* utterance);
  bool ReadUsualWord(record::DraftWord* word);
  bool ReadWord(record::DraftWord* word);
  bool ReadWordTime(std::uint32_t* time_ms);
  bool ReadToolTurn(record::DraftTurn* turn);
  // Turns `turn` into one that is kept as JSON.
  bool KeepTurn(Walker::Token first, record::DraftTurn* turn);
  // Steps over the turn and finds what tells its kind.
  bool ScanTurn(std::string_view* role, bool* is_speech);
  // The object at `first` as minified JSON, without documented members that are null.
  bool ReadKept(Walker::Token first, bool every_role, std::string_view* json);
  bool AppendKept(bool is_word, bool every_role, std::string* out);

  Walker* walker_ = nullptr;
  record::Draft* draft_ = nullptr;
  std::vector<Source> sources_;
  std::uint32_t next_ = 0;  // the utterance that the next repeating turn repeats
  // Of the utterance or turn that is being read: it says more than its fields; a documented member
  // is null.
  bool odd_ = false;
  bool has_null_ = false;
};

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_TRANSCRIPT_READER_H_
