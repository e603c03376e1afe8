// known_words.h - the documented words of the enum fields, in their documented spelling.
// Their order is on disk: the code of a word is its place (record/words.h). Only ever append.
#ifndef CALLSTORE_SRC_BASE_KNOWN_WORDS_H_
#define CALLSTORE_SRC_BASE_KNOWN_WORDS_H_

#include <string_view>

#include "callstore/call.h"

namespace callstore::known_words {

inline constexpr std::string_view kCallStatus[] = {
    call_status::kRegistered, call_status::kScheduled, call_status::kQueued,
    call_status::kRinging,    call_status::kOngoing,   call_status::kNotConnected,
    call_status::kEnded,      call_status::kError,     call_status::kBusy,
    call_status::kNoAnswer,   call_status::kCanceled,
};
inline constexpr std::string_view kCallType[] = {call_type::kPhoneCall, call_type::kWebCall};
inline constexpr std::string_view kDirection[] = {direction::kInbound, direction::kOutbound};
inline constexpr std::string_view kDisconnectionReason[] = {
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
inline constexpr std::string_view kUserSentiment[] = {"Positive", "Negative", "Neutral", "Unknown"};

}  // namespace callstore::known_words

#endif  // CALLSTORE_SRC_BASE_KNOWN_WORDS_H_
