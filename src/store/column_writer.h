// column_writer.h - one batch's changes of an organization's chunks.
// Small changes go to their chunk as one merge operand. A chunk that has many of them, or grew past
// its size, is read, folded and written whole, cut into pieces where it must be; all in the batch
// of the calls themselves.
#ifndef CALLSTORE_SRC_STORE_COLUMN_WRITER_H_
#define CALLSTORE_SRC_STORE_COLUMN_WRITER_H_

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "columns/chunk.h"
#include "columns/directory.h"
#include "engine/database.h"
#include "keys/keys.h"

namespace callstore::store {

using keys::OrganizationNumber;

// Operations that wait in each chunk to be folded, as far as this process wrote them. A chunk that
// is not here may have any number. Guarded by the write lock of its organizations.
using PendingOperations = std::map<std::pair<OrganizationNumber, Position>, std::size_t>;

// Adds the operations to the batch, with the summaries and the head that follow from them.
// `current` is the organization's directory, nothing for its first batch. Result: the directory
// after the batch. corrupt: a chunk that had to be read is damaged. REQUIRES: the organization's
// write lock; kRemove names a row that is there, kPut one that is not.
Result<columns::Directory> WriteColumns(const engine::Database& database,
                                        OrganizationNumber organization,
                                        const std::optional<columns::Directory>& current,
                                        std::span<const columns::Operation> operations,
                                        PendingOperations* pending, engine::Batch* batch);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_COLUMN_WRITER_H_
