// request_id.h - the name of one request, by which a client and the operator's log speak of it.
#ifndef CALLSTORE_SRC_HTTP_REQUEST_ID_H_
#define CALLSTORE_SRC_HTTP_REQUEST_ID_H_

#include <string>
#include <string_view>

namespace callstore::http {

// The client's own, where it is 1 to 64 letters, digits, "_" or "-"; else a new one of 16 hex
// digits. New ones do not repeat in practice; they are no secret. Thread safe.
std::string RequestIdFor(std::string_view sent);

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_REQUEST_ID_H_
