#include "store/bulk_delete.h"

#include <utility>

#include "base/error.h"
#include "callstore/json.h"
#include "query/normal_filter.h"
#include "store/lister.h"

namespace callstore::store {
namespace {

constexpr std::int64_t kBatchCalls = 1000;

class BulkDelete {
 public:
  BulkDelete(State* state, std::string_view organization, const Doomed& doomed,
             const WriteOptions& options, const BeforeBatch& before_batch)
      : state_(state),
        organization_(organization),
        doomed_(doomed),
        options_(options),
        before_batch_(before_batch) {}

  Result<BulkDeletion> Run() {
    CALLSTORE_ASSIGN_OR_RETURN(conditions_.filter, query::Normalize(doomed_.filter));
    conditions_.before = doomed_.before;
    conditions_.stored_until = doomed_.stored_until;
    conditions_.held = doomed_.held;
    if (doomed_.held == Held::kRefuse) CALLSTORE_RETURN_IF_ERROR(CheckNoneHeld());
    Result<void> deleted = DeletePages();
    if (deleted) return result_;
    deleted.error().details.emplace_back("deleted", std::to_string(result_.deleted));
    return tl::unexpected<Error>(std::move(deleted).error());
  }

 private:
  // Oldest first, so that a bound on the time ends the walk.
  ListQuery OldestFirst(std::int64_t limit, Filter filter) const {
    return {.limit = limit,
            .sort_order = SortOrder::kAscending,
            .view = View::kSummary,
            .filter = std::move(filter),
            .with_total = false};
  }
  bool IsPast(const CallView& call) const {
    return doomed_.before && call.list_time() >= *doomed_.before;
  }

  Result<void> CheckNoneHeld() const {
    const auto number = state_->organizations.Find(organization_);
    if (!number) return {};
    for (const Hold& hold : state_->organizations.Record(*number).holds) {
      CALLSTORE_ASSIGN_OR_RETURN(const Filter held, ParseFilter(hold.filter_json));
      CALLSTORE_ASSIGN_OR_RETURN(
          const Page page,
          ListPage(state_, organization_, OldestFirst(1, Filter::And({doomed_.filter, held}))));
      if (page.calls.empty() || IsPast(page.calls[0])) continue;
      return Fail(ErrorCode::kConflict, "a legal hold keeps one of the calls",
                  {{"hold", hold.name}, {"id", Excerpt(page.calls[0].id())}});
    }
    return {};
  }

  Result<void> DeletePages() {
    ListQuery query = OldestFirst(kBatchCalls, doomed_.filter);
    for (;;) {
      CALLSTORE_ASSIGN_OR_RETURN(const Page page, ListPage(state_, organization_, query));
      if (page.calls.empty() || IsPast(page.calls[0])) return {};
      CALLSTORE_RETURN_IF_ERROR(DeletePage(page));
      if (page.next_cursor.empty()) return {};
      query.cursor = page.next_cursor;
    }
  }

  // Others may have changed them since the page was read; under the write lock nobody does.
  Result<void> DeletePage(const Page& page) {
    WriteSession session(state_, {&organization_, 1});
    std::vector<std::string> ids;
    std::int64_t held = 0;
    for (const CallView& call : page.calls) {
      CALLSTORE_ASSIGN_OR_RETURN(const DeleteOutcome outcome,
                                 session.DeleteIf(organization_, call.id(), conditions_));
      if (outcome == DeleteOutcome::kDeleted) ids.emplace_back(call.id());
      held += outcome == DeleteOutcome::kHeld ? 1 : 0;
    }
    if (before_batch_ && !ids.empty()) CALLSTORE_RETURN_IF_ERROR(before_batch_(ids));
    CALLSTORE_RETURN_IF_ERROR(session.Commit(options_));
    const auto deleted = static_cast<std::int64_t>(ids.size());
    result_.deleted += deleted;
    result_.held += held;
    state_->counters.Add(Counter::kDeletes, deleted);
    return {};
  }

  State* state_;
  const std::string_view organization_;
  const Doomed& doomed_;
  const WriteOptions& options_;
  const BeforeBatch& before_batch_;
  DeleteConditions conditions_;
  BulkDeletion result_;
};

}  // namespace

Result<BulkDeletion> DeleteCalls(State* state, std::string_view organization, const Doomed& doomed,
                                 const WriteOptions& options, const BeforeBatch& before_batch) {
  return BulkDelete(state, organization, doomed, options, before_batch).Run();
}

}  // namespace callstore::store
