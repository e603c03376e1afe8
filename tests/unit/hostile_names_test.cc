// Goal:   names that are none are refused by every call of the API, and names that look alike are
//         never taken for one another.
// Method: tables of names; everything that the store lists, before and after.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "callstore/callstore.h"
#include "hostile_fixture.h"
#include "json_value.h"

namespace callstore {
namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace)
using test::kTarget;

using HostileNamesTest = test::HostileTest;

TEST_F(HostileNamesTest, BadOrganizationIsRefusedEverywhere) {
  for (const std::string& name :
       {""s, std::string(513, 'x'), "\xFF"s, "a\xC3"s, "\xED\xA0\x80"s, "\xC0\x80"s,
        "\xF4\x90\x80\x80"s, std::string(600, '\xFF'), std::string(511, 'x') + "\xC3\xA9"}) {
    const std::string shown = "organization of " + std::to_string(name.size()) + " bytes";
    ExpectRefused(shown, [&] { return store().List(name); });
    ExpectRefused(shown, [&] { return store().Count(name); });
    ExpectRefused(shown, [&] { return store().Aggregate(name, {}); });
    ExpectRefused(shown, [&] { return store().Get(name, "a"); });
    ExpectRefused(shown, [&] { return store().GetByCallId(name, "c-a"); });
    ExpectRefused(shown, [&] { return store().Update(name, "a", "{}"); });
    ExpectRefused(shown, [&] { return store().Delete(name, "a"); });
    ExpectRefused(shown, [&] { return store().DeleteMatching(name, {}); });
    ExpectRefused(shown, [&] { return store().Put({.organization_id = name, .id = "n"}); });
    ExpectRefused(shown, [&] { return store().PutJson(name, R"({"id":"n"})"); });
  }
}

TEST_F(HostileNamesTest, BadIdIsRefusedEverywhere) {
  for (const std::string& id : {std::string(513, 'x'), "\xFF"s, "a\xC3"s, "\xED\xB0\x80"s}) {
    const std::string shown = "id of " + std::to_string(id.size()) + " bytes";
    ExpectRefused(shown, [&] { return store().Get(kTarget, id); });
    ExpectRefused(shown, [&] { return store().GetByCallId(kTarget, id); });
    ExpectRefused(shown, [&] { return store().Update(kTarget, id, "{}"); });
    ExpectRefused(shown, [&] { return store().Delete(kTarget, id); });
    ExpectRefused(shown, [&] { return store().Put({.organization_id = kTarget, .id = id}); });
    ExpectRefused(
        shown, [&] { return store().Put({.organization_id = kTarget, .id = "n", .call_id = id}); });
    for (const char* const member : {"id", "call_id"}) {
      ExpectRefused(shown, [&] {
        return store().PutJson(kTarget, R"({"id":"n",")"s + (member + 0) + R"(x":0,")" + member +
                                            R"(":")" + id + "\"}");
      });
    }
  }
  ExpectRefused("an empty id", [&] { return store().Get(kTarget, ""); });
  ExpectRefused("no id at all", [&] { return store().PutJson(kTarget, "{}"); });
  ExpectRefused("no id at all", [&] { return store().Put({.organization_id = kTarget}); });
}

// Names that a careless encoding of keys would take for one another.
TEST_F(HostileNamesTest, AlikeOrganizationsStayApart) {
  std::vector<std::string> names = {"a",
                                    "ab",
                                    "a\0"s,
                                    "a\0\0"s,
                                    "a\0b"s,
                                    "\0"s,
                                    "\x01"s,
                                    "\x7F"s,
                                    "\xF4\x8F\xBF\xBF"s,
                                    "\xEF\xBF\xBF"s,
                                    "A",
                                    " a",
                                    "../a",
                                    std::string(511, 'x'),
                                    std::string(512, 'x'),
                                    std::string(510, 'x') + "\xC3\xA9"};
  const auto show = [&](const std::string& name) { return ToJson(*store().List(name)); };
  for (const std::string& name : names) {
    for (const std::string& id : {"a"s, "a\0"s, std::string(512, 'i')}) {
      Call call{.organization_id = name, .id = id, .call_id = "c" + id.substr(1)};
      call.agent_id = name.substr(0, 20) == "\xF4" ? "" : "agent";
      call.from_number = "+1";
      ASSERT_TRUE(store().Put(call)) << name;
    }
  }
  for (int round = 0; round < 2; ++round) {
    for (const std::string& name : names) {
      ASSERT_EQ(store().Count(name).value(), 3) << name;
      ASSERT_EQ(store().Count(name, Field("from_number") == "+1").value(), 3) << name;
      const auto page = store().List(name);
      ASSERT_EQ(page->organization_id, name);
      for (const CallView& call : page->calls) ASSERT_EQ(call.organization_id(), name);
    }
    Open();
  }
  // One of them goes; the others are what they were, byte for byte.
  while (!names.empty()) {
    const std::string gone = names.back();
    names.pop_back();
    std::vector<std::string> before;
    for (const std::string& name : names) before.push_back(show(name));
    ASSERT_EQ(store().DeleteMatching(gone, {}).value(), 3);
    ASSERT_EQ(store().Count(gone).value(), 0);
    for (std::size_t i = 0; i < names.size(); ++i) ASSERT_EQ(show(names[i]), before[i]);
  }
}

}  // namespace
}  // namespace callstore
