#include "callstore/transcript_search.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <span>
#include <string>

#include "base/minified_json.h"
#include "base/words_of_text.h"
#include "record/access.h"
#include "record/draft.h"

namespace callstore {
namespace {

// The words that are looked for, each once.
class Wanted {
 public:
  explicit Wanted(std::string_view text) : words_(FoldedWords(text)) {
    std::ranges::sort(words_);
    words_.erase(std::unique(words_.begin(), words_.end()), words_.end());
    for (const std::string& word : words_) first_bytes_ |= BitOf(word);
  }

  std::size_t size() const { return words_.size(); }
  // The number of a word; nothing where it is not looked for.
  std::optional<std::size_t> Find(std::string_view folded) const {
    if ((first_bytes_ & BitOf(folded)) == 0) return std::nullopt;
    const auto at = std::ranges::lower_bound(words_, folded);
    if (at == words_.end() || *at != folded) return std::nullopt;
    return static_cast<std::size_t>(at - words_.begin());
  }

 private:
  // Most words of a text begin with another byte than all of those looked for.
  static std::uint64_t BitOf(std::string_view word) {
    return std::uint64_t{1} << (static_cast<unsigned char>(word.front()) & 63U);
  }

  std::vector<std::string> words_;
  std::uint64_t first_bytes_ = 0;
};

// Ticks the wanted words off, text by text.
class Checklist {
 public:
  explicit Checklist(const Wanted& wanted)
      : wanted_(wanted), seen_(wanted.size()), missing_(wanted.size()) {}

  // Whether all words were seen by now.
  bool Scan(std::string_view text) {
    for (WordScanner scanner(text); missing_ > 0 && scanner.Next();) {
      const auto word = wanted_.Find(scanner.folded());
      if (!word || seen_[*word]) continue;
      seen_[*word] = true;
      --missing_;
    }
    return missing_ == 0;
  }

 private:
  const Wanted& wanted_;
  std::vector<bool> seen_;
  std::size_t missing_;
};

// A word of an utterance: where it stands in the content, and when it was said.
struct TimedWord {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::optional<double> start = {};
  std::optional<double> stop = {};
};

std::optional<double> SecondsOf(std::uint32_t ms) {
  if (ms == record::kNoTime) return std::nullopt;
  return ms / 1000.0;
}

std::optional<double> NumberIn(std::string_view object, std::string_view key) {
  const auto token = FindJsonMember(object, key);
  if (!token) return std::nullopt;
  double value = 0;
  const auto error = std::from_chars(token->data(), token->data() + token->size(), value).ec;
  if (error != std::errc()) return std::nullopt;
  return value;
}

// Words kept as JSON say nothing of their place. Each is looked for a little behind the one before;
// one that is not there, or only far away, has no place.
std::vector<TimedWord> WordsInJson(const UtteranceView& utterance) {
  constexpr std::size_t kMostGapBytes = 64;
  std::vector<TimedWord> words;
  const auto array = FindJsonMember(utterance.json(), "words");
  if (!array || !array->starts_with('[')) return words;
  const std::string_view content = utterance.content();
  std::size_t at = 0;
  std::string buffer;
  for (JsonElements elements(*array); elements.Next();) {
    const auto text = FindJsonMember(elements.value(), "word");
    if (!text || !text->starts_with('"')) continue;
    const std::string_view word = JsonText(*text, &buffer);
    const std::size_t place = content.substr(at, kMostGapBytes + word.size()).find(word);
    if (word.empty() || place == std::string_view::npos) continue;
    words.push_back({.begin = at + place,
                     .end = at + place + word.size(),
                     .start = NumberIn(elements.value(), "start"),
                     .stop = NumberIn(elements.value(), "end")});
    at = words.back().end;
  }
  return words;
}

std::vector<TimedWord> TimedWords(const UtteranceView& utterance) {
  if (!utterance.json().empty()) return WordsInJson(utterance);
  std::vector<TimedWord> words;
  const std::span<const record::StoredWord> stored = record::Words(utterance);
  words.reserve(stored.size());
  for (const record::StoredWord& word : stored) {
    if (word.length == 0) continue;
    words.push_back({.begin = word.offset,
                     .end = std::size_t{word.offset} + word.length,
                     .start = SecondsOf(word.start_ms),
                     .stop = SecondsOf(word.end_ms)});
  }
  return words;
}

// Gives the hits of one utterance the times of the words that they overlap: from where the first
// one starts to where the last one ends. Both are in the order of the content.
void AddTimes(const UtteranceView& utterance, std::span<TranscriptHit> hits) {
  const std::vector<TimedWord> words = TimedWords(utterance);
  std::size_t first = 0;
  for (TranscriptHit& hit : hits) {
    const std::size_t end = hit.offset_bytes + hit.size_bytes;
    while (first < words.size() && words[first].end <= hit.offset_bytes) ++first;
    for (std::size_t i = first; i < words.size() && words[i].begin < end; ++i) {
      if (i == first) hit.start = words[i].start;
      hit.end = words[i].stop;
    }
  }
}

}  // namespace

bool TranscriptHas(const CallView& call, std::string_view words) {
  const Wanted wanted(words);
  if (wanted.size() == 0) return false;
  Checklist checklist(wanted);
  if (const auto transcript = call.transcript()) return checklist.Scan(*transcript);
  for (std::size_t i = 0; i < call.utterance_count(); ++i) {
    if (checklist.Scan(call.utterance(i).content())) return true;
  }
  return false;
}

std::vector<TranscriptHit> FindInTranscript(const CallView& call, std::string_view words,
                                            std::size_t limit) {
  std::vector<TranscriptHit> hits;
  const Wanted wanted(words);
  if (wanted.size() == 0) return hits;
  for (std::size_t i = 0; i < call.utterance_count() && hits.size() < limit; ++i) {
    const UtteranceView utterance = call.utterance(i);
    const std::size_t before = hits.size();
    for (WordScanner scanner(utterance.content()); hits.size() < limit && scanner.Next();) {
      if (!wanted.Find(scanner.folded())) continue;
      hits.push_back(
          {.utterance = i, .offset_bytes = scanner.offset(), .size_bytes = scanner.size()});
    }
    if (hits.size() > before) AddTimes(utterance, std::span(hits).subspan(before));
  }
  return hits;
}

}  // namespace callstore
