#include "json/walker.h"

#include <algorithm>

#include "base/error.h"

namespace callstore::json {
namespace {

constexpr std::size_t kKeptNames = 4096;
constexpr std::size_t kPairwiseNames = 12;

// The value of four hexadecimal digits; nothing where one is none.
std::optional<std::uint32_t> ReadHex(const char* p) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = p[i];
    std::uint32_t digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<std::uint32_t>(c - '0');
    } else if ((c | 32) >= 'a' && (c | 32) <= 'f') {
      digit = static_cast<std::uint32_t>((c | 32) - 'a' + 10);
    } else {
      return std::nullopt;
    }
    value = value * 16 + digit;
  }
  return value;
}

char* WriteUtf8(std::uint32_t code, char* out) {
  const auto tail = [code](unsigned shift) {
    return static_cast<char>(0x80 | ((code >> shift) & 0x3F));
  };
  if (code < 0x80) {
    *out++ = static_cast<char>(code);
  } else if (code < 0x800) {
    *out++ = static_cast<char>(0xC0 | (code >> 6));
    *out++ = tail(0);
  } else if (code < 0x10000) {
    *out++ = static_cast<char>(0xE0 | (code >> 12));
    *out++ = tail(6);
    *out++ = tail(0);
  } else {
    *out++ = static_cast<char>(0xF0 | (code >> 18));
    *out++ = tail(12);
    *out++ = tail(6);
    *out++ = tail(0);
  }
  return out;
}

char SimpleEscape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/':
      return c;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

// Reads one escape at *from, which is not beyond `end`, and writes its character. False where it is
// no escape, or half of a surrogate pair.
bool ReadEscape(const char** from, const char* end, char** out) {
  const char* p = *from + 1;
  if (const char simple = SimpleEscape(*p); simple != 0) {
    *(*out)++ = simple;
    *from = p + 1;
    return true;
  }
  if (*p != 'u' || end - p < 5) return false;
  auto code = ReadHex(p + 1);
  if (!code || (*code >= 0xDC00 && *code <= 0xDFFF)) return false;
  p += 5;
  if (*code >= 0xD800 && *code <= 0xDBFF) {
    if (end - p < 6 || p[0] != '\\' || p[1] != 'u') return false;
    const auto low = ReadHex(p + 2);
    if (!low || *low < 0xDC00 || *low > 0xDFFF) return false;
    code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
    p += 6;
  }
  *out = WriteUtf8(*code, *out);
  *from = p;
  return true;
}

void AppendPathKey(std::string_view raw, std::string* path) {
  const bool plain = !raw.empty() && std::ranges::all_of(raw, [](char c) {
    return IsDigit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_';
  });
  *path += plain ? "." : "[\"";
  *path += Excerpt(raw);
  if (!plain) *path += "\"]";
}

}  // namespace

void Walker::Start(const Document& document, const char* origin, record::TextArena* arena,
                   const Surroundings& surroundings) {
  text_ = document.text();
  size_bytes_ = document.size_bytes();
  begin_ = at_ = document.tokens_begin();
  end_ = document.tokens_end();
  origin_ = origin;
  arena_ = arena;
  escape_begin_ = 0;
  escape_ = 0;
  depth_ = surroundings.depth;
  names_.clear();
  if (names_.capacity() > kKeptNames) names_.shrink_to_fit();
  path_ = surroundings.path;
  fault_.reset();
}

bool Walker::EndsToken(std::uint32_t end) {
  value_end_ = end;
  if (end == at_[1]) return true;
  return std::all_of(text_ + end, text_ + at_[1], IsSpace);
}

bool Walker::ReadNumber(std::string_view* token) {
  const char* const begin = text_ + *at_;
  if (*begin != '-' && !IsDigit(*begin)) return WrongType("a number");
  const char* const end = NumberEnd(begin);
  const auto end_offset = static_cast<std::uint32_t>((end == nullptr ? begin : end) - text_);
  if (end == nullptr || !EndsToken(end_offset)) {
    return Fault(offset(), "the number is malformed", "a JSON number");
  }
  *token = View(offset(), end_offset);
  ++at_;
  return true;
}

bool Walker::ReadLiteral(std::string_view literal) {
  if (std::memcmp(text_ + *at_, literal.data(), literal.size()) != 0 ||
      !EndsToken(*at_ + static_cast<std::uint32_t>(literal.size()))) {
    return false;
  }
  ++at_;
  return true;
}

bool Walker::ReadBool(bool* value) {
  *value = Peek() == 't';
  return ReadLiteral(*value ? "true" : "false") || WrongType("true or false");
}

