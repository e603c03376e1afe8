// transcript_checker.h - the utterances and turns of an owning Call to a checked Draft.
//
// Ownership and thread safety: as Checker.
#ifndef CALLSTORE_SRC_JSON_TRANSCRIPT_CHECKER_H_
#define CALLSTORE_SRC_JSON_TRANSCRIPT_CHECKER_H_

#include "callstore/call.h"
#include "json/checker.h"
#include "json/transcript_reader.h"
#include "record/draft.h"

namespace callstore::json {

class TranscriptChecker {
 public:
  TranscriptChecker(Checker* checker, record::Draft* draft) : checker_(*checker), draft_(draft) {}

  // transcript_object and transcript_with_tool_calls.
  Result<void> Check(const Call& call);

 private:
  Result<void> CheckUtterance(const Place& place, const Utterance& utterance);
  // The words to the draft; *odd where one does not fit.
  Result<void> CheckWords(const Place& place, const Utterance& utterance, bool* odd);
  Result<void> CheckTurn(const Place& place, const Turn& turn);
  Result<void> CheckToolTurn(const Place& place, const record::DraftTurn& turn);
  std::string_view JsonOf(const Utterance& utterance);

  Checker& checker_;
  record::Draft* draft_;
  TranscriptReader reader_;
};

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_TRANSCRIPT_CHECKER_H_
