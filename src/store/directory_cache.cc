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
Result<std::vector<Directory::Chunk>> LoadChunks(const engine::Database& database,
                                                 OrganizationNumber organization,
                                                 const columns::Head& head,
                                                 const engine::Snapshot* snapshot) {
  std::vector<Directory::Chunk> chunks;
  const auto scan = database.NewScan(Family::kColumns, keys::SummaryKey(organization, kNewest),
                                     keys::ChunkKey(organization, kNewest), snapshot);
  for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
    const auto fence = keys::ParseFence(scan->key());
    const auto counts = columns::DecodeSummary(scan->value());
    if (!fence || !counts) return Damaged(organization);
    chunks.push_back({.fence = *fence, .counts = *counts, .version = head.version});
  }
  CALLSTORE_RETURN_IF_ERROR(scan->status());
  columns::Counts older;
  for (std::size_t i = 1; i < chunks.size(); ++i) older = older + chunks[i].counts;
  const columns::Counts newest = head.total - older;
  if (newest.calls < 0 || newest.started < 0 || newest.started > newest.calls) {
    return Damaged(organization);
  }
  if (chunks.empty() || chunks.back().fence != kOldest) return Damaged(organization);
  return chunks;
}

std::optional<Directory> VersionOf(const std::deque<Directory>& directories,
                                   std::uint64_t version) {
  for (auto i = directories.rbegin(); i != directories.rend(); ++i) {
    if (i->head().version == version) return *i;
  }
  return std::nullopt;
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
                                                      const engine::Snapshot& snapshot) {
  if (auto known = FindAt(organization, snapshot.sequence())) return known;
  CALLSTORE_ASSIGN_OR_RETURN(const auto head, ReadHead(database, organization, &snapshot));
  if (!head) return std::optional<Directory>();
  CALLSTORE_ASSIGN_OR_RETURN(Directory directory,
                             FindOrLoad(database, organization, *head, &snapshot));
  Shard& shard = ShardOf(organization);
  const std::lock_guard lock(shard.mutex);
  Versions& versions = VersionsIn(&shard, organization);
  versions.sequence = snapshot.sequence();
  versions.version = head->version;
  return std::optional<Directory>(std::move(directory));
}

Result<std::optional<Directory>> DirectoryCache::ReadNewest(const engine::Database& database,
                                                            OrganizationNumber organization) {
  {
    Shard& shard = ShardOf(organization);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.versions.find(organization);
    if (found != shard.versions.end() && found->second.published) {
      return std::optional<Directory>(found->second.directories.back());
    }
  }
  CALLSTORE_ASSIGN_OR_RETURN(const auto head, ReadHead(database, organization, nullptr));
  if (!head) return std::optional<Directory>();
  CALLSTORE_ASSIGN_OR_RETURN(Directory directory,
                             FindOrLoad(database, organization, *head, nullptr));
  return std::optional<Directory>(std::move(directory));
}

Result<Directory> DirectoryCache::FindOrLoad(const engine::Database& database,
                                             OrganizationNumber organization,
                                             const columns::Head& head,
                                             const engine::Snapshot* snapshot) {
  if (auto cached = Find(organization, head.version)) return *std::move(cached);
  CALLSTORE_ASSIGN_OR_RETURN(auto chunks, LoadChunks(database, organization, head, snapshot));
  Shard& shard = ShardOf(organization);
  const std::lock_guard lock(shard.mutex);
  Versions& versions = VersionsIn(&shard, organization);
  const Directory* newest = versions.directories.empty() ? nullptr : &versions.directories.back();
  Directory loaded = Directory::Make(head, chunks, newest);
  // An old version is not worth a place of a newer one. Without a writer in this process a newer
  // one takes the place of the last; a writer's own are published by itself.
  if (newest == nullptr || (!versions.published && newest->head().version < head.version)) {
    versions.directories.assign(1, loaded);
  }
  return loaded;
}

DirectoryCache::Versions& DirectoryCache::VersionsIn(Shard* shard,
                                                     OrganizationNumber organization) {
  auto& versions = shard->versions;
  if (versions.size() >= kOrganizationsPerShard && !versions.contains(organization)) {
    versions.erase(versions.begin());
  }
  return versions[organization];
}

std::optional<Directory> DirectoryCache::Find(OrganizationNumber organization,
                                              std::uint64_t version) {
  Shard& shard = ShardOf(organization);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.versions.find(organization);
  if (found == shard.versions.end()) return std::nullopt;
  return VersionOf(found->second.directories, version);
}

std::optional<Directory> DirectoryCache::FindAt(OrganizationNumber organization,
                                                std::uint64_t sequence) {
  Shard& shard = ShardOf(organization);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.versions.find(organization);
  if (found == shard.versions.end() || found->second.version == 0 ||
      found->second.sequence != sequence) {
    return std::nullopt;
  }
  return VersionOf(found->second.directories, found->second.version);
}

void DirectoryCache::Publish(OrganizationNumber organization, const Directory& directory) {
  Shard& shard = ShardOf(organization);
  const std::lock_guard lock(shard.mutex);
  Versions& versions = VersionsIn(&shard, organization);
  versions.directories.push_back(directory);
  versions.published = true;
  if (versions.directories.size() > kVersions) versions.directories.pop_front();
}

void DirectoryCache::Forget(OrganizationNumber organization) {
  Shard& shard = ShardOf(organization);
  const std::lock_guard lock(shard.mutex);
  shard.versions.erase(organization);
}

void DirectoryCache::Clear() {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    shard.versions.clear();
  }
}

}  // namespace callstore::store
