// json_schema.h - checks a JSON value against the part of JSON Schema that openapi.json uses.
// Stricter in one point: an object whose members are listed may have no others, even where the
// schema lets clients expect more (additionalProperties: true). So a member that nobody described
// is found. Free objects list none.
//
// A keyword that is not known here is a finding, too: nothing is passed over.
#ifndef CALLSTORE_TESTS_HTTP_JSON_SCHEMA_H_
#define CALLSTORE_TESTS_HTTP_JSON_SCHEMA_H_

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "json_value.h"

namespace callstore::test {

class JsonSchema {
 public:
  // `document`: where "#/..." references point into. Lives as long as this.
  explicit JsonSchema(const JsonValue& document) : document_(document) {}

  // What is wrong with `value`; empty: nothing.
  std::vector<std::string> Check(const JsonValue& schema, const JsonValue& value) {
    findings_.clear();
    CheckValue(schema, value, "$");
    return findings_;
  }

  // The value that "#/a/b" names; null where there is none.
  const JsonValue* Resolve(std::string_view reference) const {
    if (!reference.starts_with("#/")) return nullptr;
    reference.remove_prefix(2);
    const JsonValue* value = &document_;
    while (value != nullptr && !reference.empty()) {
      const std::size_t slash = std::min(reference.find('/'), reference.size());
      value = value->Find(reference.substr(0, slash));
      reference.remove_prefix(std::min(slash + 1, reference.size()));
    }
    return value;
  }

 private:
  using Kind = JsonValue::Kind;

  void Report(const std::string& path, const std::string& what) {
    findings_.push_back(path + ": " + what);
  }

  static bool HasType(const JsonValue& value, std::string_view type) {
    switch (value.kind()) {
      case Kind::kNull:
        return type == "null";
      case Kind::kBool:
        return type == "boolean";
      case Kind::kNumber:
        return type == "number" ||
               (type == "integer" && value.text().find_first_of(".eE") == std::string::npos);
      case Kind::kText:
        return type == "string";
      case Kind::kArray:
        return type == "array";
      case Kind::kObject:
        return type == "object";
    }
    return false;
  }

  void CheckType(const JsonValue& type, const JsonValue& value, const std::string& path) {
    const bool fits = type.kind() == Kind::kText
                          ? HasType(value, type.text())
                          : std::ranges::any_of(type.elements(), [&](const JsonValue& one) {
                              return HasType(value, one.text());
                            });
    if (!fits) Report(path, value.Print().substr(0, 60) + " is not " + type.Print());
  }

  void CheckMembers(const JsonValue& schema, const JsonValue& value, const std::string& path) {
    const JsonValue* const properties = schema.Find("properties");
    const JsonValue* const more = schema.Find("additionalProperties");
    for (const auto& [name, member] : value.members()) {
      const std::string below = path + "." + name;
      if (const JsonValue* const known = properties ? properties->Find(name) : nullptr) {
        CheckValue(*known, member, below);
      } else if (more != nullptr && more->is_object()) {
        CheckValue(*more, member, below);
      } else if (properties != nullptr || (more != nullptr && !more->is_true())) {
        Report(below, "is not described");
      }
    }
  }

  void CheckAnyOf(const JsonValue& choices, const JsonValue& value, const std::string& path) {
    for (const JsonValue& choice : choices.elements()) {
      if (JsonSchema(document_).Check(choice, value).empty()) return;
    }
    Report(path, "is none of anyOf");
  }

  void CheckKeyword(std::string_view keyword, const JsonValue& rule, const JsonValue& schema,
                    const JsonValue& value, const std::string& path) {
    static constexpr std::array<std::string_view, 6> kElsewhere = {
        "description", "default", "properties", "additionalProperties", "maxItems", "maxLength"};
    const bool is_number = value.kind() == Kind::kNumber;
    if (keyword == "$ref") {
      const JsonValue* const target = Resolve(rule.text());
      if (target == nullptr) return Report(path, "no such reference: " + rule.text());
      CheckValue(*target, value, path);
    } else if (keyword == "type") {
      CheckType(rule, value, path);
    } else if (keyword == "enum") {
      const auto& words = rule.elements();
      if (std::ranges::find(words, value) == words.end()) {
        Report(path, value.Print() + " is not in the enum");
      }
    } else if (keyword == "required") {
      for (const JsonValue& name : rule.elements()) {
        if (value.is_object() && value.Find(name.text()) == nullptr) {
          Report(path, "lacks " + name.text());
        }
      }
    } else if (keyword == "items") {
      for (std::size_t i = 0; i < value.elements().size(); ++i) {
        CheckValue(rule, value.elements()[i], path + "[" + std::to_string(i) + "]");
      }
    } else if (keyword == "anyOf") {
      CheckAnyOf(rule, value, path);
    } else if (keyword == "minimum" || keyword == "maximum") {
      const bool least = keyword == "minimum";
      if (is_number && (least ? value.whole() < rule.whole() : value.whole() > rule.whole())) {
        Report(path, value.text() + " is out of range");
      }
    } else if (keyword == "minLength") {
      if (value.kind() == Kind::kText && value.text().empty()) Report(path, "is empty");
    } else if (std::ranges::find(kElsewhere, keyword) == kElsewhere.end()) {
      Report(path, "unknown keyword " + std::string(keyword));
    }
    if (keyword == "type" && value.is_object()) CheckMembers(schema, value, path);
  }

  void CheckValue(const JsonValue& schema, const JsonValue& value, const std::string& path) {
    for (const auto& [keyword, rule] : schema.members()) {
      CheckKeyword(keyword, rule, schema, value, path);
    }
  }

  const JsonValue& document_;
  std::vector<std::string> findings_;
};

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_HTTP_JSON_SCHEMA_H_
