#include "callstore/http/access_keys.h"

#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "http/digest.h"
#include "http/failure.h"
#include "http/key_file.h"

namespace callstore::http {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// Between two looks at the file. A snapshot may be used up to kOldest after the look that
// confirmed it; beyond that, a caller waits for the next look.
constexpr Clock::duration kBetweenLooks = 250ms;
constexpr Clock::duration kOldest = 750ms;
// Two changes within a tick of the file system's clock can look the same. For so long after one,
// the file is read without asking whether it changed.
constexpr std::int64_t kSettlesNs = 2'000'000'000;

constexpr std::string_view kKeyPrefix = "ck_";
constexpr std::string_view kSecretPrefix = "cs_";

// A digest is as good as random: any 8 bytes of it are a hash.
struct DigestHash {
  std::size_t operator()(const Digest& digest) const {
    std::size_t hash = 0;
    std::memcpy(&hash, digest.data(), sizeof(hash));
    return hash;
  }
};

struct Entry {
  Digest secret_digest;
  Access access;
};

// The file as it was at one look. Found by the digest of the key: how far a wrong key is right
// changes nothing then.
struct Snapshot {
  std::unordered_map<Digest, Entry, DigestHash> entries = {};
  std::optional<Error> problem = {};  // then there are no entries
  FileStamp stamp = {};
  bool settled = false;
};

using SnapshotPointer = std::shared_ptr<const Snapshot>;

std::int64_t WallNanoseconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

bool IsSettled(const FileStamp& stamp, std::int64_t now_ns) {
  const auto is_old = [&](std::int64_t then_ns) {
    return then_ns < now_ns - kSettlesNs || then_ns > now_ns + kSettlesNs;
  };
  return !stamp.exists || (is_old(stamp.modified_ns) && is_old(stamp.changed_ns));
}

SnapshotPointer SnapshotOf(const Error& problem) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->problem = problem;
  return snapshot;
}

SnapshotPointer ReadSnapshot(const std::string& path) {
  const std::int64_t now_ns = WallNanoseconds();
  Result<KeyFileContent> content = ReadKeyFile(path);
  if (!content) return SnapshotOf(content.error());
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->stamp = content->stamp;
  snapshot->settled = IsSettled(content->stamp, now_ns);
  snapshot->entries.reserve(content->records.size());
  for (KeyRecord& record : content->records) {
    const std::optional<Digest> digest = Sha256(record.key);
    if (!digest) return SnapshotOf({ErrorCode::kInternal, "no digest can be computed", {}});
    Access access{.organization_id = std::move(record.organization_id),
                  .read_only = record.read_only};
    snapshot->entries.emplace(*digest, Entry{record.secret_digest, std::move(access)});
  }
  return snapshot;
}

// A name for the folder that ends in one: "." and ".." are looked up.
std::string FolderName(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const std::string_view last = path.substr(path.rfind('/') + 1);
  if (last != "." && last != "..") return std::string(path);
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::weakly_canonical(path, error);
  return error ? std::string(path) : whole.string();
}

}  // namespace

std::string KeysPath(std::string_view store_path) { return FolderName(store_path) + ".keys"; }

class AccessKeys::Impl {
 public:
  explicit Impl(std::string path) : path_(std::move(path)) { Reload(); }

  const std::string& path() const { return path_; }

  // The file's content, confirmed at most kOldest ago.
  SnapshotPointer Current() {
    const Clock::time_point now = Clock::now();
    const Clock::duration age = now - looked_at_.load(std::memory_order_acquire);
    if (age >= kBetweenLooks) {
      std::unique_lock<std::mutex> look(look_mutex_, std::defer_lock);
      if (age >= kOldest) {
        look.lock();
      } else {
        (void)look.try_lock();  // another thread looks already
      }
      // Who waited finds the work done.
      if (look.owns_lock() && looked_at_.load(std::memory_order_acquire) <= now - kBetweenLooks) {
        Look();
      }
    }
    const std::scoped_lock lock(snapshot_mutex_);
    return snapshot_;
  }

  // Reads the file whatever it looks like.
  void Reload() {
    const std::scoped_lock look(look_mutex_);
    const Clock::time_point now = Clock::now();
    Publish(ReadSnapshot(path_), now);
  }

 private:
  // Under look_mutex_, so that an older content never replaces a newer one.
  void Look() {
    const Clock::time_point now = Clock::now();
    if (!IsUnchanged()) return Publish(ReadSnapshot(path_), now);
    looked_at_.store(now, std::memory_order_release);
  }

  // Under look_mutex_: only who holds it changes snapshot_.
  bool IsUnchanged() const {
    if (snapshot_->problem || !snapshot_->settled) return false;
    const Result<FileStamp> stamp = StampKeyFile(path_);
    return stamp && *stamp == snapshot_->stamp;
  }

