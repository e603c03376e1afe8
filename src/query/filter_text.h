// filter_text.h - a filter in normal form as the JSON object that filter_criteria takes.
// normal_filter.h describes the form. It is frozen: cursors are bound to it.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_QUERY_FILTER_TEXT_H_
#define CALLSTORE_SRC_QUERY_FILTER_TEXT_H_

#include <cstddef>
#include <string>

#include "query/normal_filter.h"

namespace callstore::query {

struct FilterText {
  std::string json;
  std::size_t levels = 0;      // of objects of criteria, the outermost included
  std::size_t conditions = 0;  // members of them that are fields
};

// Members stand in the order of their names, then what cannot be one as "and", then "not" and "or".
FilterText PrintFilter(const Node& node);

}  // namespace callstore::query

#endif  // CALLSTORE_SRC_QUERY_FILTER_TEXT_H_
