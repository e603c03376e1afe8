// Goal:   damage to any file of a store is never silent: its data is as before, or something says
//         that it is not.
// Method: a store that was closed and one whose process was killed; in a copy, one file is damaged;
//         then it is opened and read in a child and compared with what was written. Said counts: an
//         error, a loss in the OpenReport, a fault of Verify, two answers that disagree.
//         CALLSTORE_TEST_DAMAGES=<trials> for more.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "crash/child.h"
#include "crash/crash_folder.h"
#include "crash/file_bytes.h"
#include "crash/script.h"
#include "crash/trials.h"
#include "model/random.h"

namespace callstore::test {
namespace {

namespace fs = std::filesystem;

enum class Damage : std::uint8_t { kFlip, kTruncate, kZero, kDelete, kOlder };
constexpr std::size_t kDamages = 5;
constexpr const char* kDamageNames[kDamages] = {"a bit flipped", "cut short", "64 bytes zeroed",
                                                "deleted", "an older copy"};

// What a file is, by its name.
std::string KindOf(const std::string& name) {
  if (name.starts_with("MANIFEST-")) return "MANIFEST";
  if (name.starts_with("OPTIONS-")) return "OPTIONS";
  if (name.ends_with(".sst")) return "table";
  if (name.ends_with(".log")) return "log";
  return name;
}

enum class Outcome : std::uint8_t { kSame, kSaid, kSilent };

struct Verdict {
  Outcome outcome = Outcome::kSilent;
  std::string text = {};
};

// The first byte of a child's report tells the outcome.
std::string Report(Outcome outcome, const std::string& text) {
  return std::to_string(static_cast<int>(outcome)) + text;
}

// Opens and reads a store of which `expected` was written. Without Verify: what its queries say.
Verdict Judge(const std::string& path, const StoreContent& expected, bool with_verify = true) {
  const ChildEnd end = RunInChild([&] {
    auto store = Store::Open(SmallStore(path));
    if (!store) return Report(Outcome::kSaid, "open: " + store.error().ToString());
    const OpenReport report = store->open_report().value();
    const Reading reading = ReadBack(*store);
    if (reading.error) return Report(Outcome::kSaid, "read: " + reading.error->ToString());
    const std::string wrong = DifferenceOf(reading.content, expected) + reading.disagreement;
    if (wrong.empty()) return Report(Outcome::kSame, reading.faults);
    if (report.log_truncated || report.lost_rows > 0 || report.lost_durable_rows > 0) {
      return Report(Outcome::kSaid, "reported: " + wrong);
    }
    if (with_verify && !reading.faults.empty()) {
      return Report(Outcome::kSaid, "verify: " + reading.faults);
    }
    return Report(Outcome::kSilent, wrong);
  });
  if (!end.finished) return {Outcome::kSilent, end.how};
  return {static_cast<Outcome>(end.report[0] - '0'), end.report.substr(1)};
}

// Where the records of a log end: 7 bytes before each part of one (checksum, size, kind), in blocks
// of 32 KiB. By RocksDB's description of its log.
std::vector<std::size_t> RecordEnds(const std::string& log) {
  constexpr std::size_t kBlockBytes = 32768;
  constexpr std::size_t kHeaderBytes = 7;
  std::vector<std::size_t> ends;
  std::size_t at = 0;
  while (at + kHeaderBytes <= log.size()) {
    const std::size_t left_of_block = kBlockBytes - at % kBlockBytes;
    if (left_of_block < kHeaderBytes) {
      at += left_of_block;
      continue;
    }
    const auto byte = [&](std::size_t i) {
      return static_cast<std::size_t>(static_cast<unsigned char>(log[at + i]));
    };
    const std::size_t kind = byte(6);
    at += kHeaderBytes + byte(4) + 256 * byte(5);
    if (kind == 1 || kind == 4) ends.push_back(at);  // whole, or the last part
  }
  return ends;
}

// Stores to damage: as they are, and as they were earlier.
class Originals {
 public:
  explicit Originals(std::uint64_t seed) : script_(seed, {.steps = kSteps, .reopens = false}) {
    trouble_ = RunInChild([this] { return Make("closed", true); }).text();
    if (trouble_.empty()) trouble_ = RunInChild([this] { return Make("killed", false); }).text();
  }

