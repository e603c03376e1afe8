#include "crash/script.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "model/random.h"
#include "store/open.h"

namespace callstore::test {
namespace {

constexpr std::int64_t kFirstMs = 1703097600000;

using Model = std::map<std::string, std::map<std::string, CallDoc>>;

// Words that do not compress: a store of few calls then has many blocks.
std::string Words(const CallDoc& doc) {
  std::string text = "agent: call " + doc.id + " revision " + std::to_string(doc.revision);
  Random random(static_cast<std::uint64_t>(doc.revision) * 1000003U + doc.id.size());
  for (int i = 0; i < doc.words; ++i) {
    text += ' ';
    for (std::size_t letters = 4 + random.Below(8); letters > 0; --letters) {
      text += static_cast<char>('a' + random.Below(26));
    }
  }
  return text;
}

class ScriptMaker {
 public:
  explicit ScriptMaker(std::uint64_t seed) : random_(seed) {}

  ScriptStep Make(const ScriptOptions& options) {
    ScriptStep step;
    step.sync = random_.Below(options.sync_one_in) == 0;
    const std::size_t choice = random_.Below(100);
    if (choice < 45 || model_.empty()) {
      AddCall(&step, 900);
    } else if (choice < 60) {
      for (std::size_t n = 2 + random_.Below(6); n > 0; --n) AddCall(&step, 250);
    } else if (choice < 78) {
      Update(&step);
    } else if (choice < 88) {
      Delete(&step);
    } else if (choice < 90) {
      DeleteMatching(&step);
    } else if (choice >= 97 && options.reopens) {
      step.kind = ScriptStep::Kind::kReopen;
    } else if (random_.Below(options.sync_one_in) < 8) {
      step.kind = ScriptStep::Kind::kSync;
    } else {
      AddCall(&step, 900);
    }
    return step;
  }

  StoreContent Content() const {
    StoreContent content;
    for (const auto& [organization, calls] : model_) {
      for (const auto& [id, doc] : calls) content[organization][id] = doc.Json(organization, true);
    }
    return content;
  }

 private:
  void AddCall(ScriptStep* step, std::size_t most_words) {
    const std::string organization = "org-" + std::to_string(random_.Below(5));
    CallDoc doc{.id = "id-" + std::to_string(random_.Below(30)), .revision = ++revision_};
    doc.time_ms = kFirstMs + static_cast<std::int64_t>(random_.Below(40)) * 1000;
    doc.started = random_.Chance(75);
    doc.status = static_cast<int>(random_.Below(CallStatuses().size()));
    doc.number = static_cast<int>(random_.Below(kCallNumbers));
    doc.words = static_cast<int>(random_.Below(most_words));
    model_[organization][doc.id] = doc;
    step->calls.emplace_back(organization, std::move(doc));
  }

  // A call that is there.
  CallDoc* Choose(ScriptStep* step) {
    auto organization = model_.begin();
    std::advance(organization, random_.Below(model_.size()));
    auto call = organization->second.begin();
    std::advance(call, random_.Below(organization->second.size()));
    step->organization = organization->first;
    step->id = call->first;
    return &call->second;
  }

  // Status and revision change; one in two calls that have not started starts, which moves it.
  void Update(ScriptStep* step) {
    step->kind = ScriptStep::Kind::kUpdate;
    CallDoc* const doc = Choose(step);
    const CallDoc before = *doc;
    doc->revision = ++revision_;
    doc->status = static_cast<int>(random_.Below(CallStatuses().size()));
    if (!doc->started && random_.Chance(50)) {
      doc->started = true;
      doc->time_ms += 5000;
    }
    // The text of a transcript has the revision in it: it changes with it.
    step->patch = doc->Json(step->organization);
    if (!before.started && doc->started) {
      step->patch.pop_back();
      step->patch += R"(,"created_at":null})";
    }
  }

  void Delete(ScriptStep* step) {
    step->kind = ScriptStep::Kind::kDelete;
    Choose(step);
    Remove(step->organization, [step](const CallDoc& doc) { return doc.id == step->id; });
  }

  void DeleteMatching(ScriptStep* step) {
    step->kind = ScriptStep::Kind::kDeleteMatching;
    step->sync = false;
    Choose(step);
    step->number = static_cast<int>(random_.Below(kCallNumbers));
    Remove(step->organization, [step](const CallDoc& doc) { return doc.number == step->number; });
  }

  template <typename Which>
  void Remove(const std::string& organization, const Which& which) {
    std::erase_if(model_[organization], [&](const auto& call) { return which(call.second); });
    if (model_[organization].empty()) model_.erase(organization);
  }

