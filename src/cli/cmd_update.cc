// cmd_update.cc - callstore update: one call, by id or call_id.
#include <string>
#include <string_view>

#include "callstore/json.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/input.h"
#include "cli/json_text.h"
#include "cli/records.h"
#include "cli/terminal.h"

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

}  // namespace

Result<void> RunCommand(const UpdateOptions& options, Session* session) {
  const Result<std::string> patch = ReadPatch(options.patch);
  if (!patch) return Forward(patch);
  Result<Opened> opened = OpenOrganization(*session, OpenMode::kReadWrite, options.organization);
  if (!opened) return Forward(opened);
  auto& [store, organization] = *opened;
  const Result<StoredCall> found = FindCall(store, organization, options.id, View::kSummary);
  if (!found) return Forward(found);
  const std::string id((*found)->id());

  const Result<PutResult> put = store.Update(organization, id, *patch, {.sync = true});
  if (!put) return Forward(put);
  if (put->redacted) Notice("the call opts out of the storage of sensitive data: it was redacted");
  if (session->format != Format::kJson) {
    return session->out.Write(
        FormatOutcome(organization, id, OutcomeName(put->outcome), session->format));
  }
  const Result<StoredCall> updated = store.Get(organization, id);
  if (!updated) return Forward(updated);
  return session->out.Write(UpdateEnvelope(updated->view()) + "\n");
}

}  // namespace callstore::cli
