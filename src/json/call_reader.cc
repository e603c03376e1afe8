#include "json/call_reader.h"

#include <array>

#include "base/error.h"
#include "json/document.h"
#include "json/members.h"
#include "json/transcript_reader.h"
#include "json/walker.h"

namespace callstore::json {
namespace {

using record::Draft;
using record::DraftLatency;
using record::OptionalText;
using Key = Walker::Key;

static_assert(kMaxCallBytes < kMaxTextBytes && kMaxDepth == kMostDepth);

constexpr std::size_t kMostIdBytes = 512;

struct TextField {
  std::string_view name;
  OptionalText Draft::*field;
};
constexpr TextField kTextFields[] = {
    {"agent_id", &Draft::agent_id},
    {"call_status", &Draft::call_status},
    {"call_type", &Draft::call_type},
    {"direction", &Draft::direction},
    {"from_number", &Draft::from_number},
    {"to_number", &Draft::to_number},
    {"disconnection_reason", &Draft::disconnection_reason},
    {"recording_url", &Draft::recording_url},
    {"public_log_url", &Draft::public_log_url},
    {"transcript", &Draft::transcript},
};
struct TimeField {
  std::string_view name;
  std::optional<std::int64_t> Draft::*field;
};
constexpr TimeField kTimeFields[] = {
    {"start_timestamp", &Draft::start_timestamp},
    {"end_timestamp", &Draft::end_timestamp},
    {"created_at", &Draft::created_at},
    {"updated_at", &Draft::updated_at},
};

// Members that have a reader of their own; texts and times follow them in the numbering.
enum class Member : std::uint8_t {
  kId,
  kCallId,
  kOrganizationId,
  kCallDuration,
  kOptOut,
  kMetadata,
  kEvents,
  kTranscriptObject,
  kTurns,
  kLatency,
  kCallAnalysis,
  kCallCost,
  kTelephony,
  kStoredAt,
  kChangedAt,
};
constexpr std::array<std::string_view, 15> kMembers = {"id",
                                                       "call_id",
                                                       "organization_id",
                                                       "call_duration",
                                                       "opt_out_sensitive_data_storage",
                                                       "metadata",
                                                       "events",
                                                       "transcript_object",
                                                       "transcript_with_tool_calls",
                                                       "latency",
                                                       "call_analysis",
                                                       "call_cost",
                                                       "telephony_identifier",
                                                       "stored_at",
                                                       "changed_at"};
constexpr unsigned kFirstText = kMembers.size();

struct StatsField {
  std::string_view name;
  std::optional<double> DraftLatency::*field;
};
constexpr StatsField kStatsFields[] = {
    {"max", &DraftLatency::max}, {"min", &DraftLatency::min}, {"num", &DraftLatency::num},
    {"p50", &DraftLatency::p50}, {"p90", &DraftLatency::p90}, {"p95", &DraftLatency::p95},
    {"p99", &DraftLatency::p99},
};

}  // namespace

class CallReader::Impl {
 public:
  Result<void> Read(std::string_view text, Draft* draft);

 private:
  bool ReadCall();
  bool ReadMember(const Key& key, std::uint64_t* seen);
  bool ReadOwnMember(Member member, const Key& key);
  bool ReadId(OptionalText* field);
  bool ReadStamp();
  bool ReadMetadata();
  bool ReadTurns();
  bool ReadLatency();
  bool ReadComponent(std::string_view name);
  bool ReadValues(const Key& key, DraftLatency* stats);
  // An object whose members `on_member` knows or else returns nothing for; the rest makes *extra.
  template <typename F>
  bool ReadWithExtra(std::string_view* extra, F&& on_member);
  bool ReadAnalysis();
  bool ReadCost();
  bool ReadTelephony();

