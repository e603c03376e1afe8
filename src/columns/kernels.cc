#include "columns/kernels.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "columns/bits.h"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define CALLSTORE_WIDE_KERNELS 1
#include <immintrin.h>
#endif

namespace callstore::columns {
namespace {

constexpr std::size_t kBlock = 64;
using Flags = std::uint8_t[kBlock];  // a byte a row: 0 or 1

// The eight flags at `from` as eight bits: the product moves flag i to bit 56 + i.
inline std::uint64_t PackEight(const std::uint8_t* from) {
  std::uint64_t flags;
  std::memcpy(&flags, from, sizeof flags);
  return (flags * 0x0102040810204080U) >> 56;
}

inline std::uint64_t Pack(const Flags& flags) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < kBlock; i += 8) bits |= PackEight(flags + i) << i;
  return bits;
}

// Inlined into each variant, and compiled there for that variant's instructions.
template <typename T>
[[gnu::always_inline]] inline void TestBlock(const char* values, T low, T span, Flags& flags) {
  for (std::size_t i = 0; i < kBlock; ++i) {
    T value;
    std::memcpy(&value, values + i * sizeof(T), sizeof value);
    flags[i] = static_cast<T>(value - low) <= span ? 1 : 0;
  }
}

template <typename T>
using RangeKernel = void (*)(const char*, std::size_t blocks, T low, T span, std::uint64_t* bits);

template <typename T>
void RangePlain(const char* values, std::size_t blocks, T low, T span, std::uint64_t* bits) {
  for (std::size_t block = 0; block < blocks; ++block) {
    Flags flags;
    TestBlock(values + block * kBlock * sizeof(T), low, span, flags);
    bits[block] |= Pack(flags);
  }
}

#ifdef CALLSTORE_WIDE_KERNELS

#define CALLSTORE_AVX2 __attribute__((target("avx2")))
// With -fsanitize=undefined, GCC 12 stores a mask of 32 bits and reads it back as 64.
#define CALLSTORE_AVX512                                             \
  __attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl"))) \
  __attribute__((no_sanitize("undefined")))

CALLSTORE_AVX2 inline std::uint64_t PackAvx2(const Flags& flags) {
  const auto* from = reinterpret_cast<const __m256i*>(flags);
  const __m256i low = _mm256_slli_epi16(_mm256_loadu_si256(from), 7);
  const __m256i high = _mm256_slli_epi16(_mm256_loadu_si256(from + 1), 7);
  const auto low_bits = static_cast<std::uint32_t>(_mm256_movemask_epi8(low));
  const auto high_bits = static_cast<std::uint32_t>(_mm256_movemask_epi8(high));
  return (std::uint64_t{high_bits} << 32) | low_bits;
}

template <typename T>
CALLSTORE_AVX2 void RangeAvx2(const char* values, std::size_t blocks, T low, T span,
                              std::uint64_t* bits) {
  for (std::size_t block = 0; block < blocks; ++block) {
    alignas(32) Flags flags;
    TestBlock(values + block * kBlock * sizeof(T), low, span, flags);
    bits[block] |= PackAvx2(flags);
  }
}

// 64 bytes of values at `from` that are in range, as a bit each.
template <typename T>
CALLSTORE_AVX512 inline std::uint64_t TestVector(const char* from, T low, T span) {
  const __m512i values = _mm512_loadu_si512(from);
  if constexpr (sizeof(T) == 1) {
    const __m512i above = _mm512_sub_epi8(values, _mm512_set1_epi8(static_cast<char>(low)));
    return _mm512_cmple_epu8_mask(above, _mm512_set1_epi8(static_cast<char>(span)));
  } else if constexpr (sizeof(T) == 2) {
    const __m512i above = _mm512_sub_epi16(values, _mm512_set1_epi16(static_cast<short>(low)));
    return _mm512_cmple_epu16_mask(above, _mm512_set1_epi16(static_cast<short>(span)));
  } else if constexpr (sizeof(T) == 4) {
    const __m512i above = _mm512_sub_epi32(values, _mm512_set1_epi32(static_cast<int>(low)));
    return _mm512_cmple_epu32_mask(above, _mm512_set1_epi32(static_cast<int>(span)));
  } else {
    const __m512i above = _mm512_sub_epi64(values, _mm512_set1_epi64(static_cast<long long>(low)));
    return _mm512_cmple_epu64_mask(above, _mm512_set1_epi64(static_cast<long long>(span)));
  }
}