  Random random_;
  Model model_;
  int revision_ = 0;
};

}  // namespace

const std::vector<std::string>& CallStatuses() {
  static const std::vector<std::string> statuses = {"REGISTERED", "ONGOING", "ENDED", "ERROR",
                                                    "NO_ANSWER"};
  return statuses;
}

std::string CallNumber(int number) { return "+1555000" + std::to_string(number); }

std::string CallDoc::Json(const std::string& organization, bool printed) const {
  const auto text = [](const char* name, const std::string& value) {
    return ",\"" + std::string(name) + "\":\"" + value + '"';
  };
  const auto whole = [](const char* name, std::int64_t value) {
    return ",\"" + std::string(name) + "\":" + std::to_string(value);
  };
  std::string json = R"({"id":")" + id + '"' + text("call_id", "call-" + id) +
                     text("organization_id", organization) +
                     text("call_status", CallStatuses()[static_cast<std::size_t>(status)]) +
                     text("from_number", CallNumber(number));
  if (started) json += whole("start_timestamp", time_ms);
  if (printed) json += R"(,"opt_out_sensitive_data_storage":false)";
  json += R"(,"metadata":{"revision":)" + std::to_string(revision) +
          text("campaign", "c" + std::to_string(revision % 5)) + '}';
  if (printed) json += R"(,"events":[])";
  if (started) json += text("transcript", Words(*this));
  if (printed) json += R"(,"transcript_object":[],"transcript_with_tool_calls":[])";
  if (!started) json += whole("created_at", time_ms);
  return json + '}';
}

Script::Script(std::uint64_t seed, const ScriptOptions& options) {
  ScriptMaker maker(seed);
  contents_.push_back(maker.Content());
  for (std::size_t i = 0; i < options.steps; ++i) {
    steps_.push_back(maker.Make(options));
    contents_.push_back(maker.Content());
  }
}

std::optional<std::size_t> Script::FindPrefix(const StoreContent& found, std::size_t from,
                                              std::size_t to) const {
  for (std::size_t steps = to + 1; steps > from; --steps) {
    if (contents_[steps - 1] == found) return steps - 1;
  }
  return std::nullopt;
}

StoreOptions SmallStore(const std::string& path) {
  return {.path = path,
          .cache_bytes = std::size_t{1} << 20,
          .write_buffer_bytes = std::size_t{64} << 10};
}

Result<void> ScriptRun::Open() {
  auto opened = store::OpenWith(options_, environment_);
  if (!opened) return tl::unexpected<Error>(std::move(opened).error());
  store_.emplace(*std::move(opened));
  return {};
}

Result<void> ScriptRun::Close() {
  const Result<void> closed = store_->Close();
  store_.reset();
  return closed;
}

Result<void> ScriptRun::Run(std::size_t from, const std::function<void(std::size_t done)>& after) {
  for (std::size_t i = from; i < script_.steps().size(); ++i) {
    if (auto ran = RunStep(script_.steps()[i]); !ran) return ran;
    after(i + 1);
  }
  return {};
}

Result<void> ScriptRun::RunStep(const ScriptStep& step) {
  const auto drop = [](const auto& result) -> Result<void> {
    if (!result) return tl::unexpected<Error>(result.error());
    return {};
  };
  switch (step.kind) {
    case ScriptStep::Kind::kPut: {
      if (step.calls.size() == 1) {
        const auto& [organization, doc] = step.calls.front();
        return drop(store_->PutJson(organization, doc.Json(organization), {.sync = step.sync}));
      }
      std::vector<Call> calls;
      for (const auto& [organization, doc] : step.calls) {
        auto call = ParseCall(doc.Json(organization));
        if (!call) return tl::unexpected<Error>(std::move(call).error());
        calls.push_back(*std::move(call));
      }
      return drop(store_->PutBatch(calls, {.sync = step.sync}));
    }
    case ScriptStep::Kind::kUpdate:
      return drop(store_->Update(step.organization, step.id, step.patch, {.sync = step.sync}));
    case ScriptStep::Kind::kDelete:
      return store_->Delete(step.organization, step.id, {.sync = step.sync});
    case ScriptStep::Kind::kDeleteMatching:
      return drop(store_->DeleteMatching(step.organization,
                                         Field("from_number") == CallNumber(step.number)));
    case ScriptStep::Kind::kSync:
      return store_->Sync();
    case ScriptStep::Kind::kReopen:
      if (auto closed = Close(); !closed) return closed;
      return Open();
  }
  return {};
}

}  // namespace callstore::test
