#include "bench/corpus.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "bench/archive.h"
#include "callstore/json.h"

namespace callstore::bench {

std::vector<std::string> ReadJsonLines(const std::string& path) {
  struct CloseFile {
    void operator()(gzFile file) const { gzclose(file); }
  };
  const std::unique_ptr<gzFile_s, CloseFile> file(gzopen(path.c_str(), "rb"));
  if (file == nullptr) return {};
  std::string text;
  std::vector<char> buffer(std::size_t{1} << 20);
  int size = 0;
  while ((size = gzread(file.get(), buffer.data(), static_cast<unsigned>(buffer.size()))) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  if (size < 0) return {};
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

const std::vector<std::string>& CorpusTexts() {
  static const std::vector<std::string> texts = [] {
    const char* given = std::getenv("CALLSTORE_CORPUS");
    return ReadJsonLines(given != nullptr ? given : CALLSTORE_CORPUS_FILE);
  }();
  return texts;
}

const std::vector<std::string>& GeneratedTexts() {
  static const std::vector<std::string> texts = [] {
    constexpr std::int64_t kMost = 2'000;
    const Archive& archive = Archive::Of(Size::kFull);
    std::vector<std::string> made;
    for (std::int64_t i = 0; i < std::min(kMost, archive.calls()); ++i) {
      made.push_back(ToJson(
          *Must(archive.store().Get(kOrganization, archive.workload().Id(i)), "get a call")));
    }
    return made;
  }();
  return texts;
}

}  // namespace callstore::bench
