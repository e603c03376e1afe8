// output.h - JSON text appended to a string through a raw pointer.
// An Output makes room ahead and cuts the string to what was written when it ends.
//
// Ownership:     writes to a string of the caller's; nobody else may use it meanwhile.
// Thread safety: none; one thread at a time.
#ifndef CALLSTORE_SRC_JSON_OUTPUT_H_
#define CALLSTORE_SRC_JSON_OUTPUT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "json/number.h"

namespace callstore::json {

class Output {
 public:
  explicit Output(std::string* out) : out_(out), begin_(out->size()) {
    at_ = end_ = out->data() + begin_;
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() { out_->resize(size()); }

  // Bytes of the string so far, with what it had before.
  std::size_t size() const { return static_cast<std::size_t>(at_ - out_->data()); }
  const char* data() const { return out_->data(); }

  // Makes room for `size` bytes; what is written afterwards by pointer ends with Wrote.
  char* Room(std::size_t size) {
    if (static_cast<std::size_t>(end_ - at_) < size) [[unlikely]]
      Grow(size);
    return at_;
  }
  void Wrote(char* end) { at_ = end; }

  void Put(char c) {
    *Room(1) = c;
    ++at_;
  }
  void Put(std::string_view text) {
    std::memcpy(Room(text.size()), text.data(), text.size());
    at_ += text.size();
  }
  void PutString(std::string_view text) {
    Put('"');
    PutEscaped(text);
    Put('"');
  }
  // The text of a string between its quotes. Returns whether anything had to be escaped.
  bool PutEscaped(std::string_view text);
  void PutInt64(std::int64_t value) { at_ = WriteInt64(value, Room(kMostNumberBytes)); }
  void PutDouble(double value) { at_ = WriteDouble(value, Room(kMostNumberBytes)); }
  void PutBool(bool value) { Put(std::string_view(value ? "true" : "false")); }

 private:
  void Grow(std::size_t size);
  void PutEscape(char c, std::size_t bytes_left);

  std::string* out_;
  std::size_t begin_;
  char* at_;
  char* end_;
};

// Members of one object: puts the comma where one is due, and the key.
class ObjectOutput {
 public:
  explicit ObjectOutput(Output* out) : out_(out) {}

  // `key` is a literal that needs no escaping.
  Output& Key(std::string_view key) {
    char* at = out_->Room(key.size() + 4);
    *at++ = first_ ? '{' : ',';
    first_ = false;
    *at++ = '"';
    std::memcpy(at, key.data(), key.size());
    at += key.size();
    *at++ = '"';
    *at++ = ':';
    out_->Wrote(at);
    return *out_;
  }
  // A member as it stands in minified JSON, with its key.
  void RawMember(std::string_view member) {
    out_->Put(first_ ? '{' : ',');
    first_ = false;
    out_->Put(member);
  }
  void End() { out_->Put(first_ ? std::string_view("{}") : std::string_view("}")); }

 private:
  Output* out_;
  bool first_ = true;
};

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_OUTPUT_H_