bool Walker::TakeNull() { return Peek() == 'n' && ReadLiteral("null"); }

bool Walker::ReadEnd() {
  return at_ == end_ || Fault(offset(), "something follows the JSON value", "the end of the text");
}

std::uint32_t Walker::FindEscape(std::uint32_t begin) {
  escape_begin_ = begin;
  const void* found = std::memchr(text_ + begin, '\\', size_bytes_ - begin);
  escape_ = found == nullptr ? size_bytes_
                             : static_cast<std::uint32_t>(static_cast<const char*>(found) - text_);
  return escape_;
}

bool Walker::Unescape(std::uint32_t begin, std::uint32_t end, std::string_view* value) {
  char* const first = arena_->Allocate(end - begin);
  char* out = first;
  const char* from = text_ + begin;
  const char* const stop = text_ + end;
  while (from < stop) {
    const void* found = std::memchr(from, '\\', static_cast<std::size_t>(stop - from));
    const char* const escape = found == nullptr ? stop : static_cast<const char*>(found);
    out = std::copy(from, escape, out);
    from = escape;
    if (escape < stop && !ReadEscape(&from, stop, &out)) {
      return Fault(static_cast<std::uint32_t>(escape - text_), "the string has a bad escape",
                   "the escapes of RFC 8259; surrogates in pairs");
    }
  }
  const auto size = static_cast<std::size_t>(out - first);
  arena_->Shrink(first, size);
  *value = {first, size};
  return true;
}

bool Walker::SkipString(bool is_key) {
  const std::uint32_t begin = *at_ + 1;
  const std::uint32_t end = ClosingQuote();
  value_end_ = end + 1;
  if (is_key) spaced_ |= at_[1] != value_end_;
  ++at_;
  std::string_view value = View(begin, end);
  if (HasEscape(begin, end)) {
    if (!Unescape(begin, end, &value)) return false;
    if (!is_key) arena_->Shrink(const_cast<char*>(value.data()), 0);
  }
  if (is_key) names_.push_back({value, begin - 1});
  return true;
}

bool Walker::SkipObject() {
  if (!Deeper()) return false;
  const std::size_t first = names_.size();
  Operator();
  if (Peek() != '}') {
    for (;;) {
      if (Peek() != '"') return Unexpected("a key");
      if (!SkipString(true)) return false;
      if (Peek() != ':') return Unexpected(":");
      Operator();
      if (!SkipValue()) return false;
      if (Peek() != ',') break;
      spaced_ |= value_end_ != *at_;
      Operator();
    }
    if (Peek() != '}') return Unexpected(", or }");
    spaced_ |= value_end_ != *at_;
  }
  value_end_ = *at_ + 1;
  ++at_;
  --depth_;
  return CheckNames(first);
}

bool Walker::SkipArray() {
  if (!Deeper()) return false;
  Operator();
  if (Peek() != ']') {
    for (;;) {
      if (!SkipValue()) return false;
      if (Peek() != ',') break;
      spaced_ |= value_end_ != *at_;
      Operator();
    }
    if (Peek() != ']') return Unexpected(", or ]");
    spaced_ |= value_end_ != *at_;
  }
  value_end_ = *at_ + 1;
  ++at_;
  --depth_;
  return true;
}

bool Walker::SkipValue() {
  std::string_view number;
  bool flag = false;
  switch (Peek()) {
    case '"':
      return SkipString(false);
    case '{':
      return SkipObject();
    case '[':
      return SkipArray();
    case 't':
    case 'f':
      return ReadBool(&flag);
    case 'n':
      return TakeNull() || Unexpected("a JSON value");
    default:
      if (Peek() != '-' && !IsDigit(Peek())) return Unexpected("a JSON value");
      return ReadNumber(&number);
  }
}

bool Walker::Skip(std::string_view* raw) {
  const std::uint32_t begin = offset();
  if (!SkipValue()) return false;
  *raw = View(begin, value_end_);
  return true;
}

bool Walker::ReadMinified(std::string_view* json) {
  const Token first = at_;
  spaced_ = false;
  if (!Skip(json)) return false;
  if (spaced_) *json = Minified(first, at_);
  return true;
}

bool Walker::ReadMinifiedObjects(std::string_view* json) {
  const Token first = at_;
  const bool objects = ReadArray([&] { return Peek() == '{' ? Skip() : WrongType("an object"); });
  if (!objects) return false;
  Seek(first);
  return ReadMinified(json);
}

