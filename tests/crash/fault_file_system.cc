#include "crash/fault_file_system.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "crash/file_bytes.h"
#include "model/random.h"

namespace callstore::test {
namespace {

namespace fs = std::filesystem;
using rocksdb::IOStatus;

constexpr std::size_t kSectorBytes = 512;

std::string Normal(const std::string& path) {
  std::string normal = fs::path(path).lexically_normal().string();
  while (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  return normal;
}

std::string FolderOf(const std::string& path) { return fs::path(path).parent_path().string(); }

bool Exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// `now` as a disk may have it that took the sectors of `safe` to it in any order.
std::string MixedSectors(const std::string& safe, const std::string& now, Random* random) {
  std::string mixed = random->Chance(50) ? now : safe;
  const std::string& other = mixed == now ? safe : now;
  for (std::size_t at = 0; at < mixed.size(); at += kSectorBytes) {
    if (at >= other.size() || !random->Chance(50)) continue;
    const std::size_t size = std::min({kSectorBytes, mixed.size() - at, other.size() - at});
    mixed.replace(at, size, other, at, size);
  }
  return mixed;
}

// What stays of the bytes of `now` behind the first `safe`: a part, maybe with holes.
std::string PartOf(const std::string& now, std::size_t safe, Random* random) {
  std::string part = now;
  const std::size_t tail = now.size() - safe;
  if (tail == 0 || random->Chance(15)) return part;
  part.resize(safe + random->Below(tail + 1));
  if (random->Chance(35)) return part;
  const std::size_t first = (safe + kSectorBytes - 1) / kSectorBytes * kSectorBytes;
  for (std::size_t at = first; at < part.size(); at += kSectorBytes) {
    if (!random->Chance(30)) continue;
    std::fill_n(part.begin() + static_cast<std::ptrdiff_t>(at),
                std::min(kSectorBytes, part.size() - at), '\0');
  }
  return part;
}

}  // namespace

std::string_view IoKindName(IoKind kind) {
  static constexpr std::array<std::string_view, kIoKinds> kNames = {
      "open", "read", "append", "sync", "dirsync", "rename", "truncate", "delete"};
  return kNames[static_cast<std::size_t>(kind)];
}

FaultFileSystem::FaultFileSystem(const std::string& folder)
    : rocksdb::FileSystemWrapper(rocksdb::FileSystem::Default()),
      folder_(Normal(folder)),
      graves_(folder_ + ".graves") {
  std::error_code ignored;
  fs::remove_all(graves_, ignored);
  fs::create_directories(graves_);
}

FaultFileSystem::~FaultFileSystem() {
  std::error_code ignored;
  fs::remove_all(graves_, ignored);
}

std::uint64_t FaultFileSystem::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

std::uint64_t FaultFileSystem::count(IoKind kind) const {
  const std::lock_guard lock(mutex_);
  return counts_[static_cast<std::size_t>(kind)];
}

void FaultFileSystem::ForgetCounts() {
  const std::lock_guard lock(mutex_);
  changes_ = 0;
  counts_ = {};
}

void FaultFileSystem::CutAt(std::uint64_t nth, std::function<void()> on_cut) {
  const std::lock_guard lock(mutex_);
  cut_at_ = nth;
  on_cut_ = std::move(on_cut);
}

void FaultFileSystem::CutNow() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(dead_, true)) return;
  if (on_cut_) on_cut_();
}

void FaultFileSystem::FailAt(const IoFault& fault) {
  const std::lock_guard lock(mutex_);
  fault_ = fault;
}

void FaultFileSystem::LimitSpace(std::optional<std::uint64_t> bytes) {
  const std::lock_guard lock(mutex_);
  space_bytes_ = bytes;
}

std::optional<std::uint64_t> FaultFileSystem::space_left() const {
  const std::lock_guard lock(mutex_);
  return space_bytes_;
}

void FaultFileSystem::Heal() {
  const std::lock_guard lock(mutex_);
  fault_.reset();
  space_bytes_.reset();
}

void FaultFileSystem::Lie(bool lying) {
  const std::lock_guard lock(mutex_);
  lying_ = lying;
}

