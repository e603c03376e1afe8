// cmd_change.cc - callstore update, delete: one call, by id or call_id.
#include <unistd.h>

#include <string>
#include <string_view>

#include "callstore/json.h"
#include "cli/commands.h"
#include "cli/csv.h"
#include "cli/failure.h"
#include "cli/input.h"
#include "cli/json_text.h"
#include "cli/terminal.h"
#include "cli/times.h"

namespace callstore::cli {
namespace {

constexpr std::size_t kMostPatchBytes = std::size_t{64} << 20;

// The JSON of --patch: the argument itself, a file's content (@FILE) or standard input (-).
Result<std::string> ReadPatch(const std::string& argument) {
  if (argument == "-") return ReadWholeFile("-", kMostPatchBytes);
  if (argument.starts_with('@')) return ReadWholeFile(argument.substr(1), kMostPatchBytes);
  return argument;
}

std::string_view OutcomeName(PutOutcome outcome) {
  switch (outcome) {
    case PutOutcome::kNew:
      return "new";
    case PutOutcome::kChanged:
      return "changed";
    case PutOutcome::kUnchanged:
      return "unchanged";
  }
  return "changed";
}

// What was done to which call, in the formats that are not the envelope.
std::string FormatOutcome(const std::string& organization, const std::string& id,
                          std::string_view outcome, Format format) {
  if (format == Format::kTable) return id + ": " + std::string(outcome) + "\n";
  if (format == Format::kJsonl) {
    return "{\"organization_id\":" + QuoteJson(organization) + ",\"id\":" + QuoteJson(id) +
           ",\"outcome\":" + QuoteJson(outcome) + "}\n";
  }
  std::string csv;
  AppendCsvRow({"organization_id", "id", "outcome"}, &csv);
  AppendCsvRow({organization, id, std::string(outcome)}, &csv);
  return csv;
}

std::string DeleteQuestion(const CallView& call) {
  std::string question = "Delete call " + std::string(call.call_id().value_or(call.id())) + " of " +
                         std::string(call.organization_id()) + " (" +
                         std::string(call.call_status().value_or("no status"));
  if (call.start_timestamp()) question += ", " + FormatMoment(*call.start_timestamp()) + " UTC";
  return question + ")?";
}

}  // namespace

Result<void> RunCommand(const UpdateOptions& options, Session* session) {
  const Result<std::string> patch = ReadPatch(options.patch);
  if (!patch) return Forward(patch);
  Result<Store> store = OpenForWriting(*session, false);
  if (!store) return Forward(store);
  const Result<std::string> organization = ChooseOrganization(*store, options.organization);
  if (!organization) return Forward(organization);
  const Result<StoredCall> found = FindCall(*store, *organization, options.id, View::kSummary);
  if (!found) return Forward(found);
  const std::string id((*found)->id());

  const Result<PutResult> put = store->Update(*organization, id, *patch, {.sync = true});
  if (!put) return Forward(put);
  if (put->redacted) Notice("the call opts out of the storage of sensitive data: it was redacted");
  if (session->format != Format::kJson) {
    return session->out.Write(
        FormatOutcome(*organization, id, OutcomeName(put->outcome), session->format));
  }
  const Result<StoredCall> updated = store->Get(*organization, id);
  if (!updated) return Forward(updated);
  return session->out.Write(UpdateEnvelope(updated->view()) + "\n");
}

Result<void> RunCommand(const DeleteOptions& options, Session* session) {
  if (!options.yes && !IsTerminal(STDIN_FILENO)) {
    return Failure(ErrorCode::kInvalidArgument,
                   "nobody is there to confirm the deletion; say --yes to delete without asking",
                   {{"field", "--yes"}});
  }
  Result<Store> store = OpenForWriting(*session, false);
  if (!store) return Forward(store);
  const Result<std::string> organization = ChooseOrganization(*store, options.organization);
  if (!organization) return Forward(organization);
  const Result<StoredCall> found = FindCall(*store, *organization, options.id, View::kSummary);
  if (!found) return Forward(found);
  const std::string id((*found)->id());
  if (!options.yes && !Confirm(DeleteQuestion(found->view()))) {
    return Failure(ErrorCode::kIoError, "the call was not deleted");
  }
  Result<void> deleted = store->Delete(*organization, id, {.sync = true});
  if (!deleted) return deleted;
  if (session->format == Format::kJson) {
    return session->out.Write(DeleteEnvelope(*organization, id) + "\n");
  }
  return session->out.Write(FormatOutcome(*organization, id, "deleted", session->format));
}

}  // namespace callstore::cli
