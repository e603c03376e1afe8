// answers.h - errors as a client sees them: a status and the documented envelope.
// What went wrong inside of the server (5xx) is said in general words: paths, causes and numbers of
// stored rows are for the operator's log alone.
//
// Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_HTTP_ANSWERS_H_
#define CALLSTORE_SRC_HTTP_ANSWERS_H_

#include <string>
#include <string_view>
#include <utility>

#include "callstore/error.h"
#include "http/message.h"

namespace callstore::http {

// The status that says `code`. A store that follows a writer answers writes (read_only) with 503,
// not 403: the key may write, only not here, and a proxy in front takes 503 as "ask another one".
int StatusOf(ErrorCode code);

// Why a request is not answered with what it asks for.
struct Refusal {
  // Implicit, so that the errors of the store are refusals as they are.
  Refusal(Error what) : status(StatusOf(what.code)), error(std::move(what)) {}  // NOLINT
  Refusal(int of, Error what) : status(of), error(std::move(what)) {}

  int status;
  Error error;
  NamesAndValues facts = {};  // details that are shown whatever the error is
};

template <typename T>
using Outcome = tl::expected<T, Refusal>;

// return Refuse(ErrorCode::kForbidden, "the key pair may only read");
tl::unexpected<Refusal> Refuse(ErrorCode code, std::string_view message,
                               NamesAndValues details = {});
tl::unexpected<Refusal> Refuse(int status, ErrorCode code, std::string_view message,
                               NamesAndValues details = {});

// What the reading of a body ended with: a slow client is 408, one that is gone 400.
tl::unexpected<Refusal> RefuseBody(Error error);

// `error` as it may be shown: general words for what is the server's own fault.
Error ForClient(const Error& error);

// Answers with the envelope of the error; 503s of a moment say when to come again.
void AnswerRefusal(const Refusal& refusal, Response* response);
void AnswerJson(int status, std::string body, Response* response);

// Evaluates an Outcome or a Result; returns its error from a function that returns an Outcome.
#define CALLSTORE_HTTP_TRY(expression)                                                \
  do {                                                                                \
    if (auto&& outcome_ = (expression); !outcome_) [[unlikely]] {                     \
      return tl::unexpected<::callstore::http::Refusal>(std::move(outcome_).error()); \
    }                                                                                 \
  } while (false)

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_ANSWERS_H_
