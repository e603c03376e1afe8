// access_keys.h - the key pairs that let clients in: each names one organization.
// They live in a small file of their own beside the store, by default `<store>.keys`, so that they
// are made and revoked while a server or a runtime holds the store. The file has one JSON object a
// line: {"key","secret_sha256","organization_id","read_only","created_at"}. Of a secret it has only
// the SHA-256 (64 hexadecimal digits), so nobody can read a secret from it. A change replaces the
// file in one step; a server reads it again when it changes, whoever changed it.
//
// Others than its owner may read the file, but not write it: it is refused then. A symbolic link is
// followed. Beside it lie `<file>.lock`, held while it changes, and for a moment `<file>.new`.
//
// Ownership:     an AccessKeys has a copy of the file's content.
// Thread safety: safe for concurrent use. Changes by several processes wait for each other.
// Errors:        io_error (`path`, `reason`); corrupt (the file is damaged: `path`, `line`);
//                unsupported_format (a newer version wrote it); too_large (over 64 MiB).
#ifndef CALLSTORE_HTTP_ACCESS_KEYS_H_
#define CALLSTORE_HTTP_ACCESS_KEYS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/error.h"
#include "callstore/export.h"

namespace callstore::http {

// What a client is told once, when its pair is made. Both are 256 random bits in base64url.
struct KeyPair {
  std::string key = {};     // "ck_..."; sent as X-API-KEY; may be logged and shown
  std::string secret = {};  // "cs_..."; sent as X-API-SECRET; kept by the client alone
};

struct KeyInfo {
  std::string key = {};
  std::string organization_id = {};
  bool read_only = false;
  std::int64_t created_at = 0;  // ms since the epoch
};

// What a request may do.
struct Access {
  std::string organization_id = {};
  bool read_only = false;
};

// The file of a store that lies at `store_path`: beside the folder, its name with ".keys" behind.
CALLSTORE_EXPORT std::string KeysPath(std::string_view store_path);

class CALLSTORE_EXPORT AccessKeys {
 public:
  // `path`: the file; where there is none, there are no keys yet.
  static Result<std::unique_ptr<AccessKeys>> Open(std::string path);
  ~AccessKeys();

  // Makes a pair and adds it to the file (a new one has the mode 0600), durably. An organization
  // may have any number of them, and need have no calls yet. invalid_argument (not a name of an
  // organization), locked (another process has been changing the file for 10 seconds).
  Result<KeyPair> Create(std::string_view organization_id, bool read_only);
  // All keys, in the order of their making, as the file has them now.
  Result<std::vector<KeyInfo>> List();
  // Takes a key out of the file, durably. not_found, locked.
  Result<void> Revoke(std::string_view key);

  // What the pair allows; nothing where there is no such key or the secret is another. Takes the
  // same time for a wrong key and a wrong secret, however much of it is right. Reads the file again
  // where it changed, at most 4 times a second: a revoked key is refused a second later at the
  // latest. While a changed file is damaged or cannot be read, nobody is let in; without a file
  // there are no keys.
  std::optional<Access> Find(std::string_view key, std::string_view secret);

  // How many keys Find knows now, or the error for which it lets nobody in.
  Result<std::size_t> Count();

 private:
  class Impl;
  explicit AccessKeys(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace callstore::http

#endif  // CALLSTORE_HTTP_ACCESS_KEYS_H_
