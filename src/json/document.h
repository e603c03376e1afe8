// document.h - a copy of JSON text and where its tokens are.
// simdjson's first stage finds every token (an operator, the opening quote of a string, the first
// byte of a number or literal), and checks UTF-8 and bare control characters, with the best
// instructions that the machine has. It does not check grammar: Walker does.
//
// Ownership:     owns its copy of the text. Keeps its buffers from text to text, up to about 1 MiB.
// Thread safety: none; one thread at a time.
#ifndef CALLSTORE_SRC_JSON_DOCUMENT_H_
#define CALLSTORE_SRC_JSON_DOCUMENT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "callstore/error.h"

namespace callstore::json {

// A call of the most bytes, and room for what it says otherwise than it will be printed.
inline constexpr std::size_t kMaxTextBytes = std::size_t{65} << 20;

// As base/utf8.h has it, with vector instructions.
bool IsValidUtf8(std::string_view text);

class Document {
 public:
  Document();
  ~Document();

  // Copies `text` and finds its tokens. too_large with `limit`; invalid_argument with `offset`
  // where the text is empty, not UTF-8, or has an open string or a bare control character in one.
  Result<void> Load(std::string_view text);

  // The copy, followed by zero bytes: at least 32. Valid until the next Load.
  const char* text() const { return text_.get(); }
  std::uint32_t size_bytes() const { return size_bytes_; }

  // The offsets of the tokens, ascending, and after the last one the size of the text. Valid until
  // the next Load or ReleaseTokens.
  const std::uint32_t* tokens_begin() const;
  const std::uint32_t* tokens_end() const;

  // Frees the token buffer where it is large; it has 4 bytes for each byte of the text.
  void ReleaseTokens();

 private:
  class Scanner;
  void Reserve(std::size_t size_bytes);

  std::unique_ptr<char[]> text_;
  std::size_t capacity_bytes_ = 0;
  std::uint32_t size_bytes_ = 0;
  std::unique_ptr<Scanner> scanner_;
};

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_DOCUMENT_H_
