#include "bench/settings.h"

#include <charconv>
#include <cstdio>
#include <string_view>

namespace callstore::bench {
namespace {

// A positive decimal number, and nothing else.
template <typename Number>
bool ParseNumber(std::string_view text, Number* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size() && *number > 0;
}

bool ParseSetting(std::string_view name, std::string_view value, Settings* settings) {
  if (name == "--calls") return ParseNumber(value, &settings->calls);
  if (name == "--full_calls") return ParseNumber(value, &settings->full_calls);
  if (name == "--puts") return ParseNumber(value, &settings->puts);
  if (name == "--columns_calls") return ParseNumber(value, &settings->columns_calls);
  if (name == "--cache_mb") return ParseNumber(value, &settings->cache_mb);
  if (name == "--seed") return ParseNumber(value, &settings->seed);
  if (value.empty()) return false;
  if (name == "--print_calls" && value != "small" && value != "full") return false;
  std::string* text = nullptr;
  if (name == "--folder") text = &settings->folder;
  if (name == "--columns_folder") text = &settings->columns_folder;
  if (name == "--http_store") text = &settings->http_store;
  if (name == "--print_calls") text = &settings->print_calls;
  if (text == nullptr) return false;
  *text = value;
  return true;
}

}  // namespace

Settings& GetSettings() {
  static Settings settings;
  return settings;
}

bool ParseSettings(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const std::size_t equals = argument.find('=');
    if (equals == std::string_view::npos ||
        !ParseSetting(argument.substr(0, equals), argument.substr(equals + 1), &GetSettings())) {
      std::fprintf(stderr,
                   "callstore_bench: cannot take \"%s\"; beside the --benchmark_ flags:\n%s",
                   argv[i], kSettingsHelp);
      return false;
    }
  }
  return true;
}

}  // namespace callstore::bench
