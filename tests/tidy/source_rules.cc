#include "tidy/source_rules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>

namespace callstore::tidy {
namespace {

// A folder of src/ and the folders that it may include, beside itself.
struct Layer {
  std::string_view folder;
  std::vector<std::string_view> uses;
};

const std::vector<Layer>& Layers() {
  static const std::vector<Layer> layers = {
      {"base", {}},
      {"keys", {"base"}},
      {"columns", {"base"}},
      {"record", {"base"}},
      {"json", {"record", "base"}},
      {"query", {"columns", "keys", "base"}},
      {"engine", {"columns", "keys", "base"}},
      {"store", {"engine", "query", "json", "record", "columns", "keys", "base"}},
      {"cli", {}},
      {"http", {}},
  };
  return layers;
}

// A dependency is included from one folder only.
struct Dependency {
  std::string_view header_prefix;
  std::string_view folder;
};
constexpr std::array kDependencies = {
    Dependency{"rocksdb/", "engine"},
    Dependency{"simdjson", "json"},
    Dependency{"flatbuffers/", "record"},
    Dependency{"xxhash.h", "base"},
    Dependency{"utf8proc.h", "base"},
    Dependency{"date/", "store"},
    Dependency{"CLI/", "cli"},
    Dependency{"zlib.h", "cli"},
    Dependency{"openssl/", "http"},
    Dependency{"arpa/", "http"},
    Dependency{"netinet/", "http"},
};

constexpr std::array<std::string_view, 14> kForbiddenWords = {
    "abort",  "cerr",    "clog", "cout",       "exit",  "fprintf",  "perror",
    "printf", "putchar", "puts", "quick_exit", "throw", "vfprintf", "vprintf"};

bool IsWordCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::vector<std::string_view> SplitLines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string Finding(const Source& source, std::size_t line_index, std::string_view what) {
  return source.path + ":" + std::to_string(line_index + 1) + ": " + std::string(what);
}

// "keys" of "src/keys/keys.h"; empty outside src/.
std::string_view FolderOf(std::string_view path) {
  if (!path.starts_with("src/")) return {};
  path.remove_prefix(4);
  return path.substr(0, std::min(path.find('/'), path.size()));
}

// What is wrong with including `header` in a public header; empty: nothing.
std::string_view CheckPublicInclude(std::string_view header) {
  const bool standard = header.find_first_of("/.") == std::string_view::npos;
  if (standard || header.starts_with("callstore/") || header == "tl/expected.hpp") return {};
  return "a public header includes only callstore/, tl/expected.hpp and the standard library";
}

// The same for a file in src/`folder`.
std::string_view CheckLayerInclude(std::string_view folder, std::string_view header) {
  if (header.ends_with("_generated.h")) {
    return folder == "record" ? "" : "only record includes generated headers";
  }
  for (const auto& [prefix, owner] : kDependencies) {
    if (header.starts_with(prefix)) {
      return owner == folder ? "" : "another folder is the only one that includes this dependency";
    }
  }
  const bool on_public_api =
      folder == "engine" || folder == "store" || folder == "cli" || folder == "http";
  if (header == "callstore/store.h" || header == "callstore/callstore.h") {
    return on_public_api ? "" : "only engine, store, cli and http see the store";
  }
  if (header.starts_with("callstore/http/")) {
    return folder == "cli" || folder == "http" ? "" : "only http and cli see the endpoint";
  }
  // http sees the public API alone; this header needs nothing of the library that it links.
  if (folder == "http" && header == "base/thread.h") return {};
  const std::size_t slash = header.find('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view target = header.substr(0, slash);
  if (target == "callstore" || target == folder || target == "sys" || target == "tl") return {};
  for (const Layer& layer : Layers()) {
    if (layer.folder != folder) continue;
    const bool allowed = std::ranges::find(layer.uses, target) != layer.uses.end();
    return allowed ? "" : "this layer must not include that one";
  }
  return "this folder is not in the table of layers";
}

// The header that a line includes; empty: none.
std::string_view IncludedHeader(std::string_view line) {
  if (!line.starts_with("#include ")) return {};
  line.remove_prefix(std::string_view("#include ").size());
  if (line.empty() || (line.front() != '"' && line.front() != '<')) return {};
  const char close = line.front() == '"' ? '"' : '>';
  line.remove_prefix(1);
  return line.substr(0, std::min(line.find(close), line.size()));
}

// Blanks what is not code, a character at a time.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text), out_(text) {}

  std::string Run() {
    while (at_ < text_.size()) {
      if (Sees("//")) {
        BlankUntil("\n", false);
      } else if (Sees("/*")) {
        BlankUntil("*/", true);
      } else if (Sees("R\"")) {
        BlankRawString();
      } else if (text_[at_] == '"' || (text_[at_] == '\'' && !AfterDigit())) {
        BlankQuoted(text_[at_]);
      } else {
        ++at_;
      }
    }
    return std::move(out_);
  }

 private:
  bool Sees(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  // 1'000 is a number, not the start of a character.
  bool AfterDigit() const { return at_ > 0 && IsWordCharacter(text_[at_ - 1]); }

  void BlankTo(std::size_t end) {
    for (; at_ < std::min(end, text_.size()); ++at_) {
      if (text_[at_] != '\n') out_[at_] = ' ';
    }
  }
  void BlankUntil(std::string_view close, bool with_close) {
    const std::size_t found = text_.find(close, at_ + 2);
    if (found == std::string_view::npos) return BlankTo(text_.size());
    BlankTo(found + (with_close ? close.size() : 0));
  }
  void BlankRawString() {
    const std::size_t open = std::min(text_.find('(', at_), text_.size());
    const std::string close = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    BlankUntil(close, true);
  }
  void BlankQuoted(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    BlankTo(end + 1);
  }

  std::string_view text_;
  std::string out_;
  std::size_t at_ = 0;
};

bool HasWord(std::string_view line, std::string_view word) {
  for (std::size_t at = line.find(word); at != std::string_view::npos;
       at = line.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool starts = at == 0 || !IsWordCharacter(line[at - 1]);
    if (starts && (end == line.size() || !IsWordCharacter(line[end]))) return true;
  }
  return false;
}

}  // namespace

std::string BlankCommentsAndLiterals(std::string_view text) { return Blanker(text).Run(); }

Findings CheckIncludes(const Source& source) {
  Findings findings;
  const std::string_view folder = FolderOf(source.path);
  const bool is_public = source.path.starts_with("include/");
  if (folder.empty() && !is_public) return findings;
  const std::vector<std::string_view> lines = SplitLines(source.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view header = IncludedHeader(lines[i]);
    if (header.empty()) continue;
    const std::string_view wrong =
        is_public ? CheckPublicInclude(header) : CheckLayerInclude(folder, header);
    if (!wrong.empty()) {
      findings.push_back(Finding(source, i, std::string(wrong) + ": " + std::string(header)));
    }
  }
  return findings;
}

Findings CheckForbiddenWords(const Source& source) {
  Findings findings;
  const std::string_view folder = FolderOf(source.path);
  const bool is_public = source.path.starts_with("include/");
  if ((folder.empty() && !is_public) || folder == "cli" || folder == "http") return findings;
  const std::string code = BlankCommentsAndLiterals(source.text);
  const std::vector<std::string_view> lines = SplitLines(code);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (const std::string_view word : kForbiddenWords) {
      if (HasWord(lines[i], word)) {
        findings.push_back(Finding(source, i, "the library must not use " + std::string(word)));
      }
    }
  }
  return findings;
}

// A function ends with a brace alone on its line and starts at the nearest line above that has the
// same indent. Only the outermost blocks count: what is inside of them is shorter.
Findings CheckFunctionLengths(const Source& source) {
  Findings findings;
  const std::string code = BlankCommentsAndLiterals(source.text);
  const std::vector<std::string_view> lines = SplitLines(code);
  for (std::size_t end = 0; end < lines.size(); ++end) {
    const std::size_t indent = std::min(lines[end].find_first_not_of(' '), lines[end].size());
    if (lines[end].substr(indent) != "}" || indent > 2) continue;
    std::size_t start = end;
    while (start > 0) {
      const std::string_view line = lines[--start];
      if (line.find_first_not_of(' ') == indent && line[indent] != '#') break;
    }
    const std::size_t length = end - start + 1;
    if (length > kMaxFunctionLines) {
      findings.push_back(Finding(source, start, std::to_string(length) + " lines in a function"));
    }
  }
  return findings;
}

Findings CheckAscii(const Source& source) {
  Findings findings;
  const std::vector<std::string_view> lines = SplitLines(source.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool ascii =
        std::ranges::all_of(lines[i], [](char c) { return (c >= ' ' && c <= '~') || c == '\t'; });
    if (!ascii) findings.push_back(Finding(source, i, "not plain ASCII"));
  }
  return findings;
}

}  // namespace callstore::tidy
