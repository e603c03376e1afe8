#include "json/names.h"

#include "base/nearest.h"

namespace callstore::json {
std::string Joined(Names names) {
  std::string joined;
  for (const std::string_view name : names) {
    if (!joined.empty()) joined += ", ";
    joined += name;
  }
  return joined;
}

tl::unexpected<Error> Invalid(std::string_view message, std::string_view field,
                              std::string_view value, std::string_view valid) {
  return Fail(
      ErrorCode::kInvalidArgument, message,
      {{"field", Excerpt(field)}, {"value", Excerpt(value)}, {"valid", std::string(valid)}});
}

void AddValidNames(std::string_view name, Names names, Details* details) {
  details->emplace_back("valid", Joined(names));
  const std::string_view nearest = Nearest(name, names);
  if (!nearest.empty()) details->emplace_back("nearest", nearest);
}

}  // namespace callstore::json
