// json_text.h - the few pieces of JSON that the endpoint prints itself.
//
// Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_HTTP_JSON_TEXT_H_
#define CALLSTORE_SRC_HTTP_JSON_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace callstore::http {

// `text` as a JSON string, quotes included; control characters are escaped. Valid UTF-8 passes
// unchanged; of any other text, each byte over 127 becomes an escape, so that the result is JSON
// whatever a client sent.
void AppendJsonString(std::string_view text, std::string* out);

// ,"name":value - or without the comma behind an opening bracket. `name` needs no escaping.
void AppendMember(std::string_view name, std::string_view json_value, std::string* out);
void AppendTextMember(std::string_view name, std::string_view text, std::string* out);
void AppendCountMember(std::string_view name, std::int64_t count, std::string* out);

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_JSON_TEXT_H_
