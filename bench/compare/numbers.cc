#include "bench/compare/numbers.h"

#include <cmath>
#include <cstdio>

namespace callstore::bench {
namespace {

std::string Printed(const char* format, double number) {
  char text[64];
  std::snprintf(text, sizeof text, format, number);
  return text;
}

}  // namespace

std::string NumberText(double number) {
  if (number < 0.995) return Printed("%.2f", number);
  if (number < 9.95) return Printed("%.1f", number);
  std::string text = Printed("%.0f", number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

std::string TimeText(double ns) {
  if (ns < 999.5) return NumberText(ns) + " ns";
  if (ns < 999.5e3) return NumberText(ns / 1e3) + " us";
  if (ns < 999.5e6) return NumberText(ns / 1e6) + " ms";
  return NumberText(ns / 1e9) + " s";
}

std::string BytesText(double bytes) {
  if (bytes < 999.5) return NumberText(bytes) + " B";
  if (bytes < 999.5e3) return NumberText(bytes / 1e3) + " kB";
  if (bytes < 999.5e6) return NumberText(bytes / 1e6) + " MB";
  return NumberText(bytes / 1e9) + " GB";
}

std::string ValueText(double value, Unit unit) {
  switch (unit) {
    case Unit::kTime:
      return TimeText(value);
    case Unit::kBytes:
      return BytesText(value);
    case Unit::kFactor:
      return NumberText(value);
    case Unit::kRate:
      return NumberText(value) + "/s";
  }
  return {};
}

std::string RatioText(double ratio) { return NumberText(ratio) + 'x'; }

}  // namespace callstore::bench
