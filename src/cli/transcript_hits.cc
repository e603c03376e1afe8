#include "cli/transcript_hits.h"

#include <algorithm>
#include <vector>

#include "cli/text.h"
#include "cli/times.h"

namespace callstore::cli {
namespace {

constexpr std::size_t kMostUtterances = 5;  // shown of one call
constexpr std::size_t kBytesBefore = 24;    // of a word in its excerpt
constexpr std::size_t kBytesAfter = 56;

bool IsBoundary(std::string_view text, std::size_t i) {
  return i >= text.size() || (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80;
}

// The first of the hits of each utterance.
std::vector<TranscriptHit> FirstHits(const std::vector<TranscriptHit>& hits) {
  std::vector<TranscriptHit> firsts;
  for (const TranscriptHit& hit : hits) {
    if (firsts.empty() || firsts.back().utterance != hit.utterance) firsts.push_back(hit);
  }
  return firsts;
}

std::vector<std::string> HitRow(const CallView& call, const TranscriptHit& hit) {
  std::vector<std::string> row = {std::string(call.call_id().value_or(call.id())),
                                  std::to_string(hit.utterance),
                                  hit.start ? FormatSpan(*hit.start * 1000) : std::string(),
                                  {},
                                  {}};
  if (hit.utterance >= call.utterance_count()) return row;  // the page has no transcripts
  const UtteranceView utterance = call.utterance(hit.utterance);
  row[3] = utterance.role();
  row[4] = ExcerptAround(utterance.content(), hit.offset_bytes, hit.size_bytes);
  return row;
}

}  // namespace

bool SearchesTranscript(const Filter& filter) {
  return filter.field() == "transcript_search" ||
         std::any_of(filter.parts().begin(), filter.parts().end(), SearchesTranscript);
}

std::string ExcerptAround(std::string_view text, std::size_t offset_bytes, std::size_t size_bytes) {
  const std::size_t word_begin = std::min(offset_bytes, text.size());
  const std::size_t word_end = word_begin + std::min(size_bytes, text.size() - word_begin);
  std::size_t begin = word_begin - std::min(word_begin, kBytesBefore);
  if (begin > 0) {
    const std::size_t space = text.find(' ', begin - 1);
    if (space < word_begin) begin = space + 1;
    while (!IsBoundary(text, begin)) ++begin;
  }
  std::size_t end = word_end + std::min(text.size() - word_end, kBytesAfter);
  if (end < text.size()) {
    const std::size_t space = text.rfind(' ', end);
    if (space != std::string_view::npos && space >= word_end) end = space;
    while (!IsBoundary(text, end)) --end;
  }
  std::string excerpt = begin > 0 ? "\u2026" : "";
  excerpt += text.substr(begin, end - begin);
  if (end < text.size()) excerpt += "\u2026";
  return excerpt;
}

std::string FormatTranscriptHits(const Page& page, const TableOptions& options) {
  constexpr std::size_t kLeastTextWidth = 24;
  std::vector<std::vector<std::string>> rows;
  const std::size_t calls = std::min(page.calls.size(), page.transcript_hits.size());
  for (std::size_t i = 0; i < calls; ++i) {
    const std::vector<TranscriptHit> hits = FirstHits(page.transcript_hits[i]);
    const std::size_t shown = std::min(hits.size(), kMostUtterances);
    for (std::size_t k = 0; k < shown; ++k) {
      rows.push_back(HitRow(page.calls[i], hits[k]));
      if (k > 0) rows.back()[0].clear();
    }
    if (hits.size() > shown) {
      rows.push_back({"", "", "", "", "and " + std::to_string(hits.size() - shown) + " more"});
    }
  }
  if (rows.empty()) return {};
  return FormatTable({{.header = "FOUND IN"},
                      {.header = "UTTERANCE", .align_right = true, .drop_rank = 1},
                      {.header = "AT", .align_right = true},
                      {.header = "ROLE", .drop_rank = 2},
                      {.header = "TEXT", .least_width = kLeastTextWidth}},
                     rows, options);
}

}  // namespace callstore::cli
