#include "record/words.h"

#include <algorithm>

#include "callstore/call.h"

namespace callstore::record {
namespace {

constexpr std::string_view kCallStatusWords[] = {
    call_status::kRegistered, call_status::kScheduled, call_status::kQueued,
    call_status::kRinging,    call_status::kOngoing,   call_status::kNotConnected,
    call_status::kEnded,      call_status::kError,     call_status::kBusy,
    call_status::kNoAnswer,   call_status::kCanceled,
};
constexpr std::string_view kCallTypeWords[] = {call_type::kPhoneCall, call_type::kWebCall};
constexpr std::string_view kDirectionWords[] = {direction::kInbound, direction::kOutbound};
constexpr std::string_view kReasonWords[] = {
    "USER_HANGUP",
    "AGENT_HANGUP",
    "CALL_TRANSFER",
    "VOICEMAIL_REACHED",
    "INACTIVITY",
    "MAX_DURATION_REACHED",
    "DIAL_BUSY",
    "DIAL_FAILED",
    "DIAL_NO_ANSWER",
    "IVR_REACHED",
    "CONCURRENCY_LIMIT_REACHED",
    "NO_VALID_PAYMENT",
    "SCAM_DETECTED",
    "INVALID_DESTINATION",
    "TELEPHONY_PROVIDER_PERMISSION_DENIED",
    "TELEPHONY_PROVIDER_UNAVAILABLE",
    "SIP_ROUTING_ERROR",
    "MARKED_AS_SPAM",
    "USER_DECLINED",
    "ERROR_LLM_WEBSOCKET_OPEN",
    "ERROR_LLM_WEBSOCKET_LOST_CONNECTION",
    "ERROR_LLM_WEBSOCKET_RUNTIME",
    "ERROR_LLM_WEBSOCKET_CORRUPT_PAYLOAD",
    "ERROR_NO_AUDIO_RECEIVED",
    "ERROR_ASR",
    "ERROR_UNKNOWN",
    "ERROR_USER_NOT_JOINED",
    "REGISTERED_CALL_TIMEOUT",
};
constexpr std::string_view kSentimentWords[] = {"Positive", "Negative", "Neutral", "Unknown"};
constexpr std::string_view kRoleWords[] = {role::kAgent, role::kUser, role::kTransferTarget};
constexpr std::string_view kComponentWords[] = {
    "e2e", "llm", "tts", "asr", "s2s", "knowledge_base", "llm_websocket_network_rtt"};

constexpr char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, Lower, Lower);
}

}  // namespace

std::span<const std::string_view> WordsOf(WordSet set) {
  switch (set) {
    case WordSet::kCallStatus:
      return kCallStatusWords;
    case WordSet::kCallType:
      return kCallTypeWords;
    case WordSet::kDirection:
      return kDirectionWords;
    case WordSet::kDisconnectionReason:
      return kReasonWords;
    case WordSet::kUserSentiment:
      return kSentimentWords;
    case WordSet::kRole:
      return kRoleWords;
    case WordSet::kLatencyComponent:
      return kComponentWords;
  }
  return {};
}

std::uint8_t CodeOf(WordSet set, std::string_view word) {
  const bool to_the_letter = set == WordSet::kRole || set == WordSet::kLatencyComponent;
  const auto words = WordsOf(set);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].size() != word.size()) continue;
    if (to_the_letter ? words[i] == word : EqualIgnoringCase(words[i], word)) {
      return static_cast<std::uint8_t>(i + 1);
    }
  }
  return kOtherWord;
}

std::string_view WordOf(WordSet set, std::uint8_t code) {
  const auto words = WordsOf(set);
  return code >= 1 && code <= words.size() ? words[code - 1U] : std::string_view("");
}

}  // namespace callstore::record