  void Publish(SnapshotPointer snapshot, Clock::time_point looked_at) {
    {
      const std::scoped_lock lock(snapshot_mutex_);
      snapshot_.swap(snapshot);  // the old one is freed outside of the lock
    }
    looked_at_.store(looked_at, std::memory_order_release);
  }

  const std::string path_;
  std::mutex look_mutex_;
  std::mutex snapshot_mutex_;  // never held while the file is read
  SnapshotPointer snapshot_;
  std::atomic<Clock::time_point> looked_at_{Clock::time_point{}};
};

AccessKeys::AccessKeys(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AccessKeys::~AccessKeys() = default;

Result<std::unique_ptr<AccessKeys>> AccessKeys::Open(std::string path) {
  if (path.empty() || path.find('\0') != std::string::npos) {
    return Failure(ErrorCode::kInvalidArgument, "the path of the access keys is empty or has a NUL",
                   {{"field", "path"}});
  }
  auto impl = std::make_unique<Impl>(std::move(path));
  if (const auto& problem = impl->Current()->problem) return tl::unexpected<Error>(*problem);
  return std::unique_ptr<AccessKeys>(new AccessKeys(std::move(impl)));
}

Result<KeyPair> AccessKeys::Create(std::string_view organization_id, bool read_only) {
  const Result<void> checked = CheckOrganization(organization_id);
  if (!checked) return Forward(checked);
  const std::optional<std::string> key = RandomToken();
  const std::optional<std::string> secret = RandomToken();
  if (!key || !secret) return Failure(ErrorCode::kInternal, "the system has no random bytes");
  KeyPair pair{.key = std::string(kKeyPrefix) + *key,
               .secret = std::string(kSecretPrefix) + *secret};
  const std::optional<Digest> digest = Sha256(pair.secret);
  if (!digest) return Failure(ErrorCode::kInternal, "no digest can be computed");

  Result<KeyFileChange> change = KeyFileChange::Begin(impl_->path());
  if (!change) return Forward(change);
  change->records().push_back({.key = pair.key,
                               .secret_digest = *digest,
                               .organization_id = std::string(organization_id),
                               .read_only = read_only,
                               .created_at = WallNanoseconds() / 1'000'000});
  const Result<void> done = change->Commit();
  impl_->Reload();
  if (!done) return Forward(done);
  return pair;
}

Result<std::vector<KeyInfo>> AccessKeys::List() {
  Result<KeyFileContent> content = ReadKeyFile(impl_->path());
  if (!content) return Forward(content);
  std::vector<KeyInfo> keys;
  keys.reserve(content->records.size());
  for (KeyRecord& record : content->records) {
    keys.push_back({.key = std::move(record.key),
                    .organization_id = std::move(record.organization_id),
                    .read_only = record.read_only,
                    .created_at = record.created_at});
  }
  return keys;
}

Result<void> AccessKeys::Revoke(std::string_view key) {
  Result<KeyFileChange> change = KeyFileChange::Begin(impl_->path());
  if (!change) return Forward(change);
  const auto is_it = [&](const KeyRecord& record) { return record.key == key; };
  if (std::erase_if(change->records(), is_it) == 0) {
    // What was given may be a secret, so it is not told.
    return Failure(ErrorCode::kNotFound, "there is no such access key", {{"field", "key"}});
  }
  Result<void> done = change->Commit();
  impl_->Reload();
  return done;
}

std::optional<Access> AccessKeys::Find(std::string_view key, std::string_view secret) {
  static const Entry nobody = {};
  const SnapshotPointer snapshot = impl_->Current();
  // What is too long is cut, so that it costs no more than another, and refused at the end.
  const auto is_sound = [](std::string_view token) {
    return !token.empty() && token.size() <= kMostTokenBytes;
  };
  const bool sound = is_sound(key) && is_sound(secret);
  const std::optional<Digest> key_digest = Sha256(key.substr(0, kMostTokenBytes));
  const std::optional<Digest> secret_digest = Sha256(secret.substr(0, kMostTokenBytes));
  if (!key_digest || !secret_digest) return std::nullopt;
  const auto found = snapshot->entries.find(*key_digest);
  const bool known = found != snapshot->entries.end();
  const Entry& entry = known ? found->second : nobody;
  const bool right = SameDigest(entry.secret_digest, *secret_digest);
  if (!sound || !known || !right) return std::nullopt;
  return entry.access;
}

Result<std::size_t> AccessKeys::Count() {
  const SnapshotPointer snapshot = impl_->Current();
  if (snapshot->problem) return tl::unexpected<Error>(*snapshot->problem);
  return snapshot->entries.size();
}

}  // namespace callstore::http
