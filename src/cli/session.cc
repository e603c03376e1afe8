#include "cli/session.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "callstore/json.h"
#include "cli/failure.h"
#include "cli/json_text.h"
#include "cli/terminal.h"
#include "cli/text.h"

namespace callstore::cli {
namespace {

constexpr std::size_t kMostNames = 10;

void LogToStderr(LogLevel level, std::string_view message) {
  if (level == LogLevel::kInfo) return;
  Notice((level == LogLevel::kWarning ? "warning: " : "") + std::string(message));
}

// Edits (Levenshtein) that make one text of the other.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row.back();
}

// All names where they are few, else those nearest to `wanted`, or the first ones.
std::string ListNames(const std::vector<OrganizationInfo>& organizations, std::string_view wanted) {
  std::vector<std::pair<std::size_t, std::string_view>> names;
  for (const OrganizationInfo& organization : organizations) {
    const bool rank = organizations.size() > kMostNames && !wanted.empty();
    names.emplace_back(rank ? EditDistance(organization.name, wanted) : 0, organization.name);
  }
  std::sort(names.begin(), names.end());
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNames); ++i) {
    text.append(i == 0 ? "" : ", ").append(names[i].second);
  }
  if (names.size() > kMostNames) {
    text += " and " + GroupDigits(static_cast<std::int64_t>(names.size() - kMostNames)) + " more";
  }
  return text.empty() ? "none; the store is empty" : text;
}

// What went wrong on one line; what to do instead on lines of their own, since it may be long.
void NoteError(const Error& error) {
  Error rest{error.code, error.message, {}};
  for (const auto& detail : error.details) {
    if (detail.first != "valid" && detail.first != "nearest") rest.details.push_back(detail);
  }
  Notice(rest.ToString());
  const std::string_view nearest = error.Detail("nearest");
  const std::string_view valid = error.Detail("valid");
  if (!nearest.empty()) Notice("did you mean " + std::string(nearest) + "?");
  if (!valid.empty()) Notice("valid: " + std::string(valid));
}

}  // namespace

StoreOptions OptionsFor(const Session& session, OpenMode mode, bool create) {
  return {.path = session.common.store,
          .mode = mode,
          .create_if_missing = create,
          .log_sink = LogToStderr};
}

Result<Store> OpenForReading(const Session& session) {
  return Store::Open(OptionsFor(session, OpenMode::kReadOnly, false));
}

Result<Store> OpenForWriting(const Session& session, bool create) {
  return Store::Open(OptionsFor(session, OpenMode::kReadWrite, create));
}

Result<std::string> ChooseOrganization(const Store& store, const std::string& given) {
  if (!given.empty()) return given;
  const Result<std::vector<OrganizationInfo>> organizations = store.Organizations();
  if (!organizations) return Forward(organizations);
  if (organizations->size() == 1) return organizations->front().name;
  if (organizations->empty()) {
    return Failure(ErrorCode::kNotFound, "the store is empty: it has no organization yet");
  }
  return Failure(ErrorCode::kInvalidArgument,
                 "the store has several organizations; say which one with --org",
                 {{"field", "--org"}, {"valid", ListNames(*organizations, "")}});
}

Result<Opened> OpenOrganization(const Session& session, OpenMode mode, const std::string& given) {
  Result<Store> store = Store::Open(OptionsFor(session, mode, false));
  if (!store) return Forward(store);
  Result<std::string> organization = ChooseOrganization(*store, given);
  if (!organization) return Forward(organization);
  return Opened{.store = std::move(*store), .organization = std::move(*organization)};
}

Result<void> CheckOrganization(const Store& store, std::string_view organization) {
  const Result<std::vector<OrganizationInfo>> organizations = store.Organizations();
  if (!organizations) return Forward(organizations);
  const bool known =
      std::any_of(organizations->begin(), organizations->end(),
                  [&](const OrganizationInfo& info) { return info.name == organization; });
  if (known) return {};
  return Failure(ErrorCode::kNotFound, "the store does not know this organization",
                 {{"organization_id", std::string(organization)},
                  {"valid", ListNames(*organizations, organization)}});
}

Result<StoredCall> FindCall(const Store& store, const std::string& organization,
                            const std::string& id, View view) {
  Result<StoredCall> call = store.Get(organization, id, view);
  if (call || call.error().code != ErrorCode::kNotFound) return call;
  call = store.GetByCallId(organization, id, view);
  if (call || call.error().code != ErrorCode::kNotFound) return call;
  const Result<void> known = CheckOrganization(store, organization);
  if (!known) return Forward(known);
  return Failure(ErrorCode::kNotFound, "no call has this id or call_id",
                 {{"organization_id", organization}, {"value", id}});
}

std::string SuccessEnvelope(std::string_view message, std::string_view data_json) {
  return "{\"message\":" + QuoteJson(message) +
         ",\"status\":\"success\",\"error\":null,\"data\":" + std::string(data_json) + "}";
}

int ReportError(Session* session, const Error& error) {
  if (session->out.reader_gone()) return kExitOk;
  if (session->format == Format::kJson) (void)session->out.Write(ToJson(error) + "\n");
  (void)session->out.Flush();
  NoteError(error);
  return ExitCodeOf(error);
}

int ExitCodeOf(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kInvalidCursor:
      return kExitUsage;
    case ErrorCode::kNotFound:
      return kExitNotFound;
    default:
      return kExitError;
  }
}

}  // namespace callstore::cli