bool FaultFileSystem::Watches(const std::string& path) const {
  return path.starts_with(folder_ + '/');
}

IOStatus FaultFileSystem::Begin(IoKind kind, bool changes) {
  const std::uint64_t number = ++counts_[static_cast<std::size_t>(kind)];
  if (changes && !dead_ && ++changes_ == cut_at_) CutNow();
  if (dead_) return IOStatus::IOError("injected: the power is off");
  if (fault_ && fault_->kind == kind &&
      (number == fault_->nth || (fault_->sticky && number > fault_->nth))) {
    return IOStatus::IOError("injected: " + std::string(IoKindName(kind)));
  }
  return IOStatus::OK();
}

// A file that was there before this file system is safe as it is.
FaultFileSystem::NodePtr FaultFileSystem::NodeOf(const std::string& path) {
  NodePtr& node = nodes_[path];
  if (node == nullptr) {
    std::error_code ignored;
    node = std::make_shared<Node>();
    node->path = path;
    node->synced_bytes = Exists(path) ? fs::file_size(path, ignored) : 0;
  }
  return node;
}

// Keeps what is at `path` under another name, before that name goes.
std::string FaultFileSystem::Bury(const std::string& path, NodePtr* buried) {
  std::string grave = graves_ + '/' + std::to_string(++last_grave_);
  if (::link(path.c_str(), grave.c_str()) != 0) return {};
  *buried = NodeOf(path);
  (*buried)->path = grave;
  nodes_.erase(path);
  return grave;
}

void FaultFileSystem::NoteSync(Node* node) {
  if (lying_) return;
  std::error_code ignored;
  node->synced_bytes = fs::file_size(node->path, ignored);
  if (node->synced_image) node->synced_image = BytesOf(node->path);
}

void FaultFileSystem::NoteDirSync(const std::string& folder) {
  if (lying_) return;
  std::erase_if(names_, [&](const NameChange& change) {
    if (FolderOf(change.path) != folder) return false;
    if (!change.grave.empty()) ::unlink(change.grave.c_str());
    return true;
  });
}

IOStatus FaultFileSystem::TakeSpace(std::size_t wanted, std::size_t* granted) {
  *granted = wanted;
  if (!space_bytes_) return IOStatus::OK();
  *granted = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, *space_bytes_));
  *space_bytes_ -= *granted;
  return *granted == wanted ? IOStatus::OK() : IOStatus::NoSpace("injected: no space left");
}

void FaultFileSystem::LoseBytes(const Node& node, LossModel model, std::uint64_t seed) {
  if (!Exists(node.path)) return;
  Random random(seed);
  const std::string now = BytesOf(node.path);
  const std::size_t safe = std::min<std::size_t>(node.synced_bytes, now.size());
  std::string left;
  if (node.synced_image) {
    left = model == LossModel::kTail ? *node.synced_image
                                     : MixedSectors(*node.synced_image, now, &random);
  } else {
    left = model == LossModel::kTail ? now.substr(0, safe) : PartOf(now, safe, &random);
  }
  if (left != now) WriteBytes(node.path, left);
}

void FaultFileSystem::Undo(const NameChange& change) {
  switch (change.kind) {
    case NameChange::Kind::kCreate:
      ::unlink(change.path.c_str());
      break;
    case NameChange::Kind::kRename:
      ::rename(change.path.c_str(), change.source.c_str());
      break;
    case NameChange::Kind::kRemove:
      break;
  }
  if (!change.grave.empty()) ::rename(change.grave.c_str(), change.path.c_str());
}

void FaultFileSystem::LosePower(LossModel model, std::uint64_t seed) {
  const std::lock_guard lock(mutex_);
  dead_ = true;
  Random random(seed);
  for (const auto& [path, node] : nodes_) LoseBytes(*node, model, seed + random.Below(1 << 30));
  for (const NameChange& change : names_) {
    if (change.buried) LoseBytes(*change.buried, model, seed + random.Below(1 << 30));
  }
  const std::size_t kept = model == LossModel::kTail ? 0 : random.Below(names_.size() + 1);
  for (; names_.size() > kept; names_.pop_back()) Undo(names_.back());
  names_.clear();
}

}  // namespace callstore::test
