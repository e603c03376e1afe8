#include "json/events.h"

#include "json/document.h"
#include "json/walker.h"

namespace callstore::json {
namespace {

// Appends the members of one event that are kept.
bool KeepEvent(Walker* walker, std::string* kept) {
  bool first = true;
  kept->push_back('{');
  const bool read = walker->ReadObject([&](const Walker::Key& key) {
    const char type = walker->Peek();
    std::string_view value;
    if (!walker->ReadMinified(&value)) return false;
    const bool text = type == '"';
    const bool number = type == '-' || (type >= '0' && type <= '9');
    const bool keep = ((key.name == "type" || key.name == "event") && text) ||
                      (key.name == "timestamp" && (text || number));
    if (!keep) return true;
    if (!first) kept->push_back(',');
    first = false;
    kept->append(key.raw).append(":").append(value);
    return true;
  });
  kept->push_back('}');
  return read;
}

}  // namespace

std::string_view KeepEventTypeAndTime(std::string_view events, record::TextArena* arena) {
  Document document;
  Walker walker;
  std::string kept = "[";
  if (document.Load(events)) {
    walker.Start(document, document.text(), arena);
    const bool read = walker.ReadArray([&] {
      if (kept.size() > 1) kept.push_back(',');
      return KeepEvent(&walker, &kept);
    });
    if (!read) kept.resize(1);  // not what the reader let through: keep nothing of it
  }
  kept.push_back(']');
  return kept == events ? events : arena->Copy(kept);
}

}  // namespace callstore::json
