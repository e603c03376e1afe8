// words_writer.h - the words of an utterance as JSON: most of the bytes of a call.
//
// Pure, but for the Output.
#ifndef CALLSTORE_SRC_JSON_WORDS_WRITER_H_
#define CALLSTORE_SRC_JSON_WORDS_WRITER_H_

#include <cstddef>
#include <span>
#include <string_view>

#include "json/output.h"
#include "record/access.h"

namespace callstore::json {

// The array of words of an utterance with this content.
void WriteWords(std::span<const record::StoredWord> words, std::string_view content, Output* out);

// The same where the output has a copy of the content (of `size` bytes) at `copy`, which needed no
// escapes: words are copied from there.
void WriteWordsOfCopy(std::span<const record::StoredWord> words, std::size_t copy, std::size_t size,
                      Output* out);

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_WORDS_WRITER_H_
