// words_of_text.h - the words of a text, folded so that letter case does not tell them apart.
// A word is a run of code points of the Unicode categories L (letters), M (marks) and N (numbers).
// Folding is Unicode's full case folding, code point by code point: the German sharp s and "SS" are
// both "ss". Text is not normalized: a letter with its accent as one code point is not the same as
// with two. The data is utf8proc's. A folded word is a word, and folds to itself.
//
// Input is UTF-8; bytes that are not stand between words.
//
// Pure. Thread safety: free functions on values; a WordScanner belongs to one thread.
#ifndef CALLSTORE_SRC_BASE_WORDS_OF_TEXT_H_
#define CALLSTORE_SRC_BASE_WORDS_OF_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace callstore {

// Walks the words of a text: `for (WordScanner s(text); s.Next();) Use(s.folded());` A word of
// lower-case ASCII is a view of the text; others are folded in a buffer that is used again.
class WordScanner {
 public:
  // `text` must outlive the scanner.
  explicit WordScanner(std::string_view text) : text_(text) {}
  WordScanner(const WordScanner&) = delete;
  WordScanner& operator=(const WordScanner&) = delete;

  bool Next();
  // Of the word that Next came to: where it stands in the text, in bytes.
  std::size_t offset() const { return offset_; }
  std::size_t size() const { return at_ - offset_; }
  std::string_view folded() const { return folded_; }  // valid until Next

 private:
  void FoldRest();

  std::string_view text_;
  std::size_t at_ = 0;  // behind the word
  std::size_t offset_ = 0;
  std::string_view folded_;
  std::string buffer_;
};

// The words of a text, folded, in their order.
std::vector<std::string> FoldedWords(std::string_view text);

}  // namespace callstore

#endif  // CALLSTORE_SRC_BASE_WORDS_OF_TEXT_H_
