#include "model/query_check.h"

#include <algorithm>
#include <utility>

#include "model/compare.h"
#include "model/reference_aggregate.h"
#include "model/reference_filter.h"

namespace callstore::test {
namespace {

constexpr std::size_t kMostKept = 40;

std::string_view NameOf(PlanChoice plan) {
  if (plan == PlanChoice::kNoIndex) return "no index";
  return plan == PlanChoice::kBest ? "best" : "rows only";
}

std::string DescribeAggregation(const AggregateQuery& query) {
  std::string text = "aggregate ";
  for (const std::string& metric : query.metrics) text += metric + " ";
  text += "by ";
  for (const std::string& group : query.group_by) text += group + " ";
  return text + "sorted by " + query.sort_by +
         (query.sort_order == SortOrder::kAscending ? " ascending" : " descending") + " limit " +
         std::to_string(query.limit) + " in " + query.time_zone + " plan " +
         std::string(NameOf(query.work.plan));
}

// The words of a search that every match fulfils; nothing where that is not plain to see.
std::optional<std::string> SearchOf(const JsonValue& criteria) {
  const JsonValue* const search = criteria.Find("transcript_search");
  if (search == nullptr || search->kind() != JsonValue::Kind::kText) return std::nullopt;
  if (criteria.members().size() != 1) return std::nullopt;
  return search->text();
}

}  // namespace

std::string QueryCheck::Describe(const ListQuery& query) {
  std::ostringstream text;
  text << "list by " << query.sort_by
       << (query.sort_order == SortOrder::kAscending ? " ascending" : " descending") << " page "
       << query.page << " limit " << query.limit << (query.cursor.empty() ? "" : " by cursor")
       << (query.with_total ? "" : " without total") << " plan " << NameOf(query.work.plan);
  return text.str();
}

std::string QueryCheck::Ask(const Profile& profile, QueryMaker* maker, AskedFilter* asked) const {
  const std::size_t way = random_.Below(100);
  if (way < 10) {
    TextCondition condition = maker->MakeTextCondition();
    asked->criteria = std::move(condition.criteria);
    asked->given = "the text " + condition.text;
    auto filter = ParseCondition(condition.text);
    if (!filter) return asked->given + ": " + filter.error().ToString();
    asked->filter = *std::move(filter);
  } else {
    asked->criteria = maker->Criteria();
    asked->given = (way < 25 ? "the filter " : "the criteria ") + asked->criteria.Print();
    if (way < 25) {
      asked->filter = FilterOf(asked->criteria);
    } else {
      const bool escaped = random_.Chance(20);
      auto filter = ParseFilter(escaped ? EscapedJson(asked->criteria) : asked->criteria.Print());
      if (!filter) return asked->given + ": " + filter.error().ToString();
      asked->filter = *std::move(filter);
    }
  }
  asked->rows = world_.reference().Matching(profile.organization, asked->criteria);
  return {};
}

std::vector<ReferenceRow> QueryCheck::Sorted(const Asked& asked, const ListQuery& query) const {
  std::vector<ReferenceRow> rows = asked.of.rows;
  SortRows(query.sort_by, query.sort_order, world_.fault(), &rows);
  return rows;
}

std::string QueryCheck::CheckCount(const Asked& asked, PlanChoice plan) {
  ++queries_;
  const auto count = asked.store.Count(asked.profile.organization, asked.of.filter, {.plan = plan});
  const std::string where = "count, plan " + std::string(NameOf(plan));
  if (!count) return where + ": " + count.error().ToString();
  return At(where, Differ("count", static_cast<std::size_t>(*count), asked.of.rows.size()));
}

std::string QueryCheck::CheckRow(const CallView& row, const std::string& organization,
                                 View view) const {
  const ReferenceCall* const call = world_.reference().Get(organization, std::string(row.id()));
  if (call == nullptr) return "a row that the model lacks: " + std::string(row.id());
  const JsonValue shown = JsonValue::Parse(ToJson(row, {.view = view}));
  return Differ("call", shown, ReferenceStore::Document(*call, view));
}

void QueryCheck::Keep(const Asked& asked, ListQuery query, const Answer& answer) {
  const std::pair<const std::string*, const std::optional<ReferenceCursor>*> ways[] = {
      {&answer.page.next_cursor, &answer.expected.next},
      {&answer.page.previous_cursor, &answer.expected.previous},
      {&answer.page.end_cursor, &answer.expected.end}};
  const auto& [cursor, reference] = ways[random_.Below(3)];
  if (!*reference || &asked.store != &world_.store()) return;
  query.page = 0;
  query.filter = asked.of.filter;
  query.cursor = *cursor;
  Kept kept{asked.profile.organization, asked.of.criteria, std::move(query), **reference};
  if (kept_.size() < kMostKept) {
    kept_.push_back(std::move(kept));
  } else {
    kept_[random_.Below(kMostKept)] = std::move(kept);
  }
}

std::string QueryCheck::CheckPage(const Asked& asked, const ListQuery& query,
                                  const std::vector<ReferenceRow>& sorted,
                                  const std::optional<ReferenceCursor>& cursor, Answer* answer) {
  ++queries_;
  const std::string where = Describe(query);
  auto page = asked.store.List(asked.profile.organization, query);
  if (!page) return where + ": " + page.error().ToString();
  answer->page = *std::move(page);
  answer->expected = PageOf(sorted, query, cursor, world_.fault());
  std::string difference = ComparePage(answer->page, answer->expected, query);
  if (answer->page.explain) {
    most_chunks_ = std::max(most_chunks_, answer->page.explain->chunks_read);
  }
  const std::vector<CallView>& calls = answer->page.calls;
  if (difference.empty() && !calls.empty() && random_.Chance(10)) {
    difference = CheckRow(random_.Pick(calls), asked.profile.organization, query.view);
  }
  const std::optional<std::string> search = SearchOf(asked.of.criteria);
  if (difference.empty() && search && query.view == View::kFull) {
    difference = Differ("lists of hits", answer->page.transcript_hits.size(), calls.size());
    for (std::size_t i = 0; i < calls.size() && difference.empty(); ++i) {
      const ReferenceCall* const call =
          world_.reference().Get(asked.profile.organization, std::string(calls[i].id()));
      difference = CompareHits(answer->page.transcript_hits[i], call->given, *search);
    }
  }
  return At(where, difference);
}

std::string QueryCheck::ReadAsRequest(const Asked& asked, ListQuery* query) const {
  JsonValue body = JsonValue::Object();
  const bool ascending = query->sort_order == SortOrder::kAscending;
  body.Set("page", JsonValue::Number(query->page));
  body.Set("limit", JsonValue::Number(query->limit));
  body.Set("sort_by", JsonValue::Text(query->sort_by));
  body.Set("sort_order", JsonValue::Text(ascending ? "ascending" : "descending"));
  body.Set("view", JsonValue::Text(query->view == View::kFull ? "full" : "summary"));
  body.Set("filter_criteria", asked.of.criteria);
  body.Set("explain", JsonValue::Bool(query->explain));
  auto read = ParseListQuery(body.Print());
  if (!read) return "the request " + body.Print() + ": " + read.error().ToString();
  read->with_total = query->with_total;
  read->verify = query->verify;
  read->work = query->work;
  *query = *std::move(read);
  return {};
}

// A page by number, and one step by cursor to either side.
std::string QueryCheck::CheckPages(const Asked& asked, ListQuery query) {
  query.filter = asked.of.filter;
  const std::vector<ReferenceRow> sorted = Sorted(asked, query);
  const std::size_t pages = sorted.size() / static_cast<std::size_t>(query.limit) + 2;
  query.page = static_cast<std::int64_t>(random_.Chance(40) ? 0 : random_.Below(pages));
  if (random_.Chance(2)) query.page = INT64_MAX;
  std::string difference;
  if (random_.Chance(20)) difference = ReadAsRequest(asked, &query);
  Answer answer;
  if (difference.empty()) {
    difference = CheckPage(asked, query, sorted, std::nullopt, &answer);
  }
  if (!difference.empty()) return difference;
  Keep(asked, query, answer);
  query.page = 0;
  for (const bool forward : {true, false}) {
    const auto& reference = forward ? answer.expected.next : answer.expected.previous;
    if (!reference || random_.Chance(40)) continue;
    query.cursor = forward ? answer.page.next_cursor : answer.page.previous_cursor;
    Answer step;
    difference = CheckPage(asked, query, sorted, reference, &step);
    if (!difference.empty()) return difference;
    Keep(asked, query, step);
    if (random_.Chance(5)) return CheckStrangeCursor(asked, query, query.cursor);
  }
  return {};
}

// A cursor belongs to one filter and one order.
std::string QueryCheck::CheckStrangeCursor(const Asked& asked, ListQuery query,
                                           const std::string& cursor) {
  query.cursor = cursor;
  if (random_.Chance(50)) {
    query.sort_by = query.sort_by == "created_at" ? "updated_at" : "created_at";
  } else {
    query.filter = query.filter && Field("id") != "nobody";
  }
  ++queries_;
  const auto page = asked.store.List(asked.profile.organization, query);
  if (!page && page.error().code == ErrorCode::kInvalidCursor) return {};
  return "a cursor of another list is taken: " + Describe(query);
}

// The same list by every plan.
std::string QueryCheck::CheckPlans(const Asked& asked, ListQuery query) {
  query.filter = asked.of.filter;
  const std::vector<ReferenceRow> sorted = Sorted(asked, query);
  std::string difference;
  for (const PlanChoice plan : {PlanChoice::kBest, PlanChoice::kNoIndex, PlanChoice::kRowsOnly}) {
    query.work.plan = plan;
    Answer answer;
    if (difference.empty()) difference = CheckPage(asked, query, sorted, std::nullopt, &answer);
    if (difference.empty()) difference = CheckCount(asked, plan);
  }
  return difference;
}

// The whole list by cursor, forward and back.
std::string QueryCheck::CheckWalk(const Asked& asked, ListQuery query) {
  static const std::vector<std::int64_t> kSizes = {1, 2, 7, 100};
  query.filter = asked.of.filter;
  query.limit = random_.Pick(kSizes);
  query.with_total = random_.Chance(50);
  query.view = View::kSummary;
  const auto most = static_cast<std::size_t>(query.limit) * 40;
  const std::vector<ReferenceRow> sorted = Sorted(asked, query);
  if (sorted.size() > most) query.limit = 1000;
  Answer answer;
  std::string difference = CheckPage(asked, query, sorted, std::nullopt, &answer);
  while (difference.empty() && answer.expected.next) {
    query.cursor = answer.page.next_cursor;
    const std::optional<ReferenceCursor> next = answer.expected.next;
    difference = CheckPage(asked, query, sorted, next, &answer);
  }
  while (difference.empty() && answer.expected.previous) {
    query.cursor = answer.page.previous_cursor;
    const std::optional<ReferenceCursor> previous = answer.expected.previous;
    difference = CheckPage(asked, query, sorted, previous, &answer);
  }
  return difference;
}

// What the page says was evaluated: it means the same, and is given back as it was.
std::string QueryCheck::CheckApplied(const Asked& asked, const ListQuery& query) {
  ListQuery first = query;
  first.filter = asked.of.filter;
  const std::vector<ReferenceRow> sorted = Sorted(asked, first);
  Answer answer;
  std::string difference = CheckPage(asked, first, sorted, std::nullopt, &answer);
  if (!difference.empty()) return difference;
  const std::string applied = answer.page.applied_filters_json;
  const auto again = ParseFilter(applied);
  if (!again) return "applied_filters " + applied + ": " + again.error().ToString();
  first.filter = *again;
  difference = CheckPage(asked, first, sorted, std::nullopt, &answer);
  if (difference.empty()) {
    difference = Differ("applied_filters again", answer.page.applied_filters_json, applied);
  }
  const std::vector<ReferenceRow> meant =
      world_.reference().Matching(asked.profile.organization, JsonValue::Parse(applied));
  if (difference.empty()) {
    difference = Differ("calls that they mean", meant.size(), asked.of.rows.size());
  }
  for (std::size_t i = 0; i < meant.size() && difference.empty(); ++i) {
    difference = Differ("a call that they mean", *meant[i].id, *asked.of.rows[i].id);
  }
  return At("applied_filters " + applied, difference);
}

std::string QueryCheck::CheckAggregation(const Asked& asked, AggregateQuery query) {
  ++queries_;
  query.filter = asked.of.filter;
  const auto answer = asked.store.Aggregate(asked.profile.organization, query);
  const std::string where = DescribeAggregation(query);
  if (!answer) return where + ": " + answer.error().ToString();
  return At(where, CompareAggregation(*answer, AggregateRows(asked.of.rows, query, world_.fault()),
                                      query, asked.of.rows.size()));
}

std::string QueryCheck::Round(const Store& store, const Profile& profile) {
  const std::vector<ReferenceRow> all = world_.reference().Matching(profile.organization, {});
  QueryMaker maker(&random_, &profile, &all);
  Asked asked{store, profile, {}};
  std::string difference = Ask(profile, &maker, &asked.of);
  if (!difference.empty()) return profile.organization + ", " + difference;
  ++filters_;
  if (!asked.of.rows.empty() && asked.of.rows.size() < all.size()) ++telling_filters_;
  difference = CheckCount(asked, maker.Plan());
  for (int i = 0; i < 3 && difference.empty(); ++i) {
    difference = CheckPages(asked, maker.MakeListQuery());
  }
  const auto sometimes = [&](std::size_t percent) {
    return difference.empty() && random_.Chance(percent);
  };
  if (sometimes(20)) difference = CheckPlans(asked, maker.MakeListQuery());
  if (sometimes(10)) difference = CheckWalk(asked, maker.MakeListQuery());
  if (sometimes(10)) difference = CheckLimitedWalk(asked, maker.MakeListQuery());
  if (sometimes(10)) difference = CheckLimitedPage(asked, maker.MakeListQuery());
  if (sometimes(30)) difference = CheckApplied(asked, maker.MakeListQuery());
  if (sometimes(60)) difference = CheckAggregation(asked, maker.MakeAggregateQuery());
  if (sometimes(30)) difference = CheckAggregation(asked, maker.MakeAggregateQuery());
  return At(profile.organization + ", " + asked.of.given, difference);
}

std::string QueryCheck::KeptCursor(const Store& store) {
  if (kept_.empty()) return {};
  const Kept& kept = random_.Pick(kept_);
  const auto profile =
      std::ranges::find(world_.profiles(), kept.organization, &Profile::organization);
  Asked asked{store, *profile, {.criteria = kept.criteria, .filter = kept.query.filter}};
  asked.of.rows = world_.reference().Matching(kept.organization, kept.criteria);
  ListQuery query = kept.query;
  query.limit = static_cast<std::int64_t>(1 + random_.Below(30));
  Answer answer;
  return At(kept.organization + ", " + kept.criteria.Print() + ", a cursor of before",
            CheckPage(asked, query, Sorted(asked, query), kept.reference, &answer));
}

}  // namespace callstore::test
