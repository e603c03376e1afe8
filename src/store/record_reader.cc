#include "store/record_reader.h"

#include <numeric>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/thread.h"
#include "query/list_query.h"

namespace callstore::store {
namespace {

// Of shorter records the thread, and the way of what it read to another CPU, cost more than it
// saves; of longer ones, which take many times their length, one at a time is enough.
constexpr std::size_t kLeastMeanBytes = std::size_t{4} << 10;
constexpr std::size_t kLeastBytes = std::size_t{256} << 10;
constexpr std::size_t kMostAheadBytes = std::size_t{192} << 10;

bool IsWorthAThread(std::span<const std::string_view> texts) {
  const std::size_t bytes =
      std::accumulate(texts.begin(), texts.end(), std::size_t{0},
                      [](std::size_t sum, std::string_view text) { return sum + text.size(); });
  return bytes >= kLeastBytes && bytes / texts.size() >= kLeastMeanBytes &&
         std::thread::hardware_concurrency() > 1;
}

}  // namespace

Result<void> ReadRecord(std::string_view organization, std::string_view text,
                        json::CallReader* reader, record::Draft* draft) {
  CALLSTORE_RETURN_IF_ERROR(reader->Read(text, draft));
  if (draft->organization_id.empty()) draft->organization_id = organization;
  CALLSTORE_RETURN_IF_ERROR(query::CheckOrganization(draft->organization_id));
  if (organization.empty() || organization == draft->organization_id) return {};
  return Fail(ErrorCode::kInvalidArgument, "the record belongs to another organization",
              {{"field", "organization_id"},
               {"value", Excerpt(draft->organization_id)},
               {"valid", Excerpt(organization)}});
}

RecordReader::RecordReader(std::string_view organization, std::span<const std::string_view> texts,
                           RecordSlot* own, ReadAheadSlots* ahead)
    : organization_(organization), texts_(texts), own_(*own) {
  own_.read = false;
  if (!IsWorthAThread(texts)) return;
  ahead_lock_ = std::unique_lock(ahead->mutex, std::try_to_lock);
  if (!ahead_lock_.owns_lock()) return;
  ahead_ = ahead->slots;
  for (RecordSlot& slot : ahead_) slot.read = false;
  try {
    second_ = StartThread([this] { ReadAhead(); });
  } catch (const std::system_error&) {
    ahead_ = {};  // no thread is left
  }
}

RecordReader::~RecordReader() {
  if (!second_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  room_.notify_one();
  second_.join();
}

RecordSlot& RecordReader::SlotOf(std::size_t record) {
  const bool ahead = !ahead_.empty() && texts_[record].size() <= kMostAheadBytes;
  return ahead ? ahead_[record % ahead_.size()] : own_;
}

bool RecordReader::MayTake(std::size_t record) const {
  if (record >= texts_.size()) return false;
  if (record == first_) return true;
  return record < first_ + ahead_.size() && texts_[record].size() <= kMostAheadBytes;
}

void RecordReader::ReadOne(std::unique_lock<std::mutex>* lock) {
  const std::size_t record = taken_++;
  RecordSlot& slot = SlotOf(record);
  lock->unlock();
  try {
    slot.thrown = nullptr;
    slot.outcome = ReadRecord(organization_, texts_[record], &slot.reader, &slot.draft);
  } catch (...) {
    slot.thrown = std::current_exception();
  }
  lock->lock();
  slot.read = true;
}

void RecordReader::ReadAhead() {
  std::unique_lock lock(mutex_);
  while (!stop_ && taken_ < texts_.size()) {
    if (MayTake(taken_)) {
      ReadOne(&lock);
      done_.notify_one();
    } else {
      room_.wait(lock);
    }
  }
}

Result<record::Draft*> RecordReader::Next() {
  std::unique_lock lock(mutex_);
  if (first_ < next_) SlotOf(first_++).read = false;
  // The second thread is woken for more than one record.
  if (taken_ <= next_ + ahead_.size() / 2) room_.notify_one();
  RecordSlot& slot = SlotOf(next_);
  while (!slot.read) {
    if (MayTake(taken_)) {
      ReadOne(&lock);
    } else {
      done_.wait(lock);
    }
  }
  ++next_;
  if (slot.thrown) std::rethrow_exception(slot.thrown);
  CALLSTORE_RETURN_IF_ERROR(std::move(slot.outcome));
  return &slot.draft;
}

}  // namespace callstore::store
