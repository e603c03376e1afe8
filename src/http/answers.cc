#include "http/answers.h"

#include "callstore/json.h"

namespace callstore::http {
namespace {

// The general words of a code; empty: its own words may be shown.
std::string_view GeneralMessage(ErrorCode code) {
  switch (code) {
    case ErrorCode::kFull:
      return "the disk of the store is full";
    case ErrorCode::kBusy:
      return "the store is busy; try again later";
    case ErrorCode::kLocked:
    case ErrorCode::kReadOnly:
      return "this server takes no writes: another process writes to its store";
    case ErrorCode::kCorrupt:
    case ErrorCode::kIoError:
    case ErrorCode::kUnsupportedFormat:
    case ErrorCode::kInternal:
      return "the server could not carry out the request";
    default:
      return {};
  }
}

}  // namespace

int StatusOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kInvalidCursor:
      return 400;
    case ErrorCode::kUnauthorized:
      return 401;
    case ErrorCode::kForbidden:
      return 403;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kConflict:
      return 409;
    case ErrorCode::kTooLarge:
      return 413;
    case ErrorCode::kBusy:
    case ErrorCode::kLocked:
    case ErrorCode::kReadOnly:
      return 503;
    case ErrorCode::kDeadline:
      return 504;
    case ErrorCode::kFull:
      return 507;
    case ErrorCode::kCorrupt:
    case ErrorCode::kUnsupportedFormat:
    case ErrorCode::kIoError:
    case ErrorCode::kInternal:
      break;
  }
  return 500;
}

tl::unexpected<Refusal> Refuse(ErrorCode code, std::string_view message, NamesAndValues details) {
  return Refuse(StatusOf(code), code, message, std::move(details));
}

tl::unexpected<Refusal> Refuse(int status, ErrorCode code, std::string_view message,
                               NamesAndValues details) {
  return tl::unexpected<Refusal>(
      Refusal(status, Error{code, std::string(message), std::move(details)}));
}

tl::unexpected<Refusal> RefuseBody(Error error) {
  int status = StatusOf(error.code);
  if (error.code == ErrorCode::kDeadline) status = 408;
  if (error.code == ErrorCode::kIoError) status = 400;
  return tl::unexpected<Refusal>(Refusal(status, std::move(error)));
}

Error ForClient(const Error& error) {
  const std::string_view general = GeneralMessage(error.code);
  return general.empty() ? error : Error{error.code, std::string(general), {}};
}

void AnswerRefusal(const Refusal& refusal, Response* response) {
  Error shown = ForClient(refusal.error);
  shown.details.insert(shown.details.end(), refusal.facts.begin(), refusal.facts.end());
  AnswerJson(refusal.status, ToJson(shown), response);
  if (refusal.error.code == ErrorCode::kBusy) response->headers.emplace_back("Retry-After", "1");
  if (refusal.status == 401) {
    response->headers.emplace_back("WWW-Authenticate", "ApiKey realm=\"callstore\"");
  }
}

void AnswerJson(int status, std::string body, Response* response) {
  response->status = status;
  response->content_type = "application/json";
  response->body = std::move(body);
  response->more = {};
}

}  // namespace callstore::http
