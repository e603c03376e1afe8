#include "json/transcript_reader.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/bytes.h"
#include "callstore/call.h"
#include "json/members.h"

namespace callstore::json {
namespace {

using record::DraftTurn;
using record::DraftTurnKind;
using record::DraftUtterance;
using record::DraftWord;

constexpr std::size_t kKeptSources = 4096;

constexpr std::array<std::string_view, 3> kUtteranceNames = {"role", "content", "words"};
constexpr std::array<std::string_view, 3> kWordNames = {"word", "start", "end"};
// Documented members of utterances and tool calls; null means absent for them.
constexpr std::array<std::string_view, 7> kTurnNames = {
    "role", "content", "words", "tool_call_id", "name", "arguments", "successful"};

constexpr std::string_view kInvocation = "tool_call_invocation";
constexpr std::string_view kResult = "tool_call_result";

// The keys of a usual word, as the numbers that their bytes are.
constexpr std::uint64_t BytesOf(std::string_view text) {
  std::uint64_t value = 0;
  for (std::size_t i = text.size(); i > 0; --i) {
    value = value << 8 | static_cast<unsigned char>(text[i - 1]);
  }
  return value;
}
constexpr std::uint64_t kWordKey = BytesOf(R"("word":")");
constexpr std::uint64_t kStartKey = BytesOf(R"("start":)");
constexpr std::uint64_t kEndKey = BytesOf(R"(,"end":)");
constexpr std::uint64_t kSevenBytes = 0x00FFFFFFFFFFFFFF;
// Tokens of {"word":"a","start":1,"end":2}.
constexpr std::size_t kUsualWordTokens = 13;

bool IsSpoken(std::string_view role) {
  return role == role::kAgent || role == role::kUser || role == role::kTransferTarget;
}

}  // namespace

void TranscriptReader::Start(Walker* walker, record::Draft* draft) {
  walker_ = walker;
  draft_ = draft;
  sources_.clear();
  if (sources_.capacity() > kKeptSources) sources_.shrink_to_fit();
  next_ = 0;
}

bool TranscriptReader::ReadUtterances() {
  draft_->has_transcript_object = true;
  const bool read = walker_->ReadArray([&] {
    const Walker::Token first = walker_->token();
    if (!ReadUtterance()) return false;
    const Walker::Token last = walker_->token();
    sources_.push_back({*first, last[-1] + 1 - *first, static_cast<std::size_t>(last - first)});
    return true;
  });
  draft_->transcript_object_count = static_cast<std::uint32_t>(draft_->utterances.size());
  return read;
}

bool TranscriptReader::ReadTurns() {
  draft_->has_turns = true;
  return walker_->ReadArray([&] { return ReadTurn(); });
}

bool TranscriptReader::ReadUtterance() {
  const Walker::Token first = walker_->token();
  const std::size_t names = walker_->NameCount();
  DraftUtterance utterance;
  utterance.first_word = static_cast<std::uint32_t>(draft_->words.size());
  record::OptionalText role;
  record::OptionalText content;
  odd_ = has_null_ = false;
  std::uint64_t seen = 0;
  std::size_t field = 0;
  const bool read = walker_->ReadObject([&](const Walker::Key& key) {
    field = FindName(kUtteranceNames, key.name, field);
    if (field == kUtteranceNames.size()) {
      odd_ = true;
      walker_->AddName(key);
      return walker_->Skip();
    }
    if (!walker_->Once(&seen, static_cast<unsigned>(field), key)) return false;
    if (walker_->TakeNull()) return has_null_ = true;
    switch (field++) {
      case 0:
        return walker_->ReadString(&role.emplace());
      case 1:
        return walker_->ReadString(&content.emplace());
      default:
        return ReadWords(&utterance);
    }
  });
  if (!read || !walker_->CheckNames(names)) return false;
  utterance.role = role.value_or("");
  utterance.content = content.value_or("");
  utterance.word_count = static_cast<std::uint32_t>(draft_->words.size()) - utterance.first_word;
  if (odd_ || !role || !content) {
    draft_->words.resize(utterance.first_word);
    utterance.word_count = 0;
    utterance.has_words = false;
    if (!ReadKept(first, true, &utterance.json)) return false;
  }
  draft_->utterances.push_back(utterance);
  return true;
}

bool TranscriptReader::ReadWords(DraftUtterance* utterance) {
  utterance->has_words = true;
  return walker_->ReadArray([&] {
    DraftWord& word = draft_->words.emplace_back();
    return ReadUsualWord(&word) || ReadWord(&word);
  });
}

// {"word":"...","start":SECONDS,"end":SECONDS} to the letter, without escapes.
inline bool TranscriptReader::ReadUsualWord(DraftWord* word) {
  if (walker_->tokens_left() < kUsualWordTokens) return false;
  const char* const text = walker_->text();
  const Walker::Token token = walker_->token();
  const char* p = text + *token;
  if (*p != '{' || LoadLittle<std::uint64_t>(p + 1) != kWordKey) return false;
  const std::uint32_t begin = token[3] + 1;
  const std::uint32_t end = token[4] - 1;
  p = text + end;
  if (p[0] != '"' || p[1] != ',' || LoadLittle<std::uint64_t>(p + 2) != kStartKey) return false;
  if (walker_->HasEscape(begin, end)) return false;
  p = ReadSeconds(p + 10, &word->start_ms);
  if (p == nullptr || (LoadLittle<std::uint64_t>(p) & kSevenBytes) != kEndKey) return false;
  p = ReadSeconds(p + 7, &word->end_ms);
  if (p == nullptr || *p != '}') return false;
  word->word = walker_->View(begin, end);
  walker_->Advance(kUsualWordTokens);
  return true;
}

bool TranscriptReader::ReadWord(DraftWord* word) {
  word->start_ms = word->end_ms = record::kNoTime;
  if (walker_->Peek() != '{') {
    odd_ = true;
    return walker_->Skip();
  }
  const std::size_t names = walker_->NameCount();
  bool has_text = false;
  const bool read = walker_->ReadObject([&](const Walker::Key& key) {
    walker_->AddName(key);
    const std::size_t field = FindName(kWordNames, key.name);
    if (field < kWordNames.size() && walker_->TakeNull()) return has_null_ = true;
    if (field == 0 && walker_->Peek() == '"') {
      has_text = true;
      return walker_->ReadString(&word->word);
    }
    if (field == 1) return ReadWordTime(&word->start_ms);
    if (field == 2) return ReadWordTime(&word->end_ms);
    odd_ = true;
    return walker_->Skip();
  });
  if (!has_text) odd_ = true;
  return read && walker_->CheckNames(names);
}

bool TranscriptReader::ReadWordTime(std::uint32_t* time_ms) {
  std::optional<std::uint32_t> whole;
  if (walker_->Peek() == '-' || IsDigit(walker_->Peek())) {
    std::string_view token;
    if (!walker_->ReadNumber(&token)) return false;
    whole = WholeMilliseconds(token);
  } else if (!walker_->Skip()) {
    return false;
  }
  if (!whole) odd_ = true;
  *time_ms = whole.value_or(record::kNoTime);
  return true;
}

bool TranscriptReader::Repeats() const {
  if (next_ >= sources_.size()) return false;
  const Source& source = sources_[next_];
  return walker_->size_bytes() - walker_->offset() >= source.size_bytes &&
         std::memcmp(walker_->text() + walker_->offset(), walker_->text() + source.begin,
                     source.size_bytes) == 0;
}

bool TranscriptReader::ReadTurn() {
  DraftTurn turn;
  if (Repeats()) {
    walker_->Advance(sources_[next_].tokens);
    turn.kind = DraftTurnKind::kUtterance;
    turn.utterance = next_++;
    draft_->turns.push_back(turn);
    return true;
  }
  const Walker::Token first = walker_->token();
  bool is_speech = false;
  if (!ScanTurn(&turn.role, &is_speech)) return false;
  if (turn.role == kInvocation || turn.role == kResult) {
    walker_->Seek(first);
    if (!ReadToolTurn(&turn)) return false;
    if (odd_ && !KeepTurn(first, &turn)) return false;
  } else if (is_speech) {
    walker_->Seek(first);
    turn.kind = DraftTurnKind::kUtterance;
    turn.utterance = static_cast<std::uint32_t>(draft_->utterances.size());
    turn.role = {};
    if (!ReadUtterance()) return false;
  } else if (!KeepTurn(first, &turn)) {
    return false;
  }
  draft_->turns.push_back(turn);
  return true;
}

bool TranscriptReader::ScanTurn(std::string_view* role, bool* is_speech) {
  has_null_ = false;
  bool has_words = false;
  bool has_text = true;
  const std::size_t names = walker_->NameCount();
  const bool read = walker_->ReadObject([&](const Walker::Key& key) {
    walker_->AddName(key);
    if (key.name == "words") has_words = walker_->Peek() == '[';
    if (key.name == "content") has_text = walker_->Peek() == '"';
    if (key.name != "role") return walker_->Skip();
    if (walker_->TakeNull()) return has_null_ = true;
    return walker_->ReadString(role);
  });
  *is_speech = IsSpoken(*role) || (has_words && has_text);
  return read && walker_->CheckNames(names);
}

// {role, tool_call_id, name, arguments} or {role, tool_call_id, content, successful?}; odd where it
// is more or less than that.
bool TranscriptReader::ReadToolTurn(DraftTurn* turn) {
  const bool invocation = turn->role == kInvocation;
  turn->kind = invocation ? DraftTurnKind::kInvocation : DraftTurnKind::kResult;
  odd_ = has_null_ = false;
  int texts = 0;
  const bool read = walker_->ReadObject([&](const Walker::Key& key) {
    if (key.name == "role") return walker_->Skip();
    if (FindName(kTurnNames, key.name) < kTurnNames.size() && walker_->TakeNull()) {
      return has_null_ = true;
    }
    if (walker_->Peek() == '"') {
      std::string_view* field = nullptr;
      if (key.name == "tool_call_id") field = &turn->tool_call_id;
      if (invocation && key.name == "name") field = &turn->name;
      if (invocation && key.name == "arguments") field = &turn->arguments;
      if (!invocation && key.name == "content") field = &turn->content;
      if (field != nullptr) {
        ++texts;
        return walker_->ReadString(field);
      }
    } else if (!invocation && key.name == "successful" &&
               (walker_->Peek() == 't' || walker_->Peek() == 'f')) {
      return walker_->ReadBool(&turn->successful.emplace());
    }
    odd_ = true;
    return walker_->Skip();
  });
  if (texts != (invocation ? 3 : 2)) odd_ = true;
  return read;
}

bool TranscriptReader::KeepTurn(Walker::Token first, DraftTurn* turn) {
  DraftTurn kept;
  kept.kind = DraftTurnKind::kOther;
  kept.role = turn->role;
  const bool tool = turn->kind != DraftTurnKind::kOther;
  *turn = kept;
  return ReadKept(first, tool || kept.role.empty(), &turn->json);
}

bool TranscriptReader::ReadKept(Walker::Token first, bool every_role, std::string_view* json) {
  walker_->Seek(first);
  if (!has_null_) return walker_->ReadMinified(json);
  std::string kept;
  if (!AppendKept(false, every_role, &kept)) return false;
  *json = walker_->arena()->Copy(kept);
  return true;
}

bool TranscriptReader::AppendKept(bool is_word, bool every_role, std::string* out) {
  bool first = true;
  *out += '{';
  const bool read = walker_->ReadObject([&](const Walker::Key& key) {
    const bool documented = is_word      ? FindName(kWordNames, key.name) < kWordNames.size()
                            : every_role ? FindName(kTurnNames, key.name) < kTurnNames.size()
                                         : key.name == "role";
    if (documented && walker_->TakeNull()) return true;
    if (!first) *out += ',';
    first = false;
    *out += key.raw;
    *out += ':';
    std::string_view json;
    if (is_word || key.name != "words" || walker_->Peek() != '[') {
      if (!walker_->ReadMinified(&json)) return false;
      *out += json;
      return true;
    }
    const char* separator = "[";
    const bool words_read = walker_->ReadArray([&] {
      *out += separator;
      separator = ",";
      if (walker_->Peek() == '{') return AppendKept(true, every_role, out);
      if (!walker_->ReadMinified(&json)) return false;
      *out += json;
      return true;
    });
    *out += *separator == '[' ? "[]" : "]";
    return words_read;
  });
  *out += '}';
  return read;
}

}  // namespace callstore::json
