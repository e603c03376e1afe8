// events.h - what is kept of the events of an opted-out call.
#ifndef CALLSTORE_SRC_JSON_EVENTS_H_
#define CALLSTORE_SRC_JSON_EVENTS_H_

#include <string_view>

#include "record/draft.h"

namespace callstore::json {

// Reduces a minified JSON array of event objects to the scalar members "type", "event" (text) and
// "timestamp" (number or text) of each. The result lives in the arena, or is `events` itself.
std::string_view KeepEventTypeAndTime(std::string_view events, record::TextArena* arena);

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_EVENTS_H_
