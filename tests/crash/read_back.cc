// Reading a whole store by every way there is, and comparing what each of them says.
#include <algorithm>
#include <set>

#include "crash/script.h"

namespace callstore::test {
namespace {

std::string FaultsOf(const VerifyReport& report) {
  std::string text;
  for (const Fault& fault : report.faults) {
    if (text.size() > 400) break;
    text += std::string(FaultKindName(fault.kind)) + " (" + fault.organization + ' ' + fault.key +
            "): " + fault.what + "; ";
  }
  if (!report.ok()) text += std::to_string(report.fault_count) + " faults. ";
  return text;
}

// What one organization says of itself.
class OrganizationReader {
 public:
  OrganizationReader(const Store& store, const std::string& name, Reading* reading)
      : store_(store), name_(name), reading_(reading) {}

  void Read(std::int64_t counted) {
    if (!ReadList() || !CheckBackwards() || !CheckGets() || !CheckCounts()) return;
    if (static_cast<std::int64_t>(ids_.size()) != counted) {
      Disagree("Organizations() has another count than the list");
    }
  }

 private:
  bool Disagree(const std::string& what) {
    if (reading_->disagreement.empty()) reading_->disagreement = name_ + ": " + what;
    return false;
  }
  bool Failed(const Error& error) {
    if (!reading_->error) reading_->error = error;
    return false;
  }

  // Newest first by cursors, every byte.
  bool ReadList() {
    ListQuery query{.limit = 130};
    std::int64_t last_ms = INT64_MAX;
    do {
      const auto page = store_.List(name_, query);
      if (!page) return Failed(page.error());
      total_ = page->pagination.total_count.value_or(-1);
      for (const CallView& call : page->calls) {
        ids_.emplace_back(call.id());
        statuses_.insert(std::string(call.call_status().value_or("")));
        numbers_.insert(std::string(call.from_number().value_or("")));
        if (call.list_time() > last_ms) return Disagree("the list is not in order");
        last_ms = call.list_time();
        if (!reading_->content[name_].emplace(call.id(), ToJson(call)).second) {
          return Disagree("the list has a call twice");
        }
      }
      query.cursor = page->next_cursor;
    } while (!query.cursor.empty());
    if (total_ != static_cast<std::int64_t>(ids_.size())) {
      return Disagree("the total is not the number of the list's calls");
    }
    if (ids_.empty()) reading_->content.erase(name_);
    return true;
  }

  // Oldest first by page numbers.
  bool CheckBackwards() {
    ListQuery query{.limit = 1000, .sort_order = SortOrder::kAscending, .view = View::kSummary};
    std::vector<std::string> ids;
    for (bool more = true; more; ++query.page) {
      const auto page = store_.List(name_, query);
      if (!page) return Failed(page.error());
      for (const CallView& call : page->calls) ids.emplace_back(call.id());
      more = page->pagination.has_next_page;
    }
    std::ranges::reverse(ids);
    return ids == ids_ || Disagree("the list backwards has other calls");
  }

  bool CheckGets() {
    for (const std::string& id : ids_) {
      for (const bool by_call_id : {false, true}) {
        const auto got =
            by_call_id ? store_.GetByCallId(name_, "call-" + id) : store_.Get(name_, id);
        if (!got && got.error().code == ErrorCode::kNotFound) {
          return Disagree(id + " is listed and not found by its " +
                          (by_call_id ? "call_id" : "id"));
        }
        if (!got) return Failed(got.error());
        if (ToJson(got->view()) != reading_->content[name_][id]) {
          return Disagree("Get has other bytes than the list of " + id);
        }
      }
    }
    return true;
  }

  // By columns, and by the index.
  bool CheckCounts() {
    for (const std::string& status : CallStatuses()) {
      const auto count = store_.Count(name_, Field("call_status") == status);
      if (!count) return Failed(count.error());
      if (*count != static_cast<std::int64_t>(statuses_.count(status))) {
        return Disagree("the columns count other calls of status " + status);
      }
    }
    for (int number = 0; number < kCallNumbers; ++number) {
      const std::string text = CallNumber(number);
      const auto page = store_.List(name_, {.limit = 1, .filter = Field("from_number") == text});
      if (!page) return Failed(page.error());
      if (page->pagination.total_count != static_cast<std::int64_t>(numbers_.count(text))) {
        return Disagree("the index finds other calls of number " + text);
      }
    }
    return true;
  }

  const Store& store_;
  const std::string& name_;
  Reading* reading_;
  std::int64_t total_ = 0;
  std::vector<std::string> ids_;
  std::multiset<std::string> statuses_;
  std::multiset<std::string> numbers_;
};

}  // namespace

Reading ReadBack(const Store& store) {
  Reading reading;
  const auto organizations = store.Organizations();
  if (!organizations) {
    reading.error = organizations.error();
    return reading;
  }
  for (const OrganizationInfo& organization : *organizations) {
    OrganizationReader(store, organization.name, &reading).Read(organization.call_count);
  }
  if (const auto report = store.Verify()) {
    reading.faults = FaultsOf(*report);
  } else if (!reading.error) {
    reading.error = report.error();
  }
  return reading;
}

namespace {

// Where two texts part.
std::string Parting(const std::string& found, const std::string& expected) {
  const auto [a, b] = std::ranges::mismatch(found, expected);
  const auto at = static_cast<std::size_t>(a - found.begin());
  const std::size_t from = at < 30 ? 0 : at - 30;
  return " (..." + found.substr(from, 80) + "... for ..." + expected.substr(from, 80) + "...)";
}

void Note(const std::string& organization, const std::string& id, std::string* into) {
  if (into->size() < 200) *into += ' ' + organization + '/' + id;
}

}  // namespace

std::string DifferenceOf(const StoreContent& found, const StoreContent& expected) {
  std::string missing;
  std::string extra;
  std::string other;
  for (const auto& [organization, calls] : expected) {
    const auto there = found.find(organization);
    for (const auto& [id, json] : calls) {
      if (there == found.end() || !there->second.contains(id)) {
        Note(organization, id, &missing);
      } else if (const std::string& text = there->second.at(id); text != json) {
        const bool first = other.empty();
        Note(organization, id, &other);
        if (first) other += Parting(text, json);
      }
    }
  }
  for (const auto& [organization, calls] : found) {
    const auto there = expected.find(organization);
    for (const auto& [id, json] : calls) {
      if (there == expected.end() || !there->second.contains(id)) Note(organization, id, &extra);
    }
  }
  return (missing.empty() ? "" : "missing:" + missing + ". ") +
         (extra.empty() ? "" : "not expected:" + extra + ". ") +
         (other.empty() ? "" : "other:" + other + ". ");
}

}  // namespace callstore::test
