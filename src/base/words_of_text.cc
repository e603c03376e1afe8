#include "base/words_of_text.h"

#include <utf8proc.h>

#include <array>
#include <cstdint>

namespace callstore {
namespace {

enum class ByteKind : std::uint8_t { kBetween, kFolded, kUpper, kNotAscii };

constexpr std::array<ByteKind, 256> MakeByteKinds() {
  std::array<ByteKind, 256> kinds{};
  for (std::size_t c = 0; c < kinds.size(); ++c) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) kinds[c] = ByteKind::kFolded;
    if (c >= 'A' && c <= 'Z') kinds[c] = ByteKind::kUpper;
    if (c >= 0x80) kinds[c] = ByteKind::kNotAscii;
  }
  return kinds;
}
constexpr std::array<ByteKind, 256> kByteKinds = MakeByteKinds();

ByteKind KindOf(char c) { return kByteKinds[static_cast<unsigned char>(c)]; }

// What a text that is not ASCII goes on with.
struct Character {
  std::size_t size = 1;  // bytes
  bool in_word = false;
  utf8proc_int32_t code_point = 0;
  const utf8proc_property_t* property = nullptr;
};

Character CharacterAt(std::string_view text, std::size_t at) {
  Character character;
  const auto* const bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at;
  const utf8proc_ssize_t size = utf8proc_iterate(
      bytes, static_cast<utf8proc_ssize_t>(text.size() - at), &character.code_point);
  if (size <= 0) return character;
  character.size = static_cast<std::size_t>(size);
  character.property = utf8proc_get_property(character.code_point);
  character.in_word = character.property->category >= UTF8PROC_CATEGORY_LU &&
                      character.property->category <= UTF8PROC_CATEGORY_NO;
  return character;
}

void AppendFolded(const Character& character, std::string_view as_it_stands, std::string* out) {
  constexpr std::uint16_t kNoFolding = 0xFFFF;  // utf8proc's mark for "folds to itself"
  if (character.property->casefold_seqindex == kNoFolding) {
    *out += as_it_stands;
    return;
  }
  // Unicode's longest folding is three code points.
  std::array<utf8proc_int32_t, 8> folded{};
  int boundary = 0;
  const utf8proc_ssize_t count = utf8proc_decompose_char(
      character.code_point, folded.data(), folded.size(), UTF8PROC_CASEFOLD, &boundary);
  if (count <= 0 || static_cast<std::size_t>(count) > folded.size()) {
    *out += as_it_stands;
    return;
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    std::array<char, 4> bytes{};
    const utf8proc_ssize_t size =
        utf8proc_encode_char(folded[i], reinterpret_cast<utf8proc_uint8_t*>(bytes.data()));
    out->append(bytes.data(), static_cast<std::size_t>(size));
  }
}

}  // namespace

bool WordScanner::Next() {
  for (; at_ < text_.size(); ++at_) {
    const ByteKind kind = KindOf(text_[at_]);
    if (kind == ByteKind::kBetween) continue;
    if (kind != ByteKind::kNotAscii) break;
    const Character character = CharacterAt(text_, at_);
    if (character.in_word) break;
    at_ += character.size - 1;
  }
  if (at_ == text_.size()) return false;
  offset_ = at_;
  while (at_ < text_.size() && KindOf(text_[at_]) == ByteKind::kFolded) ++at_;
  folded_ = text_.substr(offset_, at_ - offset_);
  if (at_ < text_.size() && KindOf(text_[at_]) != ByteKind::kBetween) FoldRest();
  return true;
}

// The word goes on, or ends, with something else than lower-case ASCII.
void WordScanner::FoldRest() {
  buffer_.assign(folded_);
  while (at_ < text_.size()) {
    const char c = text_[at_];
    const ByteKind kind = KindOf(c);
    if (kind == ByteKind::kBetween) break;
    if (kind != ByteKind::kNotAscii) {
      buffer_ += kind == ByteKind::kUpper ? static_cast<char>(c + ('a' - 'A')) : c;
      ++at_;
      continue;
    }
    const Character character = CharacterAt(text_, at_);
    if (!character.in_word) break;
    AppendFolded(character, text_.substr(at_, character.size), &buffer_);
    at_ += character.size;
  }
  folded_ = buffer_;
}

std::vector<std::string> FoldedWords(std::string_view text) {
  std::vector<std::string> words;
  for (WordScanner scanner(text); scanner.Next();) words.emplace_back(scanner.folded());
  return words;
}

}  // namespace callstore
