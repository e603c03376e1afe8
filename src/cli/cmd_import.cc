// cmd_import.cc - callstore import: calls from files into the store, in batches.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/call_splitter.h"
#include "cli/commands.h"
#include "cli/csv.h"
#include "cli/failure.h"
#include "cli/input.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "cli/text.h"

namespace callstore::cli {
namespace {

constexpr std::size_t kBatchCalls = 500;
constexpr std::size_t kBatchBytes = std::size_t{8} << 20;

struct Totals {
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t unchanged = 0;
  std::int64_t redacted = 0;
  std::int64_t failed = 0;
  std::int64_t failed_files = 0;

  std::int64_t calls() const { return added + changed + unchanged + failed; }
};

// Reads records and puts them in batches. A bad record is told at once and counted.
class Importer {
 public:
  Importer(const ImportOptions& options, Store* store)
      : options_(options), store_(store), progress_(IsTerminal(STDERR_FILENO)) {}

  // All of one file. An error only where going on with the next file makes no sense.
  Result<void> ImportFile(const std::string& path);

  const Totals& totals() const { return totals_; }

 private:
  void Take(const SplitRecord& record);
  Result<void> PutBatch();
  void Count(const Result<PutResult>& result, std::int64_t line);
  void ReportRecord(std::int64_t line, std::string_view reason);
  void ReportFile(const Error& error);

  const ImportOptions& options_;
  Store* store_;
  Progress progress_;
  Totals totals_;

