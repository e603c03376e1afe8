// error.h - what went wrong, in a form that a program can act on and a person can read.
// Every function that can fail in operation returns Result<T>. The library never prints, aborts or
// throws across its API.
//
// Ownership:     values.
// Thread safety: values; share const objects freely.
#ifndef CALLSTORE_ERROR_H_
#define CALLSTORE_ERROR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "callstore/export.h"

namespace callstore {

// Each code has a caller who acts on it; ErrorCodeName gives its spelling in JSON.
enum class ErrorCode : std::uint8_t {
  kInvalidArgument,    // the caller's value is wrong: mend the call
  kInvalidCursor,      // not a cursor of this list: start again without one
  kNotFound,           // no such call or organization
  kConflict,           // the call_id belongs to another id, or a legal hold keeps the call
  kTooLarge,           // over a documented limit
  kFull,               // the disk is full: free space, then write again
  kBusy,               // writes are stalled and no_slowdown was set: retry later
  kLocked,             // another process has the store open for writing
  kReadOnly,           // opened read-only, or the folder cannot be written
  kCorrupt,            // stored bytes are damaged
  kUnsupportedFormat,  // written by a newer version, or not a callstore
  kIoError,            // the operating system refused
  kDeadline,           // the deadline passed
  kUnauthorized,       // no valid key pair: the endpoint alone
  kForbidden,          // the key pair may only read: the endpoint alone
  kInternal,           // a defect of the library
};

// The spelling of `code` in JSON and logs: "invalid_argument", ... Never empty.
CALLSTORE_EXPORT std::string_view ErrorCodeName(ErrorCode code);

// `message` is one literal sentence; the facts are in `details`, for instance
// {{"field", "limit"}, {"value", "0"}, {"valid", "1 to 1000"}}.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::vector<std::pair<std::string, std::string>> details;

  // The value of the detail `key`; empty where there is none.
  CALLSTORE_EXPORT std::string_view Detail(std::string_view key) const;
  // "limit is out of range (field: limit, value: 0, valid: 1 to 1000)".
  CALLSTORE_EXPORT std::string ToString() const;
};

template <typename T>
using Result = tl::expected<T, Error>;

}  // namespace callstore

#endif  // CALLSTORE_ERROR_H_