std::string_view Walker::Minified(Token first, Token last) {
  char* const begin = arena_->Allocate(*last - *first);
  char* out = begin;
  for (Token token = first; token != last; ++token) {
    std::uint32_t end = token[1];
    while (IsSpace(text_[end - 1])) --end;
    out = std::copy(text_ + *token, text_ + end, out);
  }
  const auto size = static_cast<std::size_t>(out - begin);
  arena_->Shrink(begin, size);
  return {begin, size};
}

bool Walker::CheckNames(std::size_t first) {
  const auto begin = names_.begin() + static_cast<std::ptrdiff_t>(first);
  const std::size_t count = names_.size() - first;
  const Name* duplicate = nullptr;
  if (count <= kPairwiseNames) {
    for (auto a = begin; a != names_.end(); ++a) {
      for (auto b = begin; b != a; ++b) {
        if (a->name == b->name) duplicate = &*a;
      }
    }
  } else {
    std::sort(begin, names_.end(), [](const Name& a, const Name& b) {
      return a.name != b.name ? a.name < b.name : a.offset < b.offset;
    });
    const auto found = std::adjacent_find(
        begin, names_.end(), [](const Name& a, const Name& b) { return a.name == b.name; });
    if (found != names_.end()) duplicate = &*(found + 1);
  }
  if (duplicate != nullptr) return DuplicateKey(duplicate->offset);
  names_.resize(first);
  return true;
}

bool Walker::Fault(std::uint32_t offset, const char* message, const char* valid) {
  if (!fault_) fault_ = FaultRecord{ErrorCode::kInvalidArgument, offset, message, valid};
  return false;
}

bool Walker::DuplicateKey(std::uint32_t offset) {
  return Fault(offset, "a key is given twice in one object", "each key once");
}

bool Walker::Unexpected(const char* valid) {
  return Fault(offset(), "the text is not JSON here", valid);
}

bool Walker::TooDeep() {
  if (!fault_) {
    fault_ =
        FaultRecord{ErrorCode::kTooLarge, offset(), "the JSON value is nested too deep", nullptr};
  }
  return false;
}

std::string Walker::PathAt(std::uint32_t offset) const {
  struct Level {
    bool object;
    std::size_t index;
    std::string_view key;  // as written, with its quotes; empty before it is read
  };
  std::vector<Level> levels;
  for (Token token = begin_; token < end_ && *token < offset; ++token) {
    const char c = text_[*token];
    if (c == '{' || c == '[') {
      levels.push_back({c == '{', 0, {}});
    } else if (levels.empty()) {
      continue;
    } else if (c == '}' || c == ']') {
      levels.pop_back();
    } else if (c == ',') {
      ++levels.back().index;
      levels.back().key = {};
    } else if (c == '"' && levels.back().object && levels.back().key.empty()) {
      std::uint32_t close = token[1] - 1;
      while (text_[close] != '"') --close;
      levels.back().key = {text_ + *token, close + 1 - *token};
    }
  }
  std::string path = path_;
  for (const Level& level : levels) {
    if (!level.object) {
      path += '[' + std::to_string(level.index) + ']';
    } else if (!level.key.empty()) {
      AppendPathKey(level.key.substr(1, level.key.size() - 2), &path);
    }
  }
  return path;
}

std::string_view Walker::ValueAt(std::uint32_t offset) const {
  const Token next = std::upper_bound(begin_, end_, offset);
  std::uint32_t end = *next;
  if (text_[offset] == '{' || text_[offset] == '[') end = size_bytes_;
  while (end > offset && IsSpace(text_[end - 1])) --end;
  return {text_ + offset, end - offset};
}

Error Walker::TakeError() const {
  const FaultRecord fault = fault_.value_or(FaultRecord{ErrorCode::kInternal, 0, "no fault", ""});
  Error error{fault.code, fault.message, {{"offset", std::to_string(fault.offset)}}};
  error.details.emplace_back("path", PathAt(fault.offset));
  if (fault.code == ErrorCode::kTooLarge) {
    error.details.emplace_back("limit", std::to_string(kMostDepth) + " levels");
    return error;
  }
  error.details.emplace_back("value", Excerpt(ValueAt(fault.offset)));
  error.details.emplace_back("valid", fault.valid);
  return error;
}

Result<void> CheckJson(std::string_view text) {
  Document document;
  CALLSTORE_RETURN_IF_ERROR(document.Load(text));
  record::TextArena arena;
  Walker walker;
  walker.Start(document, document.text(), &arena);
  if (!walker.Skip() || !walker.ReadEnd()) return tl::unexpected<Error>(walker.TakeError());
  return {};
}

}  // namespace callstore::json
