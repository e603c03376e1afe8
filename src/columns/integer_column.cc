#include "columns/integer_column.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

#include "columns/bits.h"

namespace callstore::columns {
namespace {

// Calls `f` with a 0 of the unsigned type that is `width` bytes wide. REQUIRES: 1, 2, 4 or 8.
template <typename F>
void WithType(std::size_t width, F&& f) {
  switch (width) {
    case 1:
      return f(std::uint8_t{0});
    case 2:
      return f(std::uint16_t{0});
    case 4:
      return f(std::uint32_t{0});
    default:
      return f(std::uint64_t{0});
  }
}

template <typename T>
T Load(const char* from, std::size_t i) {
  T value;
  std::memcpy(&value, from + i * sizeof(T), sizeof value);
  return value;
}

template <typename T>
void Store(T value, char* to, std::size_t i) {
  std::memcpy(to + i * sizeof(T), &value, sizeof value);
}

struct Offsets {
  char* values = nullptr;
  std::size_t width = 0;
};

// Adds `delta` to all, modulo the new width. `to` may be where `from` is, unless it is wider.
void Convert(const char* from, std::size_t from_width, std::size_t rows, std::uint64_t delta,
             const Offsets& to) {
  if (to.width == 0) return;
  if (from_width == 0) {
    WithType(to.width, [&](auto type) {
      using To = decltype(type);
      for (std::size_t i = 0; i < rows; ++i) Store(static_cast<To>(delta), to.values, i);
    });
    return;
  }
  if (from_width == to.width && delta == 0) {
    if (from != to.values) std::memcpy(to.values, from, rows * to.width);
    return;
  }
  WithType(from_width, [&](auto from_type) {
    using From = decltype(from_type);
    WithType(to.width, [&](auto to_type) {
      using To = decltype(to_type);
      const To add = static_cast<To>(delta);
      for (std::size_t i = 0; i < rows; ++i) {
        Store(static_cast<To>(static_cast<To>(Load<From>(from, i)) + add), to.values, i);
      }
    });
  });
}

// The least and the greatest offset of the rows that have a value.
std::pair<std::uint64_t, std::uint64_t> OffsetBounds(const Offsets& offsets,
                                                     const Presence& presence) {
  std::uint64_t least = UINT64_MAX;
  std::uint64_t most = 0;
  WithType(offsets.width, [&](auto type) {
    using T = decltype(type);
    T low = static_cast<T>(UINT64_MAX);
    T high = 0;
    const auto take = [&](std::size_t row) {
      const T value = Load<T>(offsets.values, row);
      low = std::min(low, value);
      high = std::max(high, value);
    };
    for (std::size_t first = 0; first < presence.rows; first += 64) {
      const std::size_t count = std::min<std::size_t>(64, presence.rows - first);
      std::uint64_t bits = presence.words == nullptr ? UINT64_MAX : presence.words[first / 64];
      if (bits == UINT64_MAX) {
        for (std::size_t i = 0; i < count; ++i) take(first + i);
        continue;
      }
      for (; bits != 0; bits &= bits - 1) {
        take(first + static_cast<std::size_t>(std::countr_zero(bits)));
      }
    }
    least = low;
    most = high;
  });
  return {least, most};
}

// Rows without a value have offset 0, so that equal columns are equal bytes.
void ClearAbsent(const Offsets& offsets, const Presence& presence) {
  if (presence.words == nullptr || offsets.width == 0) return;
  for (std::size_t first = 0; first < presence.rows; first += 64) {
    const std::size_t count = std::min<std::size_t>(64, presence.rows - first);
    std::uint64_t bits = ~presence.words[first / 64] & LowBits(count);
    if (CountBits(bits) == count) {
      std::memset(offsets.values + first * offsets.width, 0, count * offsets.width);
      continue;
    }
    for (; bits != 0; bits &= bits - 1) {
      const std::size_t row = first + static_cast<std::size_t>(std::countr_zero(bits));
      std::memset(offsets.values + row * offsets.width, 0, offsets.width);
    }
  }
}

}  // namespace

void AppendIntegers(const IntegerSource& source, std::span<const RowInteger> added,
                    const Presence& presence, std::string* data, ColumnEntry* entry) {
  assert(!source.empty || !added.empty());
  std::int64_t least = source.empty ? added.front().value : source.least;
  std::int64_t most = source.empty ? added.front().value : source.most;
  for (const RowInteger& put : added) {
    least = std::min(least, put.value);
    most = std::max(most, put.value);
  }
  const std::size_t begin = data->size();
  Offsets offsets{.values = nullptr, .width = WidthOf(SpanOf(least, most))};
  data->resize(begin + presence.rows * offsets.width);
  offsets.values = data->data() + begin;
  if (!source.empty) {
    Convert(source.values, source.width, presence.rows, SpanOf(least, source.origin), offsets);
  }
  for (const RowInteger& put : added) {
    if (offsets.width == 0) break;
    const std::uint64_t offset = SpanOf(least, put.value);
    std::memcpy(offsets.values + put.row * offsets.width, &offset, offsets.width);
  }
  if (!source.empty && !source.exact && offsets.width != 0) {
    auto [low, high] = OffsetBounds(offsets, presence);
    // Damaged bytes may be beyond the bounds that stood beside them.
    high = std::min(high, SpanOf(least, most));
    low = std::min(low, high);
    const std::size_t width = WidthOf(high - low);
    Convert(offsets.values, offsets.width, presence.rows, 0 - low,
            {.values = offsets.values, .width = width});
    most = static_cast<std::int64_t>(static_cast<std::uint64_t>(least) + high);
    least = static_cast<std::int64_t>(static_cast<std::uint64_t>(least) + low);
    offsets.width = width;
    data->resize(begin + presence.rows * width);
  }
  ClearAbsent(offsets, presence);
  entry->least = least;
  entry->most = most;
  entry->width = static_cast<std::uint8_t>(offsets.width);
}

}  // namespace callstore::columns
