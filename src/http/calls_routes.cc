#include "http/calls_routes.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include "callstore/json.h"

namespace callstore::http {
namespace {

constexpr std::size_t kMostQueryBytes = std::size_t{1} << 20;

// A request of a query: the parameters of a GET, or the JSON body of a POST. No body is no wishes.
template <typename Query, typename ParseParameters, typename ParseBody>
Outcome<Query> ReadQuery(const Exchange& exchange, const ParseParameters& parse_parameters,
                         const ParseBody& parse_body) {
  Result<Query> query = Query{};
  if (exchange.method != Method::kPost) {
    query = parse_parameters(exchange.request.parameters);
  } else {
    CALLSTORE_HTTP_TRY(CheckParameters(exchange.request, {}));
    CALLSTORE_HTTP_TRY(CheckJsonType(exchange.request));
    const auto body =
        ReadBody(exchange, std::min(kMostQueryBytes, exchange.options.max_body_bytes));
    CALLSTORE_HTTP_TRY(body);
    if (!body->empty()) query = parse_body(*body);
  }
  CALLSTORE_HTTP_TRY(query);
  BoundWork(exchange, &query->work);
  return *std::move(query);
}

// Prints a page: whole where it is small, else piece by piece as it is sent.
void AnswerPage(Page page, Response* response) {
  const JsonOptions options = {.view = page.view};
  auto json = std::make_shared<PageJson>(std::move(page), options);
  response->body.clear();
  const bool more = json->Next(&response->body) && json->Next(&response->body);
  if (!more) return;
  response->more = [json](std::string* piece) { return json->Next(piece); };
}

Outcome<View> ReadView(const Request& request) {
  static constexpr std::array<std::string_view, 1> kNames = {"view"};
  CALLSTORE_HTTP_TRY(CheckParameters(request, kNames));
  if (request.parameters.empty()) return View::kFull;
  const std::string_view view = ParameterOf(request, "view");
  if (view == "full") return View::kFull;
  if (view == "summary") return View::kSummary;
  return Refuse(
      ErrorCode::kInvalidArgument, "there is no such view",
      {{"field", "view"}, {"value", std::string(view.substr(0, 32))}, {"valid", "full, summary"}});
}

// Does `operation` on the id, and where there is no such call on the one whose call_id it is. The
// error is that of the id.
template <typename Operation>
auto OnCall(const Exchange& exchange, const Operation& operation)
    -> decltype(operation(std::string_view())) {
  auto done = operation(exchange.id);
  if (done || done.error().code != ErrorCode::kNotFound) return done;
  const Result<StoredCall> found =
      exchange.store.GetByCallId(exchange.access.organization_id, exchange.id, View::kSummary);
  if (!found) {
    if (found.error().code == ErrorCode::kNotFound) return done;
    return tl::unexpected<Error>(found.error());
  }
  return operation((*found)->id());
}

Outcome<void> GetCall(const Exchange& exchange, Response* response) {
  const auto view = ReadView(exchange.request);
  CALLSTORE_HTTP_TRY(view);
  const std::string_view organization = exchange.access.organization_id;
  Result<StoredCall> call = exchange.store.Get(organization, exchange.id, *view);
  if (!call && call.error().code == ErrorCode::kNotFound) {
    if (auto by_call_id = exchange.store.GetByCallId(organization, exchange.id, *view);
        by_call_id || by_call_id.error().code != ErrorCode::kNotFound) {
      call = std::move(by_call_id);
    }
  }
  CALLSTORE_HTTP_TRY(call);
  AnswerJson(200, GetEnvelope(call->view(), {.view = *view}), response);
  return {};
}

// The envelope of a call that was just written.
Outcome<void> AnswerWritten(const Exchange& exchange, const PutResult& written,
                            Response* response) {
  const auto call = exchange.store.Get(exchange.access.organization_id, written.id);
  CALLSTORE_HTTP_TRY(call);
  AnswerJson(written.outcome == PutOutcome::kNew ? 201 : 200, UpdateEnvelope(call->view()),
             response);
  return {};
}

// Settles the ids of a call that is put: the path names the stored call, or the id or the call_id
// of a new one; a body that names no id gets that one.
Outcome<void> SettleIds(const Exchange& exchange, Call* call) {
  const std::string& organization = exchange.access.organization_id;
  if (!call->organization_id.empty() && call->organization_id != organization) {
    return Refuse(ErrorCode::kInvalidArgument, "the call belongs to another organization",
                  {{"field", "organization_id"}, {"valid", organization}});
  }
  call->organization_id = organization;
  const Result<std::string> stored = OnCall(exchange, [&](std::string_view id) {
    return exchange.store.Get(organization, id, View::kSummary).map([](const StoredCall& found) {
      return std::string(found->id());
    });
  });
  if (!stored && stored.error().code != ErrorCode::kNotFound) CALLSTORE_HTTP_TRY(stored);
  const std::string id = stored ? *stored : std::string(exchange.id);
  if (!stored && call->call_id == id) return {};  // its id is its own, or derived
  if (call->id.empty()) call->id = id;
  if (call->id == id) return {};
  return Refuse(ErrorCode::kInvalidArgument, "the body is another call than the path names",
                {{"field", "id"}, {"value", call->id.substr(0, 100)}, {"valid", id}});
}

Outcome<void> PutCall(const Exchange& exchange, Response* response) {
  CALLSTORE_HTTP_TRY(CheckParameters(exchange.request, {}));
  CALLSTORE_HTTP_TRY(CheckJsonType(exchange.request));
  const auto body = ReadBody(exchange, exchange.options.max_body_bytes);
  CALLSTORE_HTTP_TRY(body);
  auto call = ParseCall(*body);
  CALLSTORE_HTTP_TRY(call);
  CALLSTORE_HTTP_TRY(SettleIds(exchange, &*call));
  const auto put = exchange.store.Put(*call, {.on_existing = OnExisting::kMerge});
  CALLSTORE_HTTP_TRY(put);
  return AnswerWritten(exchange, *put, response);
}

Outcome<void> PatchCall(const Exchange& exchange, Response* response) {
  CALLSTORE_HTTP_TRY(CheckParameters(exchange.request, {}));
  CALLSTORE_HTTP_TRY(CheckJsonType(exchange.request));
  const auto body = ReadBody(exchange, exchange.options.max_body_bytes);
  CALLSTORE_HTTP_TRY(body);
  const auto updated = OnCall(exchange, [&](std::string_view id) {
    return exchange.store.Update(exchange.access.organization_id, id, *body);
  });
  CALLSTORE_HTTP_TRY(updated);
  return AnswerWritten(exchange, *updated, response);
}

Outcome<void> DeleteCall(const Exchange& exchange, Response* response) {
  CALLSTORE_HTTP_TRY(CheckParameters(exchange.request, {}));
  const std::string& organization = exchange.access.organization_id;
  std::string deleted_id;
  const auto deleted = OnCall(exchange, [&](std::string_view id) {
    deleted_id = id;
    return exchange.store.Delete(organization, id);
  });
  CALLSTORE_HTTP_TRY(deleted);
  AnswerJson(200, DeleteEnvelope(organization, deleted_id), response);
  return {};
}

}  // namespace

Outcome<void> ListCalls(const Exchange& exchange, Response* response) {
  const auto query = ReadQuery<ListQuery>(exchange, ParseListParameters, ParseListQuery);
  CALLSTORE_HTTP_TRY(query);
  auto page = exchange.store.List(exchange.access.organization_id, *query);
  CALLSTORE_HTTP_TRY(page);
  AnswerPage(*std::move(page), response);
  return {};
}

Outcome<void> AggregateCalls(const Exchange& exchange, Response* response) {
  const auto query =
      ReadQuery<AggregateQuery>(exchange, ParseAggregateParameters, ParseAggregateQuery);
  CALLSTORE_HTTP_TRY(query);
  const auto figures = exchange.store.Aggregate(exchange.access.organization_id, *query);
  CALLSTORE_HTTP_TRY(figures);
  AnswerJson(200, ToJson(*figures), response);
  return {};
}

Outcome<void> ServeCall(const Exchange& exchange, Response* response) {
  switch (exchange.method) {
    case Method::kPut:
      return PutCall(exchange, response);
    case Method::kPatch:
      return PatchCall(exchange, response);
    case Method::kDelete:
      return DeleteCall(exchange, response);
    default:
      return GetCall(exchange, response);
  }
}

}  // namespace callstore::http
