#include "store/ledger.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/error.h"
#include "base/hash.h"
#include "base/json_string.h"
#include "base/minified_json.h"

namespace callstore::store {
namespace {

constexpr std::string_view kKinds[] = {"ids", "before", "all", "receipt", "purged"};
constexpr std::string_view kScopes[] = {"call", "filter", "before", "organization"};
constexpr std::string_view kCheckKey = ",\"check\":\"";

std::string Hex(std::uint64_t number) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = text.size(); i-- > 0; number >>= 4) text[i] = kDigits[number & 15];
  return text;
}

std::optional<std::uint64_t> FromHex(std::string_view text) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (text.size() != 16 || read.ec != std::errc() || read.ptr != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

void AppendMember(std::string_view name, std::int64_t value, std::string* line) {
  *line += ",\"" + std::string(name) + "\":" + std::to_string(value);
}

void AppendMember(std::string_view name, std::string_view value, std::string* line) {
  *line += ",\"" + std::string(name) + "\":";
  AppendJsonString(value, line);
}

// Without its check and closing brace.
std::string Encode(const LedgerEntry& entry) {
  std::string line = "{\"version\":1";
  AppendMember("kind", kKinds[static_cast<std::size_t>(entry.kind)], &line);
  AppendMember("erasure", entry.erasure, &line);
  AppendMember("at", entry.at, &line);
  if (entry.kind != LedgerEntry::Kind::kPurged) {
    AppendMember("organization_id", entry.organization, &line);
  }
  if (entry.kind == LedgerEntry::Kind::kBefore) AppendMember("before", entry.before, &line);
  if (entry.kind == LedgerEntry::Kind::kIds) {
    line += ",\"ids\":[";
    for (std::size_t i = 0; i < entry.ids.size(); ++i) {
      line += (i == 0 ? "\"" : ",\"") + Hex(entry.ids[i][0]) + Hex(entry.ids[i][1]) + '"';
    }
    line += ']';
  }
  if (entry.kind == LedgerEntry::Kind::kReceipt) {
    AppendMember("scope", ErasureScopeName(entry.receipt.scope), &line);
    AppendMember("calls", entry.receipt.calls, &line);
    AppendMember("ids_hash", entry.receipt.ids_hash, &line);
  }
  return line;
}

// Reads the members of a line; each is there or the line is no entry.
class LineReader {
 public:
  explicit LineReader(std::string_view line) : line_(line) {}
  bool ok() const { return ok_; }

  std::int64_t Number(std::string_view name) {
    std::int64_t value = 0;
    const std::string_view text = Value(name);
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    ok_ = ok_ && read.ec == std::errc() && read.ptr == text.data() + text.size();
    return value;
  }
  std::string Text(std::string_view name) {
    const std::string_view text = Value(name);
    ok_ = ok_ && text.size() >= 2 && text.front() == '"';
    if (!ok_) return {};
    std::string buffer;
    return std::string(JsonText(text, &buffer));
  }
  std::vector<IdHash> Hashes(std::string_view name) {
    std::vector<IdHash> hashes;
    for (JsonElements element(Value(name)); element.Next();) {
      const std::string_view text = element.value();
      ok_ = ok_ && text.size() == 34;
      if (!ok_) return {};
      const auto high = FromHex(text.substr(1, 16));
      const auto low = FromHex(text.substr(17, 16));
      ok_ = high && low;
      if (!ok_) return {};
      hashes.push_back({*high, *low});
    }
    return hashes;
  }
  template <typename Names>
  std::size_t Choice(std::string_view name, const Names& names) {
    const std::string text = Text(name);
    const auto found = std::ranges::find(names, text);
    ok_ = ok_ && found != std::end(names);
    return ok_ ? static_cast<std::size_t>(found - std::begin(names)) : 0;
  }

 private:
  std::string_view Value(std::string_view name) {
    const auto value = FindJsonMember(line_, name);
    ok_ = ok_ && value.has_value();
    return value.value_or(std::string_view());
  }

  std::string_view line_;
  bool ok_ = true;
};

std::optional<LedgerEntry> Decode(std::string_view line) {
  LineReader reader(line);
  LedgerEntry entry;
  const bool known = reader.Number("version") == 1;
  entry.kind = static_cast<LedgerEntry::Kind>(reader.Choice("kind", kKinds));
  entry.erasure = reader.Number("erasure");
  entry.at = reader.Number("at");
  if (!reader.ok() || !known) return std::nullopt;
  if (entry.kind != LedgerEntry::Kind::kPurged) {
    entry.organization = reader.Text("organization_id");
  }
  if (entry.kind == LedgerEntry::Kind::kIds) entry.ids = reader.Hashes("ids");
  if (entry.kind == LedgerEntry::Kind::kBefore) entry.before = reader.Number("before");
  if (entry.kind == LedgerEntry::Kind::kReceipt) {
    entry.receipt = {.number = entry.erasure,
                     .organization_id = entry.organization,
                     .scope = static_cast<Erasure::Scope>(reader.Choice("scope", kScopes)),
                     .calls = reader.Number("calls"),
                     .erased_at = entry.at,
                     .ids_hash = reader.Text("ids_hash")};
  }
  if (!reader.ok()) return std::nullopt;
  return entry;
}

std::uint64_t CheckOf(std::string_view line, std::uint64_t previous) {
  return Hash64WithSeed(line, previous);
}

struct Content {
  std::vector<LedgerEntry> entries;
  std::uint64_t last_check = 0;
};

Result<Content> Read(const std::string& path) {
  CALLSTORE_ASSIGN_OR_RETURN(const std::string bytes, engine::ReadWholeFile(path));
  Content content;
  std::size_t at = 0;
  for (std::size_t number = 1;; ++number) {
    const std::size_t end = bytes.find('\n', at);
    if (end == std::string::npos) return content;
    const std::string_view line = std::string_view(bytes).substr(at, end - at);
    const std::size_t check_at = line.rfind(kCheckKey);
    std::optional<LedgerEntry> entry;
    if (check_at != std::string_view::npos && line.ends_with("\"}") &&
        line.size() == check_at + kCheckKey.size() + 16 + 2) {
      const auto check = FromHex(line.substr(check_at + kCheckKey.size(), 16));
      if (check == CheckOf(line.substr(0, check_at), content.last_check)) {
        content.last_check = *check;
        entry = Decode(line);
      }
    }
    if (!entry) {
      return Fail(ErrorCode::kCorrupt, "the ledger of erasures is damaged",
                  {{"path", path}, {"line", std::to_string(number)}});
    }
    content.entries.push_back(*std::move(entry));
    at = end + 1;
  }
}

}  // namespace

