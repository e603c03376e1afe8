#include "engine/state_file.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "base/hash.h"
#include "engine/status.h"

namespace callstore::engine {
namespace {

using rocksdb::IOOptions;
using rocksdb::IOStatus;

constexpr std::string_view kMagic = "CSS1";
constexpr std::size_t kStateBytes = 4 + 1 + 8 * 7;
constexpr std::size_t kRecordBytes = kStateBytes + 8;  // and its hash
constexpr std::size_t kSlotBytes = 512;                // a sector: written whole or not at all
constexpr std::size_t kSlots = 2;

std::string EncodeState(const StoreState& state, std::uint64_t turn) {
  std::string bytes(kMagic);
  bytes += static_cast<char>(state.phase);
  for (const std::uint64_t number :
       {turn, state.manifest_number, state.manifest_bytes, state.least_log, state.first_row,
        state.durable, state.acknowledged}) {
    AppendLittle(number, &bytes);
  }
  AppendLittle(Hash64(bytes), &bytes);
  return bytes;
}

struct Slot {
  StoreState state;
  std::uint64_t turn = 0;
};

std::optional<Slot> DecodeSlot(std::string_view bytes) {
  if (bytes.size() < kRecordBytes || !bytes.starts_with(kMagic)) return std::nullopt;
  const std::string_view hashed = bytes.substr(0, kStateBytes);
  if (LoadLittle<std::uint64_t>(bytes.data() + kStateBytes) != Hash64(hashed)) return std::nullopt;
  const auto phase = static_cast<std::uint8_t>(bytes[kMagic.size()]);
  if (phase < 1 || phase > 3) return std::nullopt;
  const auto number = [&](std::size_t i) {
    return LoadLittle<std::uint64_t>(bytes.data() + kMagic.size() + 1 + 8 * i);
  };
  return Slot{.state = {.phase = static_cast<StoreState::Phase>(phase),
                        .manifest_number = number(1),
                        .manifest_bytes = number(2),
                        .least_log = number(3),
                        .first_row = number(4),
                        .durable = number(5),
                        .acknowledged = number(6)},
              .turn = number(0)};
}

rocksdb::FileOptions Unmapped() {
  rocksdb::FileOptions options;
  options.use_mmap_writes = false;
  return options;
}

std::string FileIn(const std::string& folder) { return folder + "/callstore.state"; }

std::optional<Slot> ReadNewest(rocksdb::Env* env, const std::string& folder) {
  std::string bytes;
  if (!rocksdb::ReadFileToString(env, FileIn(folder), &bytes).ok()) return std::nullopt;
  std::optional<Slot> newest;
  for (std::size_t i = 0; i < kSlots && i * kSlotBytes < bytes.size(); ++i) {
    const auto slot = DecodeSlot(std::string_view(bytes).substr(i * kSlotBytes));
    if (slot && (!newest || slot->turn > newest->turn)) newest = slot;
  }
  return newest;
}

// A file with both slots, under another name until it is on disk.
IOStatus MakeFile(rocksdb::FileSystem* files, const std::string& folder, const std::string& slots) {
  const std::string path = FileIn(folder);
  const std::string before = path + ".new";
  std::unique_ptr<rocksdb::FSWritableFile> file;
  IOStatus status = files->NewWritableFile(before, Unmapped(), &file, nullptr);
  if (status.ok()) status = file->Append(slots, IOOptions(), nullptr);
  if (status.ok()) status = file->Sync(IOOptions(), nullptr);
  if (status.ok()) status = file->Close(IOOptions(), nullptr);
  if (status.ok()) status = files->RenameFile(before, path, IOOptions(), nullptr);
  std::unique_ptr<rocksdb::FSDirectory> directory;
  if (status.ok()) status = files->NewDirectory(folder, IOOptions(), &directory, nullptr);
  if (status.ok()) status = directory->Fsync(IOOptions(), nullptr);
  return status;
}

}  // namespace

std::optional<StoreState> StateFile::Read(rocksdb::Env* env, const std::string& folder) {
  const std::optional<Slot> slot = ReadNewest(env, folder);
  if (!slot) return std::nullopt;
  return slot->state;
}

Result<std::unique_ptr<StateFile>> StateFile::Open(rocksdb::Env* env, const std::string& folder,
                                                   const StoreState& state) {
  rocksdb::FileSystem* const files = env->GetFileSystem().get();
  const std::optional<Slot> before = ReadNewest(env, folder);
  const std::uint64_t turn = before ? before->turn : 0;
  if (!before) {
    std::string slots = EncodeState(state, 1);
    slots.resize(kSlots * kSlotBytes);
    CALLSTORE_RETURN_IF_ERROR(ToResult(MakeFile(files, folder, slots)));
  }
  std::unique_ptr<rocksdb::FSRandomRWFile> file;
  CALLSTORE_RETURN_IF_ERROR(
      ToResult(files->NewRandomRWFile(FileIn(folder), Unmapped(), &file, nullptr)));
  std::unique_ptr<StateFile> opened(new StateFile(std::move(file), state, turn));
  CALLSTORE_RETURN_IF_ERROR(opened->SetPhase(state.phase));
  return opened;
}

void StateFile::Raise(std::uint64_t acknowledged, std::uint64_t durable) {
  const std::lock_guard lock(mutex_);
  if (acknowledged <= state_.acknowledged && durable <= state_.durable) return;
  state_.acknowledged = std::max(state_.acknowledged, acknowledged);
  state_.durable = std::max(state_.durable, durable);
  Write().PermitUncheckedError();
}

void StateFile::SetFiles(const StoreState& files) {
  const std::lock_guard lock(mutex_);
  const bool same = files.manifest_number == state_.manifest_number;
  const std::uint64_t least_bytes = same ? state_.manifest_bytes : 0;
  state_.manifest_number = files.manifest_number;
  state_.manifest_bytes = std::max(files.manifest_bytes, least_bytes);
  state_.least_log = files.least_log;
  state_.first_row = files.first_row;
  Write().PermitUncheckedError();
}

Result<void> StateFile::SetPhase(StoreState::Phase phase) {
  const std::lock_guard lock(mutex_);
  state_.phase = phase;
  CALLSTORE_RETURN_IF_ERROR(ToResult(Write()));
  return ToResult(file_->Sync(IOOptions(), nullptr));
}

StoreState StateFile::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

IOStatus StateFile::Write() {
  ++turn_;
  return file_->Write(turn_ % kSlots * kSlotBytes, EncodeState(state_, turn_), IOOptions(),
                      nullptr);
}

}  // namespace callstore::engine