  std::string file_;   // the one being read
  std::string bytes_;  // the texts of the batch, one after another
  std::vector<std::size_t> ends_;
  std::vector<std::int64_t> lines_;
  std::optional<Error> failed_;  // the store refused a batch: nothing more goes in
};

Result<void> Importer::ImportFile(const std::string& path) {
  Result<InputFile> input = InputFile::Open(path);
  if (!input) {
    ReportFile(input.error());
    return {};
  }
  file_ = input->name();
  const std::int64_t calls_before = totals_.calls();
  progress_.Start(std::filesystem::path(file_).filename().string(), input->size_bytes());
  CallSplitter splitter([this](const SplitRecord& record) { Take(record); });
  while (!failed_ && !Interrupted()) {
    const Result<std::string_view> bytes = input->Read();
    if (!bytes) {
      ReportFile(bytes.error());
      break;
    }
    if (bytes->empty()) break;
    splitter.Feed(*bytes);
    progress_.Update(input->position_bytes(), totals_.calls() - calls_before);
  }
  if (!failed_ && !Interrupted()) splitter.Finish();
  if (!failed_) {
    const Result<void> put = PutBatch();
    if (!put) failed_ = put.error();
  }
  progress_.Clear();
  if (failed_) return tl::unexpected<Error>(*failed_);
  return {};
}

void Importer::Take(const SplitRecord& record) {
  if (failed_) return;
  if (!record.problem.empty()) {
    ReportRecord(record.line, record.problem);
    return;
  }
  bytes_ += record.text;
  ends_.push_back(bytes_.size());
  lines_.push_back(record.line);
  if (ends_.size() < kBatchCalls && bytes_.size() < kBatchBytes) return;
  const Result<void> put = PutBatch();
  if (!put) failed_ = put.error();
}

Result<void> Importer::PutBatch() {
  if (ends_.empty()) return {};
  std::vector<std::string_view> texts;
  texts.reserve(ends_.size());
  std::size_t begin = 0;
  for (const std::size_t end : ends_) {
    texts.push_back(std::string_view(bytes_).substr(begin, end - begin));
    begin = end;
  }
  const Result<std::vector<Result<PutResult>>> results =
      store_->PutJsonBatch(options_.organization, texts, {.on_existing = options_.on_existing});
  if (!results) return Forward(results);
  for (std::size_t i = 0; i < results->size(); ++i) Count((*results)[i], lines_[i]);
  bytes_.clear();
  ends_.clear();
  lines_.clear();
  return {};
}

void Importer::Count(const Result<PutResult>& result, std::int64_t line) {
  if (!result) {
    ReportRecord(line, result.error().ToString());
    return;
  }
  if (result->redacted) ++totals_.redacted;
  switch (result->outcome) {
    case PutOutcome::kNew:
      ++totals_.added;
      return;
    case PutOutcome::kChanged:
      ++totals_.changed;
      return;
    case PutOutcome::kUnchanged:
      ++totals_.unchanged;
      return;
  }
}

void Importer::ReportRecord(std::int64_t line, std::string_view reason) {
  ++totals_.failed;
  progress_.Clear();
  Notice(file_ + ":" + std::to_string(line) + ": " + std::string(reason));
}

void Importer::ReportFile(const Error& error) {
  ++totals_.failed_files;
  progress_.Clear();
  Notice(error.ToString());
}

std::vector<std::pair<std::string, std::int64_t>> NamedTotals(const Totals& totals) {
  return {{"new", totals.added},           {"changed", totals.changed},
          {"unchanged", totals.unchanged}, {"redacted", totals.redacted},
          {"failed", totals.failed},       {"failed_files", totals.failed_files}};
}

std::string FormatTotals(const Totals& totals, Format format) {
  std::string json;
  std::vector<std::string> names;
  std::vector<std::string> values;
  for (const auto& [name, value] : NamedTotals(totals)) {
    names.push_back(name);
    values.push_back(std::to_string(value));
    json += (json.empty() ? "{\"" : ",\"") + name + "\":" + std::to_string(value);
  }
  json += "}";
  switch (format) {
    case Format::kJson:
      return SuccessEnvelope("Calls imported successfully", json) + "\n";
    case Format::kJsonl:
      return json + "\n";
    case Format::kCsv: {
      std::string csv;
      AppendCsvRow(names, &csv);
      AppendCsvRow(values, &csv);
      return csv;
    }
    case Format::kTable:
      break;
  }
  std::string line = GroupDigits(totals.added) + " new, " + GroupDigits(totals.changed) +
                     " changed, " + GroupDigits(totals.unchanged) + " unchanged, " +
                     GroupDigits(totals.redacted) + " redacted";
  if (totals.failed > 0) line += ", " + GroupDigits(totals.failed) + " failed";
  return line + "\n";
}

// The counts of an import that did not take everything, as an error.
tl::unexpected<Error> Incomplete(std::string_view message, const Totals& totals) {
  std::vector<std::pair<std::string, std::string>> details;
  for (const auto& [name, value] : NamedTotals(totals)) {
    details.emplace_back(name, std::to_string(value));
  }
  return Failure(ErrorCode::kIoError, message, std::move(details));
}

// An error where none of the files can be read, so that no store is made for nothing.
Result<void> CheckAnyReadable(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    if (file == "-" || access(file.c_str(), R_OK) == 0) return {};
  }
  const Result<InputFile> input = InputFile::Open(files.front());
  return input ? Result<void>() : Forward(input);
}

}  // namespace

Result<void> RunCommand(const ImportOptions& options, Session* session) {
  Result<void> ready = CheckAnyReadable(options.files);
  if (!ready) return ready;
  Result<Store> store = OpenForWriting(*session, true);
  if (!store) return Forward(store);
  CatchInterrupts();
  Importer importer(options, &*store);
  Result<void> done;
  for (const std::string& file : options.files) {
    if (done && !Interrupted()) done = importer.ImportFile(file);
  }
  const Result<void> closed = store->Sync().and_then([&] { return store->Close(); });
  if (done && !closed) done = closed;

  const Totals& totals = importer.totals();
  const bool complete = done && !Interrupted() && totals.failed == 0 && totals.failed_files == 0;
  if (complete || session->format != Format::kJson) {
    Result<void> written = session->out.Write(FormatTotals(totals, session->format));
    if (!written) return written;
  }
  if (!done) return done;
  if (Interrupted()) return Incomplete("the import was interrupted", totals);
  if (!complete) return Incomplete("not everything could be imported", totals);
  return {};
}

}  // namespace callstore::cli