  const std::string& trouble() const { return trouble_; }
  std::string Path(const std::string& store) const { return folder_.path() + '/' + store; }
  const StoreContent& content() const { return script_.After(kSteps); }

 private:
  static constexpr std::size_t kSteps = 90;

  // Closed once on its way, where the older copy is taken, and once more while it is open.
  std::string Make(const std::string& name, bool close) {
    ScriptRun run(script_, SmallStore(Path(name)), {});
    if (const auto opened = run.Open(); !opened) return opened.error().ToString();
    for (std::size_t i = 0; i < kSteps; ++i) {
      if (const auto ran = run.RunStep(script_.steps()[i]); !ran) return ran.error().ToString();
      if (i == kSteps / 3) {
        if (const auto closed = run.Close(); !closed) return closed.error().ToString();
        fs::copy(Path(name), Path(name + ".older"));
        if (const auto opened = run.Open(); !opened) return opened.error().ToString();
      }
      if (i == kSteps / 3 + 10) {
        fs::copy(Path(name), Path(name + ".older"), fs::copy_options::overwrite_existing);
      }
      if (!close && i == kSteps - 8) {
        if (const auto synced = run.store()->Sync(); !synced) return synced.error().ToString();
      }
    }
    if (!close) EndChild("");
    const auto closed = run.Close();
    return closed ? "" : closed.error().ToString();
  }

  Script script_;
  CrashFolder folder_;
  std::string trouble_;
};

class DamageTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(originals_.trouble(), "") << Seed(); }

  std::string Seed() const { return "CALLSTORE_TEST_SEED=" + std::to_string(trials_.seed); }

  std::string CopyOf(const std::string& store) const {
    folder_.Clear();
    fs::copy(originals_.Path(store), folder_.store(), fs::copy_options::recursive);
    return folder_.store();
  }

  // The names of the files of each kind.
  static std::map<std::string, std::vector<std::string>> FilesOf(const std::string& path) {
    std::map<std::string, std::vector<std::string>> files;
    for (const auto& entry : fs::directory_iterator(path)) {
      const std::string name = entry.path().filename();
      files[KindOf(name)].push_back(name);
    }
    for (auto& [kind, names] : files) std::ranges::sort(names);
    return files;
  }

