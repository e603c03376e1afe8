// walker.h - one forward walk over the tokens of a Document, checking all of RFC 8259 on the way.
// Every Read checks what it reads and steps past it; it returns false at the first fault, which
// TakeError then describes: the walk is over. Strings without escapes are views; others are
// unescaped into an arena. A duplicate key and a depth of more than 64 are faults anywhere.
//
// Ownership:     views point into `origin`, the text that the views are wanted of (the Document's
//                own copy, or the text that it was loaded from), or into the arena.
// Thread safety: none; one thread at a time.
#ifndef CALLSTORE_SRC_JSON_WALKER_H_
#define CALLSTORE_SRC_JSON_WALKER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/error.h"
#include "json/document.h"
#include "json/number.h"
#include "record/draft.h"

namespace callstore::json {

inline constexpr int kMostDepth = 64;  // the outermost value is level 1

class Walker {
 public:
  // A token: where a walk can be taken up again.
  using Token = const std::uint32_t*;

  // The name of a member. `raw` is the key as it is written, with its quotes.
  struct Key {
    std::string_view name;
    std::string_view raw;
    std::uint32_t offset = 0;
  };

  // Where the document stands in a larger value.
  struct Surroundings {
    std::string_view path = "$";  // what the paths of faults begin with
    int depth = 0;                // the levels around it
  };

  // Begins at the first token. REQUIRES: the document, origin and arena outlive the walk.
  void Start(const Document& document, const char* origin, record::TextArena* arena,
             const Surroundings& surroundings);
  void Start(const Document& document, const char* origin, record::TextArena* arena) {
    Start(document, origin, arena, Surroundings{});
  }

  char Peek() const { return text_[*at_]; }
  std::uint32_t offset() const { return *at_; }
  Token token() const { return at_; }
  void Seek(Token token) { at_ = token; }

  // Object at the current token: on_member(const Key&) reads each value and returns false at a
  // fault. Names are not compared with each other: see Once and AddName.
  template <typename F>
  bool ReadObject(F&& on_member);
  // Array at the current token: on_element() reads each.
  template <typename F>
  bool ReadArray(F&& on_element);

  bool ReadString(std::string_view* value);
  // A number of any size, as its token.
  bool ReadNumber(std::string_view* token);
  bool ReadBool(bool* value);
  // True where the value was a null, which is then behind.
  bool TakeNull();

  // Any value, checked; `raw` is the text of it as it is written.
  bool Skip(std::string_view* raw);
  bool Skip() { return SkipValue(); }
  // Any value, checked, without the whitespace between its tokens.
  bool ReadMinified(std::string_view* json);
  // The same of an array whose elements are all objects.
  bool ReadMinifiedObjects(std::string_view* json);
  // The same for the tokens [first, last), already walked.
  std::string_view Minified(Token first, Token last);

  // Nothing but whitespace follows.
  bool ReadEnd();

  // Bit `bit` of *seen must not be set, and is set; `key` is its name.
  bool Once(std::uint64_t* seen, unsigned bit, const Key& key) {
    const std::uint64_t mask = std::uint64_t{1} << bit;
    if ((*seen & mask) != 0) [[unlikely]]
      return DuplicateKey(key.offset);
    *seen |= mask;
    return true;
  }
  // The names of one object: NameCount before it, AddName for each, CheckNames after it.
  std::size_t NameCount() const { return names_.size(); }
  void AddName(const Key& key) { names_.push_back({key.name, key.offset}); }
  bool CheckNames(std::size_t first);

  // Records a fault and returns false. `valid` says what would have been right. The first counts.
  bool Fault(std::uint32_t offset, const char* message, const char* valid);
  // The value at the current token is of the wrong type.
  bool WrongType(const char* valid) {
    return Fault(offset(), "the value has the wrong type", valid);
  }
  // Of the first fault. REQUIRES: a function returned false.
  Error TakeError() const;

  record::TextArena* arena() { return arena_; }

  // For readers that know the text's shape: the bytes of the text, by offset.
  const char* text() const { return text_; }
  std::uint32_t size_bytes() const { return size_bytes_; }
  std::size_t tokens_left() const { return static_cast<std::size_t>(end_ - at_); }
  // Whether [begin, end) has a backslash.
  bool HasEscape(std::uint32_t begin, std::uint32_t end) {
    const bool known = begin >= escape_begin_ && end <= escape_;
    return !known && FindEscape(begin) < end;
  }
  std::string_view View(std::uint32_t begin, std::uint32_t end) const {
    return {origin_ + begin, end - begin};
  }
  // Steps over `count` tokens that the reader has checked itself.
  void Advance(std::size_t count) { at_ += count; }