  Document document_;
  Walker walker_;
  TranscriptReader transcript_;
  Extras extras_;
  Draft* draft_ = nullptr;
  Walker::Token deferred_turns_ = nullptr;
};

Result<void> CallReader::Impl::Read(std::string_view text, Draft* draft) {
  draft->Clear();
  draft_ = draft;
  deferred_turns_ = nullptr;
  extras_.Clear();
  CALLSTORE_RETURN_IF_ERROR(document_.Load(text));
  walker_.Start(document_, document_.text(), &draft->own);
  transcript_.Start(&walker_, draft);
  const bool read = ReadCall();
  Result<void> result;
  if (!read) result = tl::unexpected<Error>(walker_.TakeError());
  document_.ReleaseTokens();
  return result;
}

bool CallReader::Impl::ReadCall() {
  std::uint64_t seen = 0;
  const auto on_member = [&](const Key& key) { return ReadMember(key, &seen); };
  if (!walker_.ReadObject(on_member) || !walker_.CheckNames(0) || !walker_.ReadEnd()) return false;
  draft_->extra = extras_.Build(0, &draft_->own);
  if (deferred_turns_ == nullptr) return true;
  walker_.Seek(deferred_turns_);
  return transcript_.ReadTurns();
}

bool CallReader::Impl::ReadMember(const Key& key, std::uint64_t* seen) {
  unsigned bit = kFirstText;
  for (const TextField& text : kTextFields) {
    if (text.name == key.name) {
      return walker_.Once(seen, bit, key) && ReadOptionalText(&walker_, &(draft_->*text.field));
    }
    ++bit;
  }
  for (const TimeField& time : kTimeFields) {
    if (time.name == key.name) {
      return walker_.Once(seen, bit, key) && ReadOptionalTime(&walker_, &(draft_->*time.field));
    }
    ++bit;
  }
  const std::size_t member = FindName(kMembers, key.name);
  if (member == kMembers.size()) return extras_.ReadUnknown(key, &walker_);
  if (!walker_.Once(seen, static_cast<unsigned>(member), key)) return false;
  if (walker_.TakeNull()) return true;
  return ReadOwnMember(static_cast<Member>(member), key);
}

bool CallReader::Impl::ReadOwnMember(Member member, const Key& key) {
  OptionalText id;
  switch (member) {
    case Member::kId:
      if (!ReadId(&id)) return false;
      draft_->id = *id;
      return true;
    case Member::kCallId:
      return ReadId(&draft_->call_id);
    case Member::kOrganizationId:
      if (!ReadId(&id)) return false;
      draft_->organization_id = *id;
      return true;
    case Member::kCallDuration:
      return ReadOptionalNumber(&walker_, key, &draft_->call_duration, &extras_);
    case Member::kOptOut:
      return walker_.ReadBool(&draft_->opt_out);
    case Member::kMetadata:
      return ReadMetadata();
    case Member::kEvents:
      return walker_.ReadMinifiedObjects(&draft_->events.emplace());
    case Member::kTranscriptObject:
      return transcript_.ReadUtterances();
    case Member::kTurns:
      return ReadTurns();
    case Member::kLatency:
      return ReadLatency();
    case Member::kCallAnalysis:
      return ReadAnalysis();
    case Member::kCallCost:
      return ReadCost();
    case Member::kTelephony:
      return ReadTelephony();
    case Member::kStoredAt:
    case Member::kChangedAt:
      return ReadStamp();
  }
  return false;
}

bool CallReader::Impl::ReadId(OptionalText* field) {
  const std::uint32_t offset = walker_.offset();
  if (!walker_.ReadString(&field->emplace())) return false;
  if (!(*field)->empty() && (*field)->size() <= kMostIdBytes) return true;
  return walker_.Fault(offset, "the id is empty or too long", "text of 1 to 512 bytes");
}

// The store has its own.
bool CallReader::Impl::ReadStamp() {
  std::optional<std::int64_t> ignored;
  return ReadOptionalTime(&walker_, &ignored);
}

bool CallReader::Impl::ReadMetadata() {
  if (walker_.Peek() != '{') return walker_.WrongType("an object");
  return walker_.ReadMinified(&draft_->metadata.emplace());
}

// Turns are read after the utterances that they repeat.
bool CallReader::Impl::ReadTurns() {
  if (draft_->has_transcript_object) return transcript_.ReadTurns();
  deferred_turns_ = walker_.token();
  return walker_.Skip();
}

bool CallReader::Impl::ReadLatency() {
  draft_->has_latency = true;
  const std::size_t names = walker_.NameCount();
  const bool read = walker_.ReadObject([&](const Key& key) {
    walker_.AddName(key);
    return walker_.TakeNull() || ReadComponent(key.name);
  });
  return read && walker_.CheckNames(names);
}

template <typename F>
bool CallReader::Impl::ReadWithExtra(std::string_view* extra, F&& on_member) {
  const std::size_t names = walker_.NameCount();
  const std::size_t first = extras_.size();
  const bool read = walker_.ReadObject([&](const Key& key) {
    const std::optional<bool> known = on_member(key);
    if (!known) return extras_.ReadUnknown(key, &walker_);
    return *known;
  });
  if (!read || !walker_.CheckNames(names)) return false;
  *extra = extras_.Build(first, &draft_->own);
  return true;
}

bool CallReader::Impl::ReadComponent(std::string_view name) {
  DraftLatency stats;
  stats.component = name;
  std::uint64_t seen = 0;
  const bool read = ReadWithExtra(&stats.extra, [&](const Key& key) -> std::optional<bool> {
    unsigned bit = 0;
    for (const StatsField& field : kStatsFields) {
      if (field.name == key.name) {
        return walker_.Once(&seen, bit, key) &&
               ReadOptionalNumber(&walker_, key, &(stats.*field.field), &extras_);
      }
      ++bit;
    }
    if (key.name != "values") return std::nullopt;
    return walker_.Once(&seen, bit, key) && (walker_.TakeNull() || ReadValues(key, &stats));
  });
  if (read) draft_->latency.push_back(stats);
  return read;
}

bool CallReader::Impl::ReadValues(const Key& key, DraftLatency* stats) {
  const Walker::Token first = walker_.token();
  stats->first_value = static_cast<std::uint32_t>(draft_->values.size());
  bool exact = true;
  const bool read = walker_.ReadArray([&] {
    const std::uint32_t offset = walker_.offset();
    std::string_view token;
    if (!walker_.ReadNumber(&token)) return false;
    const auto nearest = ToDouble(token);
    if (!nearest) {
      return walker_.Fault(offset, "the number is too large", "a number that a double can hold");
    }
    exact &= nearest->exact;
    draft_->values.push_back(nearest->value);
    return true;
  });
  if (!read) return false;
  if (!exact) {
    draft_->values.resize(stats->first_value);
    extras_.Add(key, walker_.Minified(first, walker_.token()));
    return true;
  }
  stats->has_values = true;
  stats->value_count = static_cast<std::uint32_t>(draft_->values.size()) - stats->first_value;
  return true;
}

bool CallReader::Impl::ReadAnalysis() {
  draft_->has_call_analysis = true;
  std::uint64_t seen = 0;
  return ReadWithExtra(&draft_->analysis_extra, [&](const Key& key) -> std::optional<bool> {
    if (key.name == "call_successful") {
      return walker_.Once(&seen, 0, key) && ReadOptionalBool(&walker_, &draft_->call_successful);
    }
    if (key.name == "call_summary") {
      return walker_.Once(&seen, 1, key) && ReadOptionalText(&walker_, &draft_->call_summary);
    }
    if (key.name == "user_sentiment") {
      return walker_.Once(&seen, 2, key) && ReadOptionalText(&walker_, &draft_->user_sentiment);
    }
    if (key.name == "in_voicemail") {
      return walker_.Once(&seen, 3, key) && ReadOptionalBool(&walker_, &draft_->in_voicemail);
    }
    if (key.name != "custom_analysis_data") return std::nullopt;
    return walker_.Once(&seen, 4, key) &&
           (walker_.TakeNull() || walker_.ReadMinified(&draft_->custom_analysis_data));
  });
}

bool CallReader::Impl::ReadCost() {
  draft_->has_call_cost = true;
  std::uint64_t seen = 0;
  return ReadWithExtra(&draft_->cost_extra, [&](const Key& key) -> std::optional<bool> {
    if (key.name != "combined_cost") return std::nullopt;
    return walker_.Once(&seen, 0, key) &&
           ReadOptionalNumber(&walker_, key, &draft_->combined_cost, &extras_);
  });
}

bool CallReader::Impl::ReadTelephony() {
  draft_->has_telephony = true;
  std::uint64_t seen = 0;
  return ReadWithExtra(&draft_->telephony_extra, [&](const Key& key) -> std::optional<bool> {
    if (key.name == "call_sid") {
      return walker_.Once(&seen, 0, key) && ReadOptionalText(&walker_, &draft_->call_sid);
    }
    if (key.name != "conference_sid") return std::nullopt;
    return walker_.Once(&seen, 1, key) && ReadOptionalText(&walker_, &draft_->conference_sid);
  });
}

CallReader::CallReader() : impl_(std::make_unique<Impl>()) {}
CallReader::~CallReader() = default;

Result<void> CallReader::Read(std::string_view text, Draft* draft) {
  return impl_->Read(text, draft);
}

}  // namespace callstore::json
