#include "record/draft.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace callstore::record {
namespace {

constexpr std::size_t kBlockBytes = 64 << 10;
// What Clear leaves of a vector that one large call has grown.
constexpr std::size_t kKeptElements = 16 << 10;

template <typename T>
void ClearBounded(std::vector<T>* elements) {
  elements->clear();
  if (elements->capacity() > kKeptElements) elements->shrink_to_fit();
}

}  // namespace

char* TextArena::Allocate(std::size_t size) {
  for (; block_ < blocks_.size(); ++block_) {
    std::string& block = blocks_[block_];
    if (block.capacity() - block.size() >= size) {
      const std::size_t at = block.size();
      block.resize(at + size);
      return block.data() + at;
    }
  }
  std::string block;
  block.reserve(std::max(size, kBlockBytes));
  block.resize(size);
  blocks_.push_back(std::move(block));
  return blocks_.back().data();
}

void TextArena::Shrink(char* allocated, std::size_t used) {
  std::string& block = blocks_[block_];
  block.resize(static_cast<std::size_t>(allocated - block.data()) + used);
}

std::string_view TextArena::Copy(std::string_view text) {
  if (text.empty()) return {"", 0};
  char* copy = Allocate(text.size());
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

void TextArena::Clear() {
  if (!blocks_.empty() && (blocks_.size() > 1 || blocks_.front().capacity() > 2 * kBlockBytes)) {
    blocks_.clear();
  }
  for (std::string& block : blocks_) block.clear();
  block_ = 0;
}

void Draft::Clear() {
  ClearBounded(&utterances);
  ClearBounded(&words);
  ClearBounded(&turns);
  ClearBounded(&latency);
  ClearBounded(&values);
  own.Clear();

  Draft fresh;
  fresh.utterances.swap(utterances);
  fresh.words.swap(words);
  fresh.turns.swap(turns);
  fresh.latency.swap(latency);
  fresh.values.swap(values);
  std::swap(fresh.own, own);
  *this = std::move(fresh);
}

namespace {

bool Drop(OptionalText* field) { return std::exchange(*field, std::nullopt).has_value(); }
bool Drop(std::string_view* json) { return !std::exchange(*json, {}).empty(); }

bool DropTranscript(Draft* draft) {
  bool removed = Drop(&draft->transcript);
  removed |= std::exchange(draft->has_transcript_object, false) && !draft->utterances.empty();
  removed |= std::exchange(draft->has_turns, false) && !draft->turns.empty();
  draft->utterances.clear();
  draft->words.clear();
  draft->turns.clear();
  draft->transcript_object_count = 0;
  return removed;
}

}  // namespace

bool Redact(bool drop_metadata, KeepEvents keep_events, Draft* draft) {
  bool removed = DropTranscript(draft);
  for (OptionalText* field :
       {&draft->from_number, &draft->to_number, &draft->recording_url, &draft->public_log_url,
        &draft->call_summary, &draft->call_sid, &draft->conference_sid}) {
    removed |= Drop(field);
  }
  for (std::string_view* json : {&draft->custom_analysis_data, &draft->analysis_extra,
                                 &draft->telephony_extra, &draft->extra}) {
    removed |= Drop(json);
  }
  draft->has_telephony = false;
  for (DraftLatency& component : draft->latency) removed |= Drop(&component.extra);
  if (drop_metadata) removed |= Drop(&draft->metadata);
  if (draft->events) {
    const std::string_view kept = keep_events(*draft->events, &draft->own);
    removed |= kept != *draft->events;
    draft->events = kept;
  }
  return removed;
}

}  // namespace callstore::record
