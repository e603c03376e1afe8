// fuzz_seeds FOLDER: writes what each target begins with to FOLDER/NAME/, and its words as
// FOLDER/NAME.dict, in libFuzzer's form.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "fuzz/target.h"

namespace callstore::fuzz {
namespace {

// "\x7B..." of every byte: no word needs a thought about what to escape.
std::string Escaped(std::string_view word) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string text = "\"";
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    text += "\\x";
    text += kHex[byte / 16U];
    text += kHex[byte % 16U];
  }
  return text + "\"\n";
}

bool Write(const std::filesystem::path& folder, const Target& target) {
  std::filesystem::create_directories(folder / target.name);
  const std::vector<std::string> seeds = SeedsOf(target);
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    std::ofstream file(folder / target.name / ("seed-" + std::to_string(i)), std::ios::binary);
    file << seeds[i];
    if (!file.flush()) return false;
  }
  std::ofstream words(folder / (std::string(target.name) + ".dict"), std::ios::binary);
  for (const std::string_view word : target.words) words << Escaped(word);
  return static_cast<bool>(words.flush());
}

}  // namespace
}  // namespace callstore::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: fuzz_seeds FOLDER\n", stderr);
    return 2;
  }
  for (const callstore::fuzz::Target& target : callstore::fuzz::Targets()) {
    if (callstore::fuzz::Write(argv[1], target)) continue;
    std::perror(argv[1]);
    return 1;
  }
  return 0;
}
