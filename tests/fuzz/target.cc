#include "fuzz/target.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/utf8.h"
#include "callstore/json.h"
#include "fuzz/strict_json.h"

namespace callstore::fuzz {
namespace {

std::vector<Target>& MutableTargets() {
  static std::vector<Target> targets;
  return targets;
}

}  // namespace

void Require(bool holds, std::string_view what) {
  if (!holds) throw Violation(std::string(what));
}

void RequireEqual(std::string_view a, std::string_view b, std::string_view what) {
  if (a == b) return;
  throw Violation(std::string(what) + "\n  " + std::string(a) + "\n  " + std::string(b));
}

void RequireGoodError(const Error& error) {
  constexpr ErrorCode kCodes[] = {ErrorCode::kInvalidArgument, ErrorCode::kInvalidCursor,
                                  ErrorCode::kTooLarge, ErrorCode::kCorrupt,
                                  ErrorCode::kUnsupportedFormat};
  Require(std::ranges::find(kCodes, error.code) != std::end(kCodes), "an error of an odd code");
  Require(!error.message.empty() && !error.details.empty(), "an error that says nothing");
  constexpr std::size_t kMostBytes = 8192;
  for (const auto& [name, value] : error.details) {
    Require(IsUtf8(name) && IsUtf8(value), "an error that is not UTF-8");
    Require(value.size() <= kMostBytes, "an error that repeats its input");
  }
  Require(ReadStrictly(ToJson(error)).has_value(), "an error that is not JSON");
}

bool Register(const Target& target) {
  MutableTargets().push_back(target);
  std::ranges::sort(MutableTargets(), {}, &Target::name);
  return true;
}

const std::vector<Target>& Targets() { return MutableTargets(); }

std::vector<std::string> CorpusFiles(std::string_view name) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(CALLSTORE_SOURCE_DIR) / "tests/fuzz/corpus" / name;
  if (!fs::is_directory(folder)) return {};
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<std::string> files;
  for (const fs::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    files.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return files;
}

std::vector<std::string> SeedsOf(const Target& target) {
  std::vector<std::string> seeds;
  if (!target.name.empty()) seeds = CorpusFiles(target.name);
  if (target.seeds != nullptr) std::ranges::move(target.seeds(), std::back_inserter(seeds));
  return seeds;
}

HeapBytes::HeapBytes(std::string_view bytes)
    : size_(bytes.size()), bytes_(std::make_unique<char[]>(bytes.size())) {
  if (!bytes.empty()) std::memcpy(bytes_.get(), bytes.data(), bytes.size());
}

bool RunOn(const Target& target, std::string_view input) {
  const HeapBytes copy(input);
  return target.run(copy.view());
}

unsigned char PartReader::Byte() {
  if (rest_.empty()) return 0;
  const auto byte = static_cast<unsigned char>(rest_.front());
  rest_.remove_prefix(1);
  return byte;
}

std::string_view PartReader::Part() {
  const std::size_t low = Byte();
  const std::size_t high = Byte();
  const std::size_t size = std::min(low + 256 * high, rest_.size());
  const std::string_view part = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return part;
}

void AppendPart(std::string_view part, std::string* input) {
  input->push_back(static_cast<char>(part.size() & 0xFFU));
  input->push_back(static_cast<char>(part.size() >> 8U));
  input->append(part);
}

}  // namespace callstore::fuzz
