// nearest.h - the name that somebody probably meant.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_BASE_NEAREST_H_
#define CALLSTORE_SRC_BASE_NEAREST_H_

#include <span>
#include <string_view>

namespace callstore {

// The one of `names` that `name` most likely means: few letters apart, in any letter case, or
// longer or shorter by its end. Empty where none is near. Cost: the product of their lengths.
std::string_view Nearest(std::string_view name, std::span<const std::string_view> names);

}  // namespace callstore

#endif  // CALLSTORE_SRC_BASE_NEAREST_H_
