// chunked.h - takes the chunks of a body off what stands between them (RFC 9112, 7.1).
// Strict: lines end in CR LF, and are short. Extensions and trailers are read and ignored.
//
// Thread safety: a value for one thread.
#ifndef CALLSTORE_SRC_HTTP_CHUNKED_H_
#define CALLSTORE_SRC_HTTP_CHUNKED_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace callstore::http {

class ChunkedDecoder {
 public:
  enum class Found : std::uint8_t { kMore, kData, kEnd, kMalformed };

  // Takes from the front of `input`: with kData `piece` is what was taken of the body; kMore where
  // input is used up. Not to be called again after kEnd or kMalformed.
  Found Next(std::string_view* input, std::string_view* piece);

 private:
  enum class State : std::uint8_t {
    kSize,       // the digits of a size
    kExtension,  // what may follow them
    kSizeEnd,    // LF
    kData,       // bytes of the body
    kDataCr,     // CR LF behind them
    kDataLf,
    kTrailer,     // lines behind the last chunk, up to an empty one
    kTrailerEnd,  // LF
    kEnd,
    kMalformed,
  };

  State Step(char c);
  State StepSize(char c);
  State StepExtension(char c);
  State StepTrailer(char c);

  State state_ = State::kSize;
  std::uint64_t left_ = 0;         // of the chunk
  std::size_t digits_ = 0;         // of its size
  std::size_t line_bytes_ = 0;     // of the line
  std::size_t between_bytes_ = 0;  // of all trailers
};

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_CHUNKED_H_
