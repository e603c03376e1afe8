#include "bench/peers/peer.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/hash.h"
#include "bench/archive.h"
#include "json/call_reader.h"
#include "json/call_writer.h"
#include "record/access.h"
#include "record/encode.h"

namespace callstore::bench {

constexpr std::int64_t kBlockBytes = 512;  // what st_blocks counts, whatever the file system

PeerCall MakePeerCall(Call call) {
  record::Draft draft;
  Must(json::DraftOf(call, &draft), "read a call");
  record::Encoder encoder;
  const auto encoded = encoder.Encode(draft, {.stored_at = 1, .changed_at = 1});
  const auto view = [&](bool whole) {
    return CallViewAccess::Make(call.organization_id, encoded.call,
                                whole ? encoded.transcript : std::string_view(), whole);
  };
  PeerCall made;
  made.position = {view(false).list_time(), Hash64(call.id)};
  json::WriteCall(view(true), {}, json::Presence::kGiven, &made.json);
  json::WriteCall(view(false), {}, json::Presence::kGiven, &made.summary_json);
  made.call_record = encoded.call;
  made.transcript_record = encoded.transcript;
  made.call = std::move(call);
  return made;
}

// Of a file neither its holes, as LMDB's map has, nor what was reserved behind its end, as RocksDB
// does for its logs.
std::int64_t Peer::DiskBytes() const {
  std::int64_t bytes = 0;
  std::error_code error;
  for (const auto& file : std::filesystem::recursive_directory_iterator(options_.folder, error)) {
    struct stat status {};
    if (!file.is_regular_file(error) || ::lstat(file.path().c_str(), &status) != 0) continue;
    bytes += std::min<std::int64_t>(status.st_size, status.st_blocks * kBlockBytes);
  }
  return bytes;
}

}  // namespace callstore::bench
