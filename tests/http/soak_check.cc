#include "http/soak_check.h"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace callstore::http {
namespace {

using test::JsonValue;

std::string Shown(const RawResponse& response) {
  return std::to_string(response.status) + " " + response.body.substr(0, 300);
}

// Members that every call has, asked for or not.
bool IsAlwaysThere(std::string_view name) {
  static constexpr std::array<std::string_view, 6> kNames = {"organization_id",
                                                             "metadata",
                                                             "events",
                                                             "transcript_object",
                                                             "transcript_with_tool_calls",
                                                             "opt_out_sensitive_data_storage"};
  return std::ranges::find(kNames, name) != kNames.end();
}

// What is wrong with the number NAME of `object`.
std::string CheckNumber(const JsonValue* object, std::string_view name, std::size_t want) {
  const JsonValue* const found = object == nullptr ? nullptr : object->Find(name);
  const JsonValue wanted = JsonValue::Number(static_cast<std::int64_t>(want));
  if (found != nullptr && *found == wanted) return {};
  return std::string(name) + " is " + (found == nullptr ? "absent" : found->Print()) + ", not " +
         wanted.Print();
}

std::string CheckFlag(const JsonValue* object, std::string_view name, bool want) {
  const JsonValue* const found = object == nullptr ? nullptr : object->Find(name);
  if (found != nullptr && *found == JsonValue::Bool(want)) return {};
  return std::string(name) + " is not " + (want ? "true" : "false");
}

std::string FirstOf(std::initializer_list<std::string> problems) {
  for (const std::string& problem : problems) {
    if (!problem.empty()) return problem;
  }
  return {};
}

// Parses an answer with the status; the keys of the documented envelope are all there.
std::string ParseEnvelope(const RawResponse& response, const SoakOrganization& organization,
                          int status, JsonValue* envelope) {
  if (response.status != status) {
    return "not " + std::to_string(status) + " but " + Shown(response);
  }
  if (response.body.find(organization.other_mark) != std::string::npos) {
    return "a call of another organization is shown: " + Shown(response);
  }
  if (response.Header("Content-Type") != "application/json") return "it is not called JSON";
  if (response.Header("Transfer-Encoding") == "chunked" && !response.ended) return "it has no end";
  try {
    *envelope = JsonValue::Parse(response.body);
  } catch (const std::exception& exception) {
    return std::string("no JSON: ") + exception.what() + ": " + Shown(response);
  }
  for (const char* const name : {"message", "status", "error", "data"}) {
    if (envelope->Find(name) == nullptr) return std::string("the envelope has no ") + name;
  }
  return {};
}

std::string CheckPagination(const JsonValue* pagination, const SoakList& list, std::size_t total) {
  const std::size_t page = list.offset / list.limit;
  return FirstOf({CheckNumber(pagination, "page", page),
                  CheckNumber(pagination, "limit", list.limit),
                  CheckNumber(pagination, "total_count", total),
                  CheckNumber(pagination, "total_pages", (total + list.limit - 1) / list.limit),
                  CheckFlag(pagination, "has_next_page", list.offset + list.limit < total),
                  CheckFlag(pagination, "has_previous_page", list.offset > 0 && total > 0)});
}

}  // namespace

void OwnedCalls::Merge(const std::string& id, const JsonValue& members, bool nulls_stand) {
  JsonValue& call = calls_[id];
  call = test::Merged(std::move(call), members, nulls_stand);
  call.Set("id", JsonValue::Text(id));
}

const JsonValue* OwnedCalls::Find(const std::string& id) const {
  const auto found = calls_.find(id);
  return found == calls_.end() ? nullptr : &found->second;
}

std::vector<std::string> OwnedCalls::Listed(std::string_view agent, bool ascending) const {
  std::vector<std::pair<std::int64_t, std::string>> rows;
  for (const auto& [id, call] : calls_) {
    if (!agent.empty() && call.Find("agent_id")->text() != agent) continue;
    rows.emplace_back(call.Find("start_timestamp")->whole(), id);
  }
  std::ranges::sort(rows);
  if (!ascending) std::ranges::reverse(rows);
  std::vector<std::string> ids;
  ids.reserve(rows.size());
  for (auto& [time, id] : rows) ids.push_back(std::move(id));
  return ids;
}

