#include "model/query_world.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/hash.h"
#include "base/uuid.h"
#include "model/query_maker.h"
#include "model/reference_filter.h"

namespace callstore::test {
namespace {

constexpr std::int64_t kNowMs = 1703097600000;
constexpr std::size_t kBatch = 250;

std::vector<Profile> MakeProfiles(const QueryWorld::Options& options) {
  std::vector<Profile> profiles = {
      {.organization = "small", .ids = 160, .agents = 5},
      {.organization = "wide", .ids = 300, .agents = 40, .metadata_keys = 90, .odd_times = true}};
  if (options.large) {
    profiles.push_back({.organization = "large",
                        .ids = 9000,
                        .agents = options.seed % 3 == 0 ? std::size_t{6} : std::size_t{3000},
                        .long_parts = false});
  }
  return profiles;
}

std::string TextOf(const JsonValue& call) {
  // Always the same spelling for the same call, so that an equal put is equal.
  const JsonValue* const id = call.Find("id");
  const bool escaped = id != nullptr && (id->text().back() - '0') % 2 == 0;
  return escaped ? EscapedJson(call) : call.Print();
}

}  // namespace

QueryWorld::QueryWorld(const Options& options)
    : options_(options),
      random_(options.seed),
      rich_(&random_),
      profiles_(MakeProfiles(options)),
      clock_(std::make_shared<std::int64_t>(kNowMs)),
      reference_({.rank = Hash64, .derived_id = DerivedId, .fault = options.fault}) {
  reference_.now_ms = *clock_;
}

std::string QueryWorld::Reopen() {
  if (store_) {
    if (const auto closed = store_->Close(); !closed) return "close: " + closed.error().ToString();
  }
  auto opened = Store::Open({.path = folder_.store(),
                             .cache_bytes = std::size_t{8} << 20,
                             .write_buffer_bytes = std::size_t{1} << 20,
                             .now_ms = [clock = clock_] { return *clock; }});
  if (!opened) return "open: " + opened.error().ToString();
  store_.emplace(*std::move(opened));
  return {};
}

Result<Store> QueryWorld::OpenReadOnly() const {
  return Store::Open({.path = folder_.store(), .mode = OpenMode::kReadOnly});
}

std::string QueryWorld::Put(const Profile& profile, std::vector<JsonValue> calls,
                            OnExisting on_existing) {
  reference_.now_ms = ++*clock_;
  std::vector<std::string> texts;
  for (const JsonValue& call : calls) texts.push_back(TextOf(call));
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const auto stored =
      store_->PutJsonBatch(profile.organization, views, {.on_existing = on_existing});
  if (!stored) return "PutJsonBatch: " + stored.error().ToString();
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const auto expected = reference_.Put({profile.organization, std::move(calls[i])}, on_existing);
    if (!(*stored)[i]) return "put of " + texts[i] + ": " + (*stored)[i].error().ToString();
    if (!expected) return "the model refuses " + texts[i];
  }
  return {};
}

std::string QueryWorld::Fill() {
  std::string difference = Reopen();
  for (const Profile& profile : profiles_) {
    const bool is_large = profile.ids > 1000;
    std::vector<JsonValue> calls;
    for (std::size_t number = 0; number < profile.ids && difference.empty(); ++number) {
      JsonValue call = rich_.MakeCall(profile, number);
      // The first half of many calls comes in order, the others anywhere between and behind.
      if (is_large && number < profile.ids / 2 && call.Find("start_timestamp") != nullptr) {
        const auto start = kNowMs + static_cast<std::int64_t>(number / 3) * 20000;
        call.Set("start_timestamp", JsonValue::Number(start));
      }
      if (random_.Chance(80)) calls.push_back(std::move(call));
      if (calls.size() < kBatch && number + 1 < profile.ids) continue;
      difference = Put(profile, std::exchange(calls, {}), OnExisting::kReplace);
    }
  }
  return difference;
}

std::string QueryWorld::PutSome(const Profile& profile) {
  std::vector<JsonValue> calls;
  for (std::size_t i = random_.Below(profile.ids / 10); i > 0; --i) {
    calls.push_back(rich_.MakeCall(profile, random_.Below(profile.ids)));
  }
  return Put(profile, std::move(calls),
             random_.Chance(50) ? OnExisting::kReplace : OnExisting::kMerge);
}

std::string QueryWorld::UpdateSome(const Profile& profile) {
  reference_.now_ms = ++*clock_;
  for (std::size_t i = random_.Below(20); i > 0; --i) {
    const std::string id = RichCalls::Id(random_.Below(profile.ids));
    const JsonValue patch = rich_.MakePatch(profile);
    const auto stored = store_->Update(profile.organization, id, patch.Print());
    const auto expected = reference_.Update(profile.organization, id, patch);
    if (stored.has_value() != expected.has_value()) {
      return "update of " + id + " by " + patch.Print() + ": " +
             (stored ? "taken" : stored.error().ToString());
    }
  }
  return {};
}

std::string QueryWorld::DeleteSome(const Profile& profile) {
  for (std::size_t i = random_.Below(profile.ids / 20); i > 0; --i) {
    const std::string id = RichCalls::Id(random_.Below(profile.ids));
    const auto stored = store_->Delete(profile.organization, id);
    const auto expected = reference_.Delete(profile.organization, id);
    if (stored.has_value() != expected.has_value()) {
      return "delete of " + id + ": " + (stored ? "done" : stored.error().ToString());
    }
  }
  return {};
}

std::string QueryWorld::DeleteMatching(const Profile& profile) {
  const std::vector<ReferenceRow> all = reference_.Matching(profile.organization, {});
  const JsonValue criteria = QueryMaker(&random_, &profile, &all).Criteria();
  std::vector<std::string> ids;
  for (const ReferenceRow& row : reference_.Matching(profile.organization, criteria)) {
    ids.push_back(*row.id);
  }
  if (ids.size() > all.size() / 4) return {};  // there should be something left to query
  const auto deleted = store_->DeleteMatching(profile.organization, FilterOf(criteria));
  const std::string where = "DeleteMatching of " + criteria.Print() + ": ";
  if (!deleted) return where + deleted.error().ToString();
  if (*deleted != static_cast<std::int64_t>(ids.size())) {
    return where + std::to_string(*deleted) + " instead of " + std::to_string(ids.size());
  }
  for (const std::string& id : ids) {
    if (!reference_.Delete(profile.organization, id)) return where + "the model lacks " + id;
  }
  return {};
}

std::string QueryWorld::Change(const Profile& profile) {
  std::string difference = PutSome(profile);
  if (difference.empty()) difference = UpdateSome(profile);
  if (difference.empty()) difference = DeleteSome(profile);
  if (difference.empty() && random_.Chance(30)) difference = DeleteMatching(profile);
  if (difference.empty() && random_.Chance(20)) difference = Reopen();
  return difference;
}

}  // namespace callstore::test
