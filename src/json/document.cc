#include "json/document.h"

#include <simdjson.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/utf8.h"

namespace callstore::json {
namespace {

constexpr std::size_t kPaddingBytes = std::max<std::size_t>(simdjson::SIMDJSON_PADDING, 64);
constexpr std::size_t kLeastBytes = 32 << 10;
// The largest text whose buffers are kept: with 4 bytes of tokens a byte, about 1 MiB.
constexpr std::size_t kKeptBytes = 192 << 10;

// Where a string is not closed, or has a bare control character.
std::size_t StringFaultOffset(std::string_view text) {
  std::size_t open = text.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (open == text.size()) {
      if (byte == '"') open = i;
    } else if (byte < 0x20) {
      return i;
    } else if (byte == '\\') {
      ++i;
    } else if (byte == '"') {
      open = text.size();
    }
  }
  return open;
}

// `text` is what stands at the offset.
tl::unexpected<Error> FailAt(std::string_view message, std::size_t offset, std::string_view text,
                             std::string_view valid) {
  return Fail(ErrorCode::kInvalidArgument, message,
              {{"offset", std::to_string(offset)},
               {"value", Excerpt(text.substr(0, Utf8Prefix(text.substr(0, 128)).size()))},
               {"valid", std::string(valid)}});
}

tl::unexpected<Error> FailEmpty() {
  return FailAt("the JSON text is empty", 0, {}, "a JSON value");
}

tl::unexpected<Error> FailNotUtf8(std::size_t offset) {
  return FailAt("the JSON text is not UTF-8", offset, {}, "UTF-8");
}

}  // namespace

bool IsValidUtf8(std::string_view text) {
  // Most texts are short and ASCII, which is seen before simdjson has begun.
  constexpr std::size_t kShortBytes = 128;
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  if (text.size() <= kShortBytes) {
    std::uint64_t bits = 0;
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) bits |= LoadLittle<std::uint64_t>(text.data() + at);
    if (text.size() >= 8) {
      bits |= LoadLittle<std::uint64_t>(text.data() + text.size() - 8);
    } else {
      for (; at < text.size(); ++at) bits |= static_cast<unsigned char>(text[at]);
    }
    if ((bits & kHighBits) == 0) return true;
  }
  return simdjson::validate_utf8(text.data(), text.size());
}

class Document::Scanner {
 public:
  // Tokens of texts of up to `capacity` bytes.
  explicit Scanner(std::size_t capacity) : capacity_(capacity) {
    const auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(
        capacity, 1, implementation_);
    if (error != simdjson::SUCCESS) implementation_.reset();
  }

  std::size_t capacity() const { return implementation_ == nullptr ? 0 : capacity_; }
  simdjson::error_code Scan(const char* text, std::size_t size) {
    return implementation_->stage1(reinterpret_cast<const std::uint8_t*>(text), size,
                                   simdjson::stage1_mode::regular);
  }
  const std::uint32_t* begin() const { return implementation_->structural_indexes.get(); }
  const std::uint32_t* end() const { return begin() + implementation_->n_structural_indexes; }

 private:
  std::size_t capacity_;
  std::unique_ptr<simdjson::internal::dom_parser_implementation> implementation_;
};

Document::Document() = default;
Document::~Document() = default;

const std::uint32_t* Document::tokens_begin() const { return scanner_->begin(); }
const std::uint32_t* Document::tokens_end() const { return scanner_->end(); }

void Document::ReleaseTokens() {
  if (scanner_ != nullptr && scanner_->capacity() > kKeptBytes) scanner_.reset();
}

void Document::Reserve(std::size_t size_bytes) {
  if (size_bytes <= kKeptBytes && capacity_bytes_ > kKeptBytes) {
    text_.reset();
    scanner_.reset();
    capacity_bytes_ = 0;
  }
  if (capacity_bytes_ < size_bytes) {
    const std::size_t capacity_bytes = std::max(size_bytes + size_bytes / 4, kLeastBytes);
    text_.reset();
    capacity_bytes_ = 0;  // also where there is no memory for more
    text_ = std::make_unique_for_overwrite<char[]>(capacity_bytes + kPaddingBytes);
    capacity_bytes_ = capacity_bytes;
  }
  if (scanner_ == nullptr || scanner_->capacity() < size_bytes) {
    scanner_.reset();
    scanner_ = std::make_unique<Scanner>(capacity_bytes_);
  }
}

Result<void> Document::Load(std::string_view text) {
  if (text.size() > kMaxTextBytes) {
    return Fail(ErrorCode::kTooLarge, "the JSON text is too long",
                {{"size", std::to_string(text.size())}, {"limit", std::to_string(kMaxTextBytes)}});
  }
  if (text.empty()) return FailEmpty();
  Reserve(text.size());
  if (scanner_->capacity() < text.size()) {
    return Fail(ErrorCode::kInternal, "out of memory for the tokens of a JSON text");
  }
  std::copy(text.begin(), text.end(), text_.get());
  std::memset(text_.get() + text.size(), 0, kPaddingBytes);
  size_bytes_ = static_cast<std::uint32_t>(text.size());
  switch (scanner_->Scan(text_.get(), text.size())) {
    case simdjson::SUCCESS:
      return {};
    case simdjson::EMPTY:
      return FailEmpty();
    case simdjson::UTF8_ERROR:
      return FailNotUtf8(Utf8Prefix(text).size());
    case simdjson::UNESCAPED_CHARS:
    case simdjson::UNCLOSED_STRING:
      break;
    default:
      // The fallback for machines without vector instructions has one error for bad UTF-8 and bad
      // strings alike.
      if (const std::size_t valid = Utf8Prefix(text).size(); valid < text.size()) {
        return FailNotUtf8(valid);
      }
  }
  const std::size_t offset = StringFaultOffset(text);
  return FailAt("a string is not closed or has a bare control character", offset,
                text.substr(std::min(offset, text.size())),
                "a text in quotes; controls as escapes");
}

}  // namespace callstore::json