std::string CheckEnvelope(const RawResponse& response, const SoakOrganization& organization,
                          int status, JsonValue* data) {
  JsonValue envelope;
  if (std::string problem = ParseEnvelope(response, organization, status, &envelope);
      !problem.empty()) {
    return problem;
  }
  if (envelope.Find("status")->text() != "success") return "the status is not success";
  if (!envelope.Find("error")->is_null()) return "a success has an error";
  *data = std::move(*envelope.Find("data"));
  const JsonValue* const name = data->Find("organization_id");
  if (name == nullptr || name->text() != organization.name) return "it is not of the organization";
  return {};
}

std::string CheckRefusal(const RawResponse& response, const SoakOrganization& organization,
                         int status, std::string_view code) {
  JsonValue envelope;
  if (std::string problem = ParseEnvelope(response, organization, status, &envelope);
      !problem.empty()) {
    return problem;
  }
  if (envelope.Find("status")->text() != "error") return "the status is not error";
  if (!envelope.Find("data")->is_null()) return "an error has data";
  const JsonValue* const info = envelope.Find("error_info");
  const JsonValue* const found = info == nullptr ? nullptr : info->Find("code");
  if (found == nullptr || found->text() != code) {
    return "the code is not " + std::string(code) + ": " + Shown(response);
  }
  return {};
}

std::string CheckCall(const JsonValue& call, const SoakOrganization& organization,
                      const JsonValue& known, bool summary) {
  const JsonValue* const name = call.Find("organization_id");
  if (name == nullptr || name->text() != organization.name) return "a call is another's";
  for (const auto& [member, value] : known.members()) {
    const JsonValue* const found = call.Find(member);
    if (summary && member == "transcript") {
      if (found != nullptr) return "a summary has a transcript";
    } else if (found == nullptr || !(*found == value)) {
      return member + " is " + (found == nullptr ? "absent" : found->Print()) + ", not " +
             value.Print();
    }
  }
  for (const auto& [member, value] : call.members()) {
    if (known.Find(member) == nullptr && !IsAlwaysThere(member)) return "there is a " + member;
  }
  return {};
}

std::string CheckList(const JsonValue& data, const SoakOrganization& organization,
                      const OwnedCalls& calls, const SoakList& list) {
  const std::vector<std::string> ids = calls.Listed(list.agent, list.ascending);
  const std::size_t first = std::min(list.offset, ids.size());
  const std::size_t count = std::min(list.limit, ids.size() - first);
  if (std::string problem = FirstOf({CheckPagination(data.Find("pagination"), list, ids.size()),
                                     CheckNumber(&data, "returned_count", count)});
      !problem.empty()) {
    return problem;
  }
  const JsonValue* const rows = data.Find("calls");
  if (rows == nullptr || rows->elements().size() != count) return "the calls are not as many";
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& id = ids[first + i];
    const JsonValue& row = rows->elements()[i];
    const std::string problem = CheckCall(row, organization, *calls.Find(id), list.summary);
    if (!problem.empty()) return "row " + std::to_string(i) + ", call " + id + ": " + problem;
  }
  return {};
}

std::string CheckFigures(const JsonValue& data, const OwnedCalls& calls) {
  std::size_t all = 0;
  const JsonValue* const groups = data.Find("groups");
  if (groups == nullptr) return "there are no groups";
  for (const JsonValue& group : groups->elements()) {
    const std::string agent = group.Find("keys")->Find("agent_id")->text();
    const std::size_t count = calls.Listed(agent, true).size();
    all += count;
    if (std::string problem = CheckNumber(group.Find("values"), "count", count); !problem.empty()) {
      return "agent " + agent + ": " + problem;
    }
  }
  if (all != calls.size()) return "the groups hold " + std::to_string(all) + " calls";
  return CheckNumber(&data, "total_count", all);
}

std::string CheckImport(const JsonValue& data, std::int64_t added, std::int64_t changed) {
  return FirstOf({CheckNumber(&data, "new", static_cast<std::size_t>(added)),
                  CheckNumber(&data, "changed", static_cast<std::size_t>(changed)),
                  CheckNumber(&data, "unchanged", 0), CheckNumber(&data, "failed", 0)});
}

}  // namespace callstore::http
