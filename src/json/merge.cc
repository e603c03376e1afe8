#include "json/merge.h"

#include <algorithm>

#include "base/error.h"
#include "json/walker.h"

namespace callstore::json {
namespace {

// A JSON object in memory, checked once; its values are walked again where they are needed.
class Source {
 public:
  Result<void> Load(std::string_view text) {
    CALLSTORE_RETURN_IF_ERROR(document_.Load(text));
    walker_.Start(document_, document_.text(), &arena_);
    const bool object = walker_.Peek() == '{' || walker_.WrongType("an object");
    if (!object || !walker_.Skip() || !walker_.ReadEnd()) {
      return tl::unexpected<Error>(walker_.TakeError());
    }
    first_ = document_.tokens_begin();
    return {};
  }

  Walker::Token first() const { return first_; }
  char At(Walker::Token token) const { return document_.text()[*token]; }

  struct Member {
    std::string_view name;
    std::string_view raw_key;
    Walker::Token value;
  };
  // The members of the object at `object`, in order.
  std::vector<Member> Members(Walker::Token object) {
    std::vector<Member> members;
    walker_.Seek(object);
    walker_.ReadObject([&](const Walker::Key& key) {
      const Walker::Token value = walker_.token();
      if (!walker_.Skip()) return false;
      members.push_back({key.name, key.raw, value});
      return true;
    });
    return members;
  }
  void AppendValue(const Member& member, std::string* out) {
    walker_.Seek(member.value);
    std::string_view json;
    if (walker_.ReadMinified(&json)) out->append(json);
  }

 private:
  Document document_;
  record::TextArena arena_;
  Walker walker_;
  Walker::Token first_ = nullptr;
};

class Merger {
 public:
  Merger(Source* target, Source* patch, MergeNull nulls, std::string* out)
      : target_(target), patch_(patch), nulls_(nulls), out_(out) {}

  // Both objects. A target of nullptr is an empty object.
  void Merge(Walker::Token target, Walker::Token patch);

 private:
  using Member = Source::Member;

  bool Deletes(const Member& member) const {
    return nulls_ == MergeNull::kDeletes && patch_->At(member.value) == 'n';
  }
  void Separate(bool* first) {
    *out_ += *first ? '{' : ',';
    *first = false;
  }
  // What the patch has, over the target's value (nullptr: none, or no object).
  void MergeValue(const Member& member, Walker::Token target);

  Source* target_;
  Source* patch_;
  MergeNull nulls_;
  std::string* out_;
};

void Merger::MergeValue(const Member& member, Walker::Token target) {
  *out_ += member.raw_key;
  *out_ += ':';
  if (patch_->At(member.value) == '{') {
    Merge(target, member.value);
  } else {
    patch_->AppendValue(member, out_);
  }
}

void Merger::Merge(Walker::Token target, Walker::Token patch) {
  const std::vector<Member> changes = patch_->Members(patch);
  std::vector<const Member*> by_name;
  by_name.reserve(changes.size());
  for (const Member& change : changes) by_name.push_back(&change);
  std::ranges::sort(by_name, {}, &Member::name);
  std::vector<bool> done(changes.size());

  bool first = true;
  if (target != nullptr) {
    for (const Member& old : target_->Members(target)) {
      const auto change = std::ranges::lower_bound(by_name, old.name, {}, &Member::name);
      if (change == by_name.end() || (*change)->name != old.name) {
        Separate(&first);
        *out_ += old.raw_key;
        *out_ += ':';
        target_->AppendValue(old, out_);
        continue;
      }
      done[static_cast<std::size_t>(*change - changes.data())] = true;
      if (Deletes(**change)) continue;
      Separate(&first);
      MergeValue(**change, target_->At(old.value) == '{' ? old.value : nullptr);
    }
  }
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (done[i] || Deletes(changes[i])) continue;
    Separate(&first);
    MergeValue(changes[i], nullptr);
  }
  *out_ += first ? "{}" : "}";
}

}  // namespace

Result<std::string> MergePatch(std::string_view target, std::string_view patch, MergeNull nulls) {
  Source old;
  Source change;
  CALLSTORE_RETURN_IF_ERROR(change.Load(patch));
  CALLSTORE_RETURN_IF_ERROR(old.Load(target));
  std::string merged;
  merged.reserve(target.size() + patch.size());
  Merger(&old, &change, nulls, &merged).Merge(old.first(), change.first());
  return merged;
}

Result<std::vector<std::string>> MemberNames(std::string_view object) {
  Source source;
  CALLSTORE_RETURN_IF_ERROR(source.Load(object));
  std::vector<std::string> names;
  for (const Source::Member& member : source.Members(source.first())) {
    names.emplace_back(member.name);
  }
  return names;
}

}  // namespace callstore::json
