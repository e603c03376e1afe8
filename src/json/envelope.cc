// The documented envelopes, and the public functions that print calls.
#include "json/envelope.h"

#include "base/error.h"
#include "callstore/json.h"
#include "json/call_writer.h"
#include "json/output.h"

namespace callstore {
namespace json {

void BeginSuccess(std::string_view message, std::string* text) {
  Output out(text);
  out.Put(std::string_view("{\"message\":"));
  out.PutString(message);
  out.Put(std::string_view(",\"status\":\"success\",\"error\":null,\"data\":"));
}

std::string_view SortOrderName(SortOrder order) {
  return order == SortOrder::kAscending ? "ascending" : "descending";
}

void PutExplain(const Explain& explain, Output* out) {
  ObjectOutput object(out);
  object.Key("plan").PutString(explain.plan);
  object.Key("chunks_read").PutInt64(explain.chunks_read);
  object.Key("chunks_skipped").PutInt64(explain.chunks_skipped);
  object.Key("chunks_known").PutInt64(explain.chunks_known);
  object.Key("rows_tested").PutInt64(explain.rows_tested);
  object.Key("residual_rows").PutInt64(explain.residual_rows);
  object.Key("residual_transcripts").PutInt64(explain.residual_transcripts);
  object.End();
}

}  // namespace json

namespace {

using json::BeginSuccess;
using json::ObjectOutput;
using json::Output;
using json::Presence;

void PutCount(ObjectOutput* object, std::string_view key,
              const std::optional<std::int64_t>& count) {
  Output& out = object->Key(key);
  if (count) {
    out.PutInt64(*count);
  } else {
    out.Put(std::string_view("null"));
  }
}

void PutPagination(const Pagination& pagination, Output* out) {
  ObjectOutput object(out);
  object.Key("page").PutInt64(pagination.page);
  object.Key("limit").PutInt64(pagination.limit);
  PutCount(&object, "total_count", pagination.total_count);
  PutCount(&object, "total_pages", pagination.total_pages);
  object.Key("has_next_page").PutBool(pagination.has_next_page);
  object.Key("has_previous_page").PutBool(pagination.has_previous_page);
  object.End();
}

void PutCursor(std::string_view key, std::string_view cursor, Output* out) {
  out->Put(std::string_view(",\""));
  out->Put(key);
  out->Put(std::string_view("\":"));
  if (cursor.empty()) {
    out->Put(std::string_view("null"));
  } else {
    out->PutString(cursor);
  }
}

void PutHit(const TranscriptHit& hit, Output* out) {
  ObjectOutput object(out);
  object.Key("utterance").PutInt64(static_cast<std::int64_t>(hit.utterance));
  object.Key("offset").PutInt64(static_cast<std::int64_t>(hit.offset_bytes));
  object.Key("size").PutInt64(static_cast<std::int64_t>(hit.size_bytes));
  if (hit.start) object.Key("start").PutDouble(*hit.start);
  if (hit.end) object.Key("end").PutDouble(*hit.end);
  object.End();
}

// An array for each call.
void PutTranscriptHits(const std::vector<std::vector<TranscriptHit>>& calls, Output* out) {
  char before = '[';
  for (const std::vector<TranscriptHit>& hits : calls) {
    out->Put(before);
    before = ',';
    out->Put('[');
    for (std::size_t i = 0; i < hits.size(); ++i) {
      if (i > 0) out->Put(',');
      PutHit(hits[i], out);
    }
    out->Put(']');
  }
  out->Put(']');
}

// What comes before the calls of a list.
void PutListHead(const Page& page, std::string* text) {
  BeginSuccess("Calls retrieved successfully", text);
  Output out(text);
  out.Put(std::string_view("{\"organization_id\":"));
  out.PutString(page.organization_id);
  out.Put(std::string_view(",\"calls\":["));
}

// What follows the calls in the data of a list.
void PutListTail(const Page& page, std::string* text) {
  Output out(text);
  out.Put(std::string_view("],\"pagination\":"));
  PutPagination(page.pagination, &out);
  out.Put(std::string_view(",\"returned_count\":"));
  out.PutInt64(static_cast<std::int64_t>(page.calls.size()));
  out.Put(std::string_view(",\"sort_order\":"));
  out.PutString(json::SortOrderName(page.sort_order));
  out.Put(std::string_view(",\"sort_by\":"));
  out.PutString(page.sort_by);
  out.Put(std::string_view(",\"applied_filters\":"));
  out.Put(page.applied_filters_json);
  PutCursor("next_cursor", page.next_cursor, &out);
  PutCursor("previous_cursor", page.previous_cursor, &out);
  PutCursor("end_cursor", page.end_cursor, &out);
  if (!page.complete) out.Put(std::string_view(",\"complete\":false"));
  if (!page.transcript_hits.empty()) {
    out.Put(std::string_view(",\"transcript_hits\":"));
    PutTranscriptHits(page.transcript_hits, &out);
  }
  if (page.explain) {
    out.Put(std::string_view(",\"explain\":"));
    json::PutExplain(*page.explain, &out);
  }
  out.Put(std::string_view("}}"));
}

// The parts of a list: what comes before the calls, each call, and what follows them.
std::size_t PartCount(const Page& page) { return page.calls.size() + 2; }

// REQUIRES: part < PartCount(page).
void PutListPart(const Page& page, const JsonOptions& options, std::size_t part,
                 std::string* text) {
  if (part == 0) return PutListHead(page, text);
  if (part > page.calls.size()) return PutListTail(page, text);
  if (part > 1) *text += ',';
  AppendJson(page.calls[part - 1], options, text);
}

}  // namespace

void AppendJson(const CallView& call, const JsonOptions& options, std::string* out) {
  json::WriteCall(call, options, Presence::kDocumented, out);
}

std::string ToJson(const CallView& call, const JsonOptions& options) {
  std::string text;
  AppendJson(call, options, &text);
  return text;
}

std::string ToJson(const Page& page, const JsonOptions& options) {
  std::string text;
  for (std::size_t i = 0; i < PartCount(page); ++i) PutListPart(page, options, i, &text);
  return text;
}

std::string ToJson(const Page& page) { return ToJson(page, JsonOptions{.view = page.view}); }

PageJson::PageJson(Page page) : page_(std::move(page)), options_{.view = page_.view} {}

PageJson::PageJson(Page page, const JsonOptions& options)
    : page_(std::move(page)), options_(options) {}

bool PageJson::Next(std::string* out) {
  constexpr std::size_t kPieceBytes = std::size_t{64} << 10;
  if (part_ == PartCount(page_)) return false;
  const std::size_t begin = out->size();
  while (part_ < PartCount(page_) && out->size() - begin < kPieceBytes) {
    PutListPart(page_, options_, part_++, out);
  }
  return true;
}

std::string ToJson(const Error& error) {
  std::string text;
  {
    Output out(&text);
    ObjectOutput object(&out);
    object.Key("message").PutString(error.message);
    object.Key("status").PutString("error");
    object.Key("error").PutString(error.ToString());
    object.Key("data").Put(std::string_view("null"));
    object.Key("error_info");
    ObjectOutput info(&out);
    info.Key("code").PutString(ErrorCodeName(error.code));
    info.Key("details");
    bool first = true;
    for (const auto& [key, value] : error.details) {
      out.Put(first ? '{' : ',');
      first = false;
      out.PutString(key);
      out.Put(':');
      out.PutString(value);
    }
    out.Put(first ? std::string_view("{}") : std::string_view("}"));
    info.End();
    object.End();
  }
  return text;
}

std::string GetEnvelope(const CallView& call, const JsonOptions& options) {
  std::string text;
  BeginSuccess("Call retrieved successfully", &text);
  AppendJson(call, options, &text);
  text += '}';
  return text;
}

std::string UpdateEnvelope(const CallView& call) {
  std::string text;
  BeginSuccess("Call updated successfully", &text);
  {
    Output out(&text);
    ObjectOutput data(&out);
    data.Key("operation").PutString("update");
    data.Key("organization_id").PutString(call.organization_id());
    data.Key("call");
  }
  AppendJson(call, {}, &text);
  text += "}}";
  return text;
}

std::string DeleteEnvelope(std::string_view organization_id, std::string_view call_id) {
  std::string text;
  BeginSuccess("Call deleted successfully", &text);
  {
    Output out(&text);
    ObjectOutput data(&out);
    data.Key("call_id").PutString(call_id);
    data.Key("organization_id").PutString(organization_id);
    data.End();
    out.Put('}');
  }
  return text;
}

}  // namespace callstore