std::string LedgerPath(const std::string& store_path) {
  std::string_view path = store_path;
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return std::string(path) + ".erasures";
}

Result<std::vector<LedgerEntry>> ReadLedger(const std::string& path) {
  CALLSTORE_ASSIGN_OR_RETURN(Content content, Read(path));
  return std::move(content.entries);
}

std::vector<ErasureReceipt> ReceiptsOf(const std::vector<LedgerEntry>& entries) {
  std::vector<ErasureReceipt> receipts;
  for (const LedgerEntry& entry : entries) {
    if (entry.kind == LedgerEntry::Kind::kReceipt) receipts.push_back(entry.receipt);
    if (entry.kind != LedgerEntry::Kind::kPurged) continue;
    for (ErasureReceipt& receipt : receipts) {
      if (receipt.purged_at == 0) receipt.purged_at = entry.at;
    }
  }
  return receipts;
}

Result<std::unique_ptr<Ledger>> Ledger::Open(const std::string& path) {
  std::unique_ptr<Ledger> ledger(new Ledger);
  CALLSTORE_ASSIGN_OR_RETURN(ledger->file_, engine::AppendFile::Open(path));
  CALLSTORE_ASSIGN_OR_RETURN(const Content content, Read(path));
  ledger->last_check_ = content.last_check;
  for (const LedgerEntry& entry : content.entries) {
    ledger->last_erasure_ = std::max(ledger->last_erasure_, entry.erasure);
  }
  return ledger;
}

Result<void> Ledger::Append(const LedgerEntry& entry) {
  const std::string line = Encode(entry);
  const std::uint64_t check = CheckOf(line, last_check_);
  CALLSTORE_RETURN_IF_ERROR(file_->Append(line + std::string(kCheckKey) + Hex(check) + "\"}"));
  last_check_ = check;
  last_erasure_ = std::max(last_erasure_, entry.erasure);
  return {};
}

}  // namespace callstore::store

namespace callstore {

std::string_view ErasureScopeName(Erasure::Scope scope) {
  return store::kScopes[static_cast<std::size_t>(scope)];
}

}  // namespace callstore
