#include "store/group_key.h"

#include <algorithm>
#include <array>
#include <bit>
#include <compare>
#include <cstring>
#include <limits>
#include <numeric>
#include <tuple>

#include "base/json_string.h"
#include "base/minified_json.h"
#include "json/number.h"

namespace callstore::store {
namespace {

constexpr std::size_t kFirstSlots = 1024;
constexpr std::size_t kBitsOfHash = 64;

bool IsNumberText(std::string_view json) {
  return !json.empty() && (json.front() == '-' || (json.front() >= '0' && json.front() <= '9'));
}

// A key as it is compared.
struct OrderedKey {
  int type = 0;
  double number = 0;
  std::int64_t time_ms = 0;
  std::string text;

  friend auto operator<=>(const OrderedKey& a, const OrderedKey& b) {
    const auto rest = [](const OrderedKey& key) { return std::tie(key.time_ms, key.text); };
    if (a.type != b.type)
      return a.type < b.type ? std::weak_ordering::less : std::weak_ordering::greater;
    if (a.number != b.number)
      return a.number < b.number ? std::weak_ordering::less : std::weak_ordering::greater;
    return std::weak_ordering(rest(a) <=> rest(b));
  }
};

OrderedKey OrderedJson(const std::string& json) {
  enum Type { kBoolean, kNumber, kString, kOther };
  OrderedKey key;
  key.text = json;
  const char first = json.empty() ? '\0' : json.front();
  if (first == 'f' || first == 't') {
    key.type = kBoolean;
  } else if (IsNumberText(json)) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    key.type = kNumber;
    key.number = JsonNumber(json).value_or(first == '-' ? -kInfinity : kInfinity);
  } else if (first == '"') {
    key.type = kString;
    std::string buffer;
    key.text = JsonText(json, &buffer);
  } else {
    key.type = kOther;
  }
  return key;
}

std::int64_t TimeOf(const std::string& bytes) {
  std::int64_t time_ms = 0;
  std::memcpy(&time_ms, bytes.data(), sizeof time_ms);
  return time_ms;
}

}  // namespace

std::optional<double> JsonNumber(std::string_view json) {
  if (!IsNumberText(json)) return std::nullopt;
  const auto nearest = json::ToDouble(json);
  if (!nearest) return std::nullopt;
  return nearest->value + 0.0;  // makes -0 a 0
}

std::string_view CanonicalJson(std::string_view json, std::string* buffer) {
  if (IsNumberText(json)) {
    const auto number = JsonNumber(json);
    if (!number) return json;
    buffer->resize(json::kMostNumberBytes);
    const char* const end = json::WriteDouble(*number, buffer->data());
    buffer->resize(static_cast<std::size_t>(end - buffer->data()));
    return *buffer;
  }
  if (json.starts_with('"') && json.find('\\') != std::string_view::npos) {
    std::string unescaped;
    const std::string_view text = JsonText(json, &unescaped);
    buffer->clear();
    AppendJsonString(text, buffer);
    return *buffer;
  }
  return json;
}

std::uint32_t KeyTable::IdOf(std::string_view bytes) {
  if (const auto found = ids_.find(bytes); found != ids_.end()) return found->second;
  const auto id = static_cast<std::uint32_t>(keys_.size());
  ids_.emplace(keys_.emplace_back(bytes), id);
  size_bytes_ += bytes.size();
  return id;
}

std::uint32_t KeyTable::IdOfNull() {
  if (null_ == kNone) {
    null_ = static_cast<std::uint32_t>(keys_.size());
    keys_.emplace_back();  // in no map: an empty text is another key
  }
  return null_;
}

std::uint32_t KeyTable::IdOfText(std::string_view text) { return IdOf(text); }

std::uint32_t KeyTable::IdOfJson(std::string_view json) {
  return json == "null" ? IdOfNull() : IdOf(CanonicalJson(json, &buffer_));
}

std::uint32_t KeyTable::IdOfNumber(double value) {
  std::array<char, json::kMostNumberBytes> text;
  const char* const end = json::WriteDouble(value + 0.0, text.data());
  return IdOf({text.data(), static_cast<std::size_t>(end - text.data())});
}

std::uint32_t KeyTable::IdOfTime(std::int64_t time_ms) {
  std::array<char, sizeof time_ms> bytes;
  std::memcpy(bytes.data(), &time_ms, sizeof time_ms);
  return IdOf({bytes.data(), bytes.size()});
}

std::string KeyTable::Json(std::uint32_t id) const {
  if (is_null(id)) return "null";
  if (form_ == Form::kJson) return keys_[id];
  std::string json;
  AppendJsonString(keys_[id], &json);
  return json;
}

std::int64_t KeyTable::time_ms(std::uint32_t id) const { return TimeOf(keys_[id]); }

std::vector<std::uint32_t> KeyTable::Ranks() const {
  std::vector<OrderedKey> ordered(keys_.size());
  for (std::uint32_t id = 0; id < keys_.size(); ++id) {
    if (is_null(id)) {
      ordered[id].type = std::numeric_limits<int>::max();
    } else if (form_ == Form::kJson) {
      ordered[id] = OrderedJson(keys_[id]);
    } else if (form_ == Form::kTime) {
      ordered[id].time_ms = TimeOf(keys_[id]);
    } else {
      ordered[id].text = keys_[id];
    }
  }
  std::vector<std::uint32_t> order(keys_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order,
                    [&](std::uint32_t a, std::uint32_t b) { return ordered[a] < ordered[b]; });
  std::vector<std::uint32_t> ranks(keys_.size());
  for (std::uint32_t rank = 0; rank < order.size(); ++rank) ranks[order[rank]] = rank;
  return ranks;
}

PairTable::PairTable()
    : slots_(kFirstSlots), shift_(static_cast<int>(kBitsOfHash) - std::countr_zero(kFirstSlots)) {}

std::uint32_t PairTable::Insert(std::uint64_t pair, std::size_t at) {
  const auto number = static_cast<std::uint32_t>(pairs_.size());
  pairs_.push_back(pair);
  slots_[at] = {pair, number};
  if (pairs_.size() * 2 <= slots_.size()) return number;
  slots_.assign(slots_.size() * 2, {});
  --shift_;
  for (std::uint32_t i = 0; i < pairs_.size(); ++i) {
    std::size_t to = Home(pairs_[i]);
    while (slots_[to].number != kEmpty) to = (to + 1) & (slots_.size() - 1);
    slots_[to] = {pairs_[i], i};
  }
  return number;
}

}  // namespace callstore::store
