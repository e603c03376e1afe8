// soak_check.h - what a client of the endpoint knows about its calls, and what is wrong with an
// answer about them.
//
// Thread safety: OwnedCalls as a container; the rest are free functions.
#ifndef CALLSTORE_TESTS_HTTP_SOAK_CHECK_H_
#define CALLSTORE_TESTS_HTTP_SOAK_CHECK_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "http/raw_client.h"
#include "json_value.h"

namespace callstore::http {

// An organization as its clients know it. No call of another one has its mark.
struct SoakOrganization {
  std::string name;
  std::string key;
  std::string secret;
  std::string mark;
  std::string other_mark;
};

// Calls that one thread alone changes, by id. No two begin at the same time.
class OwnedCalls {
 public:
  // Puts members over what is there, as a put does (`nulls_stand`) or a merge patch.
  void Merge(const std::string& id, const test::JsonValue& members, bool nulls_stand);
  bool Erase(const std::string& id) { return calls_.erase(id) > 0; }
  const test::JsonValue* Find(const std::string& id) const;
  std::size_t size() const { return calls_.size(); }
  // The ids in the order of a list; those of one agent, where it is named.
  std::vector<std::string> Listed(std::string_view agent, bool ascending) const;

 private:
  std::map<std::string, test::JsonValue> calls_;
};

// What a list was asked for.
struct SoakList {
  std::string owner;       // all calls of these clients have it in metadata.owner
  std::string agent = {};  // empty: any
  bool ascending = false;
  bool summary = false;
  std::size_t limit = 20;
  std::size_t offset = 0;  // of its first row among all; a multiple of `limit`
};

// Each says in a sentence what is wrong with the answer; empty: nothing is. `data` gets its member
// data, where it is sound so far.
std::string CheckEnvelope(const RawResponse& response, const SoakOrganization& organization,
                          int status, test::JsonValue* data);
std::string CheckRefusal(const RawResponse& response, const SoakOrganization& organization,
                         int status, std::string_view code);
std::string CheckCall(const test::JsonValue& call, const SoakOrganization& organization,
                      const test::JsonValue& known, bool summary);
std::string CheckList(const test::JsonValue& data, const SoakOrganization& organization,
                      const OwnedCalls& calls, const SoakList& list);
// Of figures in groups by agent_id, with the metric count.
std::string CheckFigures(const test::JsonValue& data, const OwnedCalls& calls);
// Of an import: how many were new and changed, and that no more was.
std::string CheckImport(const test::JsonValue& data, std::int64_t added, std::int64_t changed);

}  // namespace callstore::http

#endif  // CALLSTORE_TESTS_HTTP_SOAK_CHECK_H_
