// filter_tree.h - and, or and not of nodes in normal form, again in normal form.
// "Nothing" is an or without children. It and "everything" stand alone or nowhere: they are worked
// out of every node that they are put into.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_QUERY_FILTER_TREE_H_
#define CALLSTORE_SRC_QUERY_FILTER_TREE_H_

#include <vector>

#include "query/normal_filter.h"

namespace callstore::query {

Node NothingNode();
bool IsNothing(const Node& node);
Node ConditionNode(Condition condition);

// REQUIRES for all: the parts are in normal form.
Node JoinAnd(std::vector<Node> parts);
Node JoinOr(std::vector<Node> parts);
Node Negate(Node part);

}  // namespace callstore::query

#endif  // CALLSTORE_SRC_QUERY_FILTER_TREE_H_
