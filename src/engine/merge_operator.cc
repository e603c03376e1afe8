#include "engine/merge_operator.h"

#include <string_view>
#include <vector>

#include "columns/chunk.h"

namespace callstore::engine {
namespace {

class ChunkMergeOperator : public rocksdb::MergeOperator {
 public:
  const char* Name() const override { return "callstore.chunk.2"; }

  bool FullMergeV2(const MergeOperationInput& in, MergeOperationOutput* out) const override {
    std::vector<std::string_view> operands;
    operands.reserve(in.operand_list.size());
    for (const rocksdb::Slice& operand : in.operand_list) {
      operands.emplace_back(operand.data(), operand.size());
    }
    const std::string_view base =
        in.existing_value == nullptr
            ? std::string_view()
            : std::string_view(in.existing_value->data(), in.existing_value->size());
    out->new_value = columns::Fold(base, operands);
    return true;
  }

  // Operands are lists of operations: one after the other is one list. Damaged ones stay apart,
  // since what follows them in one list could not be found.
  bool PartialMergeMulti(const rocksdb::Slice&, const std::deque<rocksdb::Slice>& operands,
                         std::string* out, rocksdb::Logger*) const override {
    out->clear();
    for (const rocksdb::Slice& operand : operands) {
      if (!columns::IsOperand({operand.data(), operand.size()})) return false;
    }
    for (const rocksdb::Slice& operand : operands) out->append(operand.data(), operand.size());
    return true;
  }
};

}  // namespace

std::shared_ptr<rocksdb::MergeOperator> NewChunkMergeOperator() {
  return std::make_shared<ChunkMergeOperator>();
}

}  // namespace callstore::engine
