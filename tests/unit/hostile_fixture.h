// hostile_fixture.h - a store with three organizations, and the means to see that a refused call
// changed nothing in it.
#ifndef CALLSTORE_TESTS_UNIT_HOSTILE_FIXTURE_H_
#define CALLSTORE_TESTS_UNIT_HOSTILE_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include "callstore/callstore.h"
#include "json_value.h"
#include "scratch_folder.h"

namespace callstore::test {

inline constexpr const char* kTarget = "org-789";

// What somebody who gets the error needs: where, what was there, what would have been right.
inline void ExpectTelling(const Error& error, const std::string& context) {
  const auto has = [&](std::initializer_list<const char*> names) {
    for (const auto& [name, value] : error.details) {
      for (const char* const wanted : names) {
        if (name == wanted) return true;
      }
    }
    return false;
  };
  EXPECT_FALSE(error.message.empty()) << context;
  EXPECT_TRUE(has({"field", "path", "offset"})) << context << ": " << error.ToString();
  EXPECT_TRUE(has({"value", "size_bytes", "size", "limit", "argument", "operator"}))
      << context << ": " << error.ToString();
  EXPECT_TRUE(has({"valid", "limit"})) << context << ": " << error.ToString();
  EXPECT_LT(error.ToString().size(), 10'000U) << context;
  EXPECT_NO_THROW(JsonValue::Parse(ToJson(error))) << context;
}

class HostileTest : public testing::Test {
 protected:
  void SetUp() override {
    Open();
    for (const char* const organization : {kTarget, "org-7", "org-7890"}) {
      for (const char* const id : {"a", "b"}) {
        ASSERT_TRUE(store().PutJson(organization, R"({"id":")" + std::string(id) +
                                                      R"(","call_id":"c-)" + id +
                                                      R"(","agent_id":"x","tart_timestamp":5,)"
                                                      R"("transcript":"hello"})"));
      }
    }
  }

  void Open() {
    store_.reset();
    auto opened = Store::Open({.path = folder_.store(),
                               .write_buffer_bytes = std::size_t{4} << 20,
                               .now_ms = [] { return std::int64_t{1000}; }});
    ASSERT_TRUE(opened) << opened.error().ToString();
    store_.emplace(*std::move(opened));
  }
  Store& store() { return *store_; }

  // All calls of all organizations, and how many there are by each way to count them.
  std::string Everything() {
    std::string all;
    const auto organizations = store().Organizations();
    if (!organizations) return organizations.error().ToString();
    for (const OrganizationInfo& info : *organizations) {
      all += info.name + ' ' + std::to_string(info.call_count) + ' ' +
             std::to_string(store().Count(info.name).value_or(-1)) + ' ' +
             std::to_string(store().Count(info.name, Field("agent_id") == "x").value_or(-1));
      const auto page = store().List(info.name, {.limit = 1000});
      all += page ? ToJson(*page, {.stamps = true}) : page.error().ToString();
      all += '\n';
    }
    return all;
  }

  // The action is refused with this code and changes nothing.
  template <typename Action>
  void ExpectRefused(const std::string& context, ErrorCode code, const Action& action) {
    const std::string before = Everything();
    const auto result = action();
    ASSERT_FALSE(result.has_value()) << context;
    EXPECT_EQ(ErrorCodeName(result.error().code), ErrorCodeName(code))
        << context << ": " << result.error().ToString();
    ExpectTelling(result.error(), context);
    ASSERT_EQ(Everything(), before) << context;
  }
  template <typename Action>
  void ExpectRefused(const std::string& context, const Action& action) {
    ExpectRefused(context, ErrorCode::kInvalidArgument, action);
  }

  ScratchFolder folder_;
  std::optional<Store> store_;
};

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_UNIT_HOSTILE_FIXTURE_H_