  // False where this file cannot have this damage.
  bool Inflict(Damage damage, const std::string& store, const std::string& name,
               Random* random) const {
    const std::string path = folder_.store() + '/' + name;
    std::string bytes = BytesOf(path);
    const std::string before = bytes;
    const std::size_t at = bytes.empty() ? 0 : random->Below(bytes.size());
    switch (damage) {
      case Damage::kFlip:
        if (!bytes.empty()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << random->Below(8)));
        break;
      case Damage::kTruncate:
        bytes.resize(at);
        break;
      case Damage::kZero:
        std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    std::min<std::size_t>(64, bytes.size() - at), '\0');
        break;
      case Damage::kDelete:
        return fs::remove(path);
      case Damage::kOlder:
        bytes = BytesOf(originals_.Path(store + ".older") + '/' + name);
        if (bytes.empty()) return false;
        break;
    }
    WriteBytes(path, bytes);
    return bytes != before;
  }

  Trials trials_ = Trials::Of("CALLSTORE_TEST_DAMAGES", 200);
  Originals originals_{trials_.SeedOf(1'000'000'000)};
  CrashFolder folder_;
};

TEST_F(DamageTest, DamagedFileIsNeverSilent) {
  std::map<std::string, int> seen;
  for (std::uint64_t trial = trials_.first; trial < trials_.end; ++trial) {
    const std::string store = trial % 2 == 0 ? "closed" : "killed";
    const auto files = FilesOf(CopyOf(store));
    const auto damage = static_cast<Damage>(trial / 2 % kDamages);
    auto kind = files.begin();
    std::advance(kind, static_cast<std::ptrdiff_t>(trial / 2 / kDamages % files.size()));
    Random random(trials_.SeedOf(trial));
    const std::string name = random.Pick(kind->second);
    if (!Inflict(damage, store, name, &random)) continue;
    const Verdict verdict = Judge(folder_.store(), originals_.content());
    EXPECT_TRUE(verdict.outcome != Outcome::kSilent)
        << name << " of the " << store << " store, " << kDamageNames[trial / 2 % kDamages] << ": "
        << verdict.text << '\n'
        << trials_.Replay(trial);
    if (verdict.outcome == Outcome::kSaid) ++seen[kind->first];
  }
  if (trials_.end - trials_.first >= 200) {
    for (const char* const kind : {"CURRENT", "MANIFEST", "log", "table"}) {
      EXPECT_GT(seen[kind], 0) << "no damage to a " << kind << " was noticed; " << Seed();
    }
  }
}

// A log that ends early, and another after it: what is between them must not be missing in silence,
// also where the first ends with a whole record.
TEST_F(DamageTest, LogThatEndsBeforeTheNextIsNeverSilent) {
  int cuts = 0;
  const std::vector<std::string> logs = FilesOf(CopyOf("killed")).at("log");
  for (const std::string& name : logs) {
    if (name == logs.back()) continue;
    const std::string log = BytesOf(originals_.Path("killed") + '/' + name);
    std::vector<std::size_t> sizes = {0};
    for (const std::size_t end : RecordEnds(log)) {
      sizes.push_back(end);
      if (sizes.size() % 4 == 0) sizes.push_back(end - 3);
    }
    for (const std::size_t size : sizes) {
      if (size >= log.size()) continue;
      CopyOf("killed");
      WriteBytes(folder_.store() + '/' + name, log.substr(0, size));
      const Verdict verdict = Judge(folder_.store(), originals_.content(), false);
      EXPECT_TRUE(verdict.outcome != Outcome::kSilent)
          << name << " of " << log.size() << " bytes cut to " << size << ": " << verdict.text
          << '\n'
          << Seed();
      if (HasFailure()) return;
      ++cuts;
    }
  }
  EXPECT_GT(cuts, 0) << "one log alone; " << Seed();
}

// The negative control: with callstore.state gone too, a manifest that lost its end opens without
// the tables that it named, and no query says so. The harness must see that. The store has one
// table a family, so that none is compacted away.
TEST_F(DamageTest, LossWithoutStateFileIsSeenAsSilent) {
  const std::string path = folder_.path() + "/few";
  const CallDoc doc{.id = "id-1", .revision = 1, .time_ms = 1703097600000, .words = 5};
  const StoreContent expected = {{"org-1", {{doc.id, doc.Json("org-1", true)}}}};
  const ChildEnd made = RunInChild([&]() -> std::string {
    auto store = Store::Open(SmallStore(path));
    if (!store) return store.error().ToString();
    if (const auto put = store->PutJson({}, doc.Json("org-1")); !put) return put.error().ToString();
    const auto closed = store->Close();
    return closed ? "" : closed.error().ToString();
  });
  ASSERT_EQ(made.text(), "");
  const std::string name = FilesOf(path).at("MANIFEST").back();
  const std::string manifest = BytesOf(path + '/' + name);
  std::vector<std::size_t> sizes = RecordEnds(manifest);  // its records are laid out as a log's
  bool silent = false;
  for (; !sizes.empty() && !silent; sizes.pop_back()) {
    const std::string copy = folder_.store();
    fs::remove_all(copy);
    fs::copy(path, copy);
    ASSERT_TRUE(fs::remove(copy + "/callstore.state"));
    WriteBytes(copy + '/' + name, manifest.substr(0, sizes.back()));
    silent = Judge(copy, expected, false).outcome == Outcome::kSilent;
  }
  EXPECT_TRUE(silent);
}

TEST_F(DamageTest, UndamagedCopiesAreTheSame) {
  for (const char* const store : {"closed", "killed"}) {
    CopyOf(store);
    const Verdict verdict = Judge(folder_.store(), originals_.content());
    EXPECT_TRUE(verdict.outcome == Outcome::kSame) << store << ": " << verdict.text;
    EXPECT_EQ(verdict.text, "") << store;
  }
}

}  // namespace
}  // namespace callstore::test
