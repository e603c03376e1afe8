// json_string.h - JSON text of small things, where speed does not matter.
#ifndef CALLSTORE_SRC_BASE_JSON_STRING_H_
#define CALLSTORE_SRC_BASE_JSON_STRING_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace callstore {

// Appends `text` (UTF-8) as a JSON string, quoted and escaped.
void AppendJsonString(std::string_view text, std::string* out);

// Appends milliseconds as seconds: 659 is 0.659, 1200 is 1.2, 3000 is 3.
void AppendSeconds(std::uint32_t ms, std::string* out);

}  // namespace callstore

#endif  // CALLSTORE_SRC_BASE_JSON_STRING_H_
