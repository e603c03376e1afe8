#include "json/words_writer.h"

#include <array>
#include <cstdint>
#include <cstring>

#include "record/draft.h"

namespace callstore::json {
namespace {

// Up to four characters, of which `size` count; all four are copied.
struct Piece {
  char text[4];
  std::uint32_t size;
};

// 7: "7"
constexpr std::array<Piece, 1000> MakeWhole() {
  std::array<Piece, 1000> pieces{};
  for (unsigned i = 0; i < 1000; ++i) {
    Piece& piece = pieces[i];
    if (i >= 100) piece.text[piece.size++] = static_cast<char>('0' + i / 100);
    if (i >= 10) piece.text[piece.size++] = static_cast<char>('0' + i / 10 % 10);
    piece.text[piece.size++] = static_cast<char>('0' + i % 10);
  }
  return pieces;
}

// 70: ".07"
constexpr std::array<Piece, 1000> MakeFraction() {
  std::array<Piece, 1000> pieces{};
  for (unsigned i = 1; i < 1000; ++i) {
    Piece& piece = pieces[i];
    piece = {{'.', static_cast<char>('0' + i / 100), static_cast<char>('0' + i / 10 % 10),
              static_cast<char>('0' + i % 10)},
             4};
    while (piece.text[piece.size - 1] == '0') --piece.size;
  }
  return pieces;
}

constexpr std::array<Piece, 1000> kWhole = MakeWhole();
constexpr std::array<Piece, 1000> kFraction = MakeFraction();

char* WritePiece(const Piece& piece, char* out) {
  std::memcpy(out, piece.text, sizeof piece.text);
  return out + piece.size;
}

char* WriteSeconds(std::uint32_t ms, char* out) {
  const std::uint32_t seconds = ms / 1000;
  out = seconds < 1000 ? WritePiece(kWhole[seconds], out) : WriteInt64(seconds, out);
  return WritePiece(kFraction[ms % 1000], out);
}

template <std::size_t N>
char* WriteLiteral(const char (&literal)[N], char* out) {
  std::memcpy(out, literal, N - 1);
  return out + N - 1;
}

// The end of a word's object, from its closing quote on.
char* WriteTimes(const record::StoredWord& word, char* out) {
  *out++ = '"';
  if (word.start_ms != record::kNoTime) {
    out = WriteLiteral(",\"start\":", out);
    out = WriteSeconds(word.start_ms, out);
  }
  if (word.end_ms != record::kNoTime) {
    out = WriteLiteral(",\"end\":", out);
    out = WriteSeconds(word.end_ms, out);
  }
  *out++ = '}';
  return out;
}

constexpr std::size_t kBlockBytes = 16;
// More than all of a word's object but its text: two times of at most 11 characters, kMostNumber-
// Bytes of room for each, and a block that is written past the end.
constexpr std::size_t kMostWordBytes = 32 + 2 * kMostNumberBytes + kBlockBytes;

}  // namespace

void WriteWords(std::span<const record::StoredWord> words, std::string_view content, Output* out) {
  out->Put('[');
  bool first = true;
  for (const record::StoredWord& word : words) {
    out->Put(first ? std::string_view("{\"word\":\"") : std::string_view(",{\"word\":\""));
    first = false;
    out->PutEscaped(content.substr(word.offset, word.length));
    out->Wrote(WriteTimes(word, out->Room(kMostWordBytes)));
  }
  out->Put(']');
}

void WriteWordsOfCopy(std::span<const record::StoredWord> words, std::size_t copy, std::size_t size,
                      Output* out) {
  // Words do not overlap, so their text is no longer than the content.
  constexpr std::size_t kUsualWordBytes = 80;
  static_assert(kUsualWordBytes >= 9 + 9 + 11 + 7 + 11 + 3);
  char* at = out->Room(words.size() * kUsualWordBytes + size + kMostWordBytes);
  const char* const content = out->data() + copy;
  *at++ = '[';
  for (const record::StoredWord& word : words) {
    at = WriteLiteral("{\"word\":\"", at);
    // A whole block: what follows the content in the output is longer than that.
    std::memcpy(at, content + word.offset, kBlockBytes);
    if (word.length > kBlockBytes) std::memcpy(at, content + word.offset, word.length);
    at = WriteTimes(word, at + word.length);
    *at++ = ',';
  }
  if (!words.empty()) --at;
  *at++ = ']';
  out->Wrote(at);
}

}  // namespace callstore::json
