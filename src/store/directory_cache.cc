#include "store/directory_cache.h"

#include <vector>

#include "base/error.h"

namespace callstore::store {
namespace {

using columns::Directory;
using engine::Family;

tl::unexpected<Error> Damaged(OrganizationNumber organization) {
  return Fail(ErrorCode::kCorrupt, "an organization's directory is damaged",
              {{"organization_number", std::to_string(organization)}});
}

// Reads the summaries of all chunks, newest first.
Result<Directory> LoadDirectory(const engine::Database& database, OrganizationNumber organization,
                                const columns::Head& head, const engine::Snapshot* snapshot) {
  std::vector<Directory::Chunk> chunks;
  const auto scan = database.NewScan(Family::kColumns, keys::SummaryKey(organization, kNewest),
                                     keys::ChunkKey(organization, kNewest), snapshot);
  for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
    const auto fence = keys::ParseFence(scan->key());
    const auto counts = columns::DecodeSummary(scan->value());
    if (!fence || !counts) return Damaged(organization);
    chunks.push_back({*fence, *counts});
  }
  CALLSTORE_RETURN_IF_ERROR(scan->status());
  columns::Counts older;
  for (std::size_t i = 1; i < chunks.size(); ++i) older = older + chunks[i].counts;
  const columns::Counts newest = head.total - older;
  if (newest.calls < 0 || newest.started < 0 || newest.started > newest.calls) {
    return Damaged(organization);
  }
  if (chunks.empty() || chunks.back().fence != kOldest) return Damaged(organization);
  return Directory::Make(head, chunks);
}

}  // namespace

Result<std::optional<columns::Head>> ReadHead(const engine::Database& database,
                                              OrganizationNumber organization,
                                              const engine::Snapshot* snapshot) {
  engine::PinnedValue value;
  CALLSTORE_ASSIGN_OR_RETURN(
      const bool found,
      database.Get(Family::kColumns, keys::HeadKey(organization), snapshot, &value));
  if (!found) return std::optional<columns::Head>();
  const auto head = columns::DecodeHead(engine::ToView(value));
  if (!head) return Damaged(organization);
  return head;
}

Result<std::optional<Directory>> DirectoryCache::Read(const engine::Database& database,
                                                      OrganizationNumber organization,
                                                      const engine::Snapshot* snapshot) {
  CALLSTORE_ASSIGN_OR_RETURN(const auto head, ReadHead(database, organization, snapshot));
  if (!head) return std::optional<Directory>();
  if (auto cached = Find(organization, head->version)) return cached;
  CALLSTORE_ASSIGN_OR_RETURN(const Directory loaded,
                             LoadDirectory(database, organization, *head, snapshot));
  Shard& shard = ShardOf(organization);
  const std::lock_guard lock(shard.mutex);
  // An old version is not worth a place of a newer one.
  if (auto& versions = shard.versions[organization]; versions.empty()) versions.push_back(loaded);
  return std::optional<Directory>(loaded);
}

std::optional<Directory> DirectoryCache::Find(OrganizationNumber organization,
                                              std::uint64_t version) {
  Shard& shard = ShardOf(organization);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.versions.find(organization);
  if (found == shard.versions.end()) return std::nullopt;
  for (auto i = found->second.rbegin(); i != found->second.rend(); ++i) {
    if (i->head().version == version) return *i;
  }
  return std::nullopt;
}

void DirectoryCache::Publish(OrganizationNumber organization, const Directory& directory) {
  Shard& shard = ShardOf(organization);
  const std::lock_guard lock(shard.mutex);
  if (shard.versions.size() >= kOrganizationsPerShard && !shard.versions.contains(organization)) {
    shard.versions.erase(shard.versions.begin());
  }
  auto& versions = shard.versions[organization];
  versions.push_back(directory);
  if (versions.size() > kVersions) versions.pop_front();
}

void DirectoryCache::Forget(OrganizationNumber organization) {
  Shard& shard = ShardOf(organization);
  const std::lock_guard lock(shard.mutex);
  shard.versions.erase(organization);
}

}  // namespace callstore::store