template <typename T>
CALLSTORE_AVX512 void RangeAvx512(const char* values, std::size_t blocks, T low, T span,
                                  std::uint64_t* bits) {
  for (std::size_t block = 0; block < blocks; ++block) {
    std::uint64_t found = 0;
    for (std::size_t part = 0; part < sizeof(T); ++part) {
      found |= TestVector(values + (block * sizeof(T) + part) * 64, low, span)
               << (part * (64 / sizeof(T)));
    }
    bits[block] |= found;
  }
}

#endif  // CALLSTORE_WIDE_KERNELS

KernelSet ChooseKernels() {
#ifdef CALLSTORE_WIDE_KERNELS
  if (__builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
      __builtin_cpu_supports("avx512dq") != 0) {
    return KernelSet::kAvx512;
  }
  if (__builtin_cpu_supports("avx2") != 0) return KernelSet::kAvx2;
#endif
  return KernelSet::kPlain;
}

template <typename T>
RangeKernel<T> KernelOf([[maybe_unused]] KernelSet kernels) {
#ifdef CALLSTORE_WIDE_KERNELS
  if (kernels == KernelSet::kAvx512) return RangeAvx512<T>;
  if (kernels == KernelSet::kAvx2) return RangeAvx2<T>;
#endif
  return RangePlain<T>;
}

template <typename T>
void AddRangeOf(KernelSet kernels, const ValueArray& array, std::uint64_t low64,
                std::uint64_t span64, std::uint64_t* bits) {
  const RangeKernel<T> kernel = KernelOf<T>(kernels);
  const auto low = static_cast<T>(low64);
  const auto span = static_cast<T>(span64);
  const std::size_t blocks = array.rows / kBlock;
  kernel(array.values, blocks, low, span, bits);
  if (const std::size_t rest = array.rows % kBlock; rest != 0) {
    char last[kBlock * sizeof(T)] = {};
    std::memcpy(last, array.values + blocks * kBlock * sizeof(T), rest * sizeof(T));
    std::uint64_t found = 0;
    kernel(last, 1, low, span, &found);
    bits[blocks] |= found & LowBits(rest);
  }
}

template <typename T>
void AddTableOf(const ValueArray& array, const std::uint8_t* table, std::size_t size,
                std::uint64_t* bits) {
  for (std::size_t first = 0; first < array.rows; first += kBlock) {
    const std::size_t rows = std::min(kBlock, array.rows - first);
    Flags flags = {};
    for (std::size_t i = 0; i < rows; ++i) {
      T value;
      std::memcpy(&value, array.values + (first + i) * sizeof(T), sizeof value);
      if constexpr (sizeof(T) == 1) {
        flags[i] = table[value];
      } else {
        flags[i] = value < size ? table[value] : 0;
      }
    }
    bits[first / kBlock] |= Pack(flags);
  }
}

}  // namespace

std::vector<KernelSet> AvailableKernels() {
  switch (ChooseKernels()) {
    case KernelSet::kAvx512:
      return {KernelSet::kAvx512, KernelSet::kAvx2, KernelSet::kPlain};
    case KernelSet::kAvx2:
      return {KernelSet::kAvx2, KernelSet::kPlain};
    default:
      return {KernelSet::kPlain};
  }
}

void AddInRangeBy(KernelSet kernels, const ValueArray& array, std::uint64_t low, std::uint64_t span,
                  std::uint64_t* bits) {
  switch (array.width) {
    case 1:
      return AddRangeOf<std::uint8_t>(kernels, array, low, span, bits);
    case 2:
      return AddRangeOf<std::uint16_t>(kernels, array, low, span, bits);
    case 4:
      return AddRangeOf<std::uint32_t>(kernels, array, low, span, bits);
    default:
      assert(array.width == 8);
      return AddRangeOf<std::uint64_t>(kernels, array, low, span, bits);
  }
}

void AddInRange(const ValueArray& array, std::uint64_t low, std::uint64_t span,
                std::uint64_t* bits) {
  static const KernelSet kernels = ChooseKernels();
  AddInRangeBy(kernels, array, low, span, bits);
}

void AddInTable(const ValueArray& array, const std::uint8_t* table, std::size_t size,
                std::uint64_t* bits) {
  if (array.width == 1) return AddTableOf<std::uint8_t>(array, table, size, bits);
  assert(array.width == 2);
  AddTableOf<std::uint16_t>(array, table, size, bits);
}

}  // namespace callstore::columns