 private:
  struct FaultRecord {
    ErrorCode code = ErrorCode::kInvalidArgument;
    std::uint32_t offset = 0;
    const char* message = nullptr;
    const char* valid = nullptr;
  };
  struct Name {
    std::string_view name;
    std::uint32_t offset;
  };

  static bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

  bool Deeper() { return ++depth_ <= kMostDepth || TooDeep(); }
  bool ReadKey(Key* key);
  // The current token is a string: the offset of its closing quote.
  std::uint32_t ClosingQuote() const;
  // The token that ends at `end` is the whole of what the text has here.
  bool EndsToken(std::uint32_t end);
  bool ReadLiteral(std::string_view literal);
  bool Unescape(std::uint32_t begin, std::uint32_t end, std::string_view* value);
  std::uint32_t FindEscape(std::uint32_t begin);
  void Operator() {
    spaced_ |= at_[1] != at_[0] + 1;
    ++at_;
  }
  bool SkipValue();
  bool SkipObject();
  bool SkipArray();
  bool SkipString(bool is_key);
  bool DuplicateKey(std::uint32_t offset);
  bool TooDeep();
  bool Unexpected(const char* valid);
  std::string PathAt(std::uint32_t offset) const;
  std::string_view ValueAt(std::uint32_t offset) const;

  const char* text_ = nullptr;
  const char* origin_ = nullptr;
  record::TextArena* arena_ = nullptr;
  Token begin_ = nullptr;
  Token at_ = nullptr;
  Token end_ = nullptr;
  // No backslash stands between where FindEscape last began and here.
  std::uint32_t escape_begin_ = 0;
  std::uint32_t escape_ = 0;
  std::uint32_t size_bytes_ = 0;
  // The end of the value that SkipValue last stepped over, and whether it met whitespace.
  std::uint32_t value_end_ = 0;
  bool spaced_ = false;
  int depth_ = 0;
  std::vector<Name> names_;
  std::string path_;
  std::optional<FaultRecord> fault_;
};

inline std::uint32_t Walker::ClosingQuote() const {
  std::uint32_t close = at_[1] - 1;
  while (text_[close] != '"') --close;  // only whitespace stands between
  return close;
}

inline bool Walker::ReadString(std::string_view* value) {
  if (Peek() != '"') [[unlikely]]
    return WrongType("text");
  const std::uint32_t begin = *at_ + 1;
  const std::uint32_t end = ClosingQuote();
  ++at_;
  if (HasEscape(begin, end)) [[unlikely]]
    return Unescape(begin, end, value);
  *value = View(begin, end);
  return true;
}

inline bool Walker::ReadKey(Key* key) {
  if (Peek() != '"') [[unlikely]]
    return Unexpected("a key");
  const std::uint32_t begin = *at_;
  const std::uint32_t end = ClosingQuote();
  if (!ReadString(&key->name)) return false;
  key->raw = View(begin, end + 1);
  key->offset = begin;
  if (Peek() != ':') [[unlikely]]
    return Unexpected(":");
  ++at_;
  return true;
}

template <typename F>
bool Walker::ReadObject(F&& on_member) {
  if (Peek() != '{') [[unlikely]]
    return WrongType("an object");
  if (!Deeper()) return false;
  ++at_;
  if (Peek() != '}') {
    for (Key key;;) {
      if (!ReadKey(&key) || !on_member(static_cast<const Key&>(key))) return false;
      if (Peek() != ',') break;
      ++at_;
    }
    if (Peek() != '}') [[unlikely]]
      return Unexpected(", or }");
  }
  ++at_;
  --depth_;
  return true;
}

template <typename F>
bool Walker::ReadArray(F&& on_element) {
  if (Peek() != '[') [[unlikely]]
    return WrongType("an array");
  if (!Deeper()) return false;
  ++at_;
  if (Peek() != ']') {
    for (;;) {
      if (!on_element()) return false;
      if (Peek() != ',') break;
      ++at_;
    }
    if (Peek() != ']') [[unlikely]]
      return Unexpected(", or ]");
  }
  ++at_;
  --depth_;
  return true;
}

// Checks a whole text: one value, and nothing after it.
Result<void> CheckJson(std::string_view text);

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_WALKER_H_
