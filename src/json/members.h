// members.h - the members of an object: those that have a field, and the rest.
//
// Ownership: an Extras keeps views that live as long as the walk's text and arena.
#ifndef CALLSTORE_SRC_JSON_MEMBERS_H_
#define CALLSTORE_SRC_JSON_MEMBERS_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "json/walker.h"

namespace callstore::json {

// The place of `name` in `names`, their number where it is not there. `hint` is the place after the
// last one found: members mostly come in one order.
template <std::size_t N>
std::size_t FindName(const std::array<std::string_view, N>& names, std::string_view name,
                     std::size_t hint = 0) {
  if (hint < N && names[hint] == name) return hint;
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return i;
  }
  return N;
}

// Members that no field holds, of nested objects: each builds its own from `first` on.
class Extras {
 public:
  void Clear() { members_.clear(); }
  std::size_t size() const { return members_.size(); }

  void Add(const Walker::Key& key, std::string_view json) { members_.push_back({key.raw, json}); }
  // Reads the value of a member that has no field. Its name is compared by Walker::CheckNames.
  bool ReadUnknown(const Walker::Key& key, Walker* walker);

  // The members from `first` on as one minified object, and forgets them; empty: none.
  std::string_view Build(std::size_t first, record::TextArena* arena);

 private:
  struct Member {
    std::string_view raw_key;
    std::string_view json;
  };
  std::vector<Member> members_;
};

// The readers below take a null as "absent".
bool ReadOptionalText(Walker* walker, record::OptionalText* field);
bool ReadOptionalBool(Walker* walker, std::optional<bool>* field);
bool ReadOptionalTime(Walker* walker, std::optional<std::int64_t>* field);
// A number that a double does not hold exactly goes to `extras`, too.
bool ReadOptionalNumber(Walker* walker, const Walker::Key& key, std::optional<double>* field,
                        Extras* extras);

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_MEMBERS_H_
