#include "store/bulk_delete.h"

#include <string>

#include "base/error.h"
#include "query/normal_filter.h"
#include "store/lister.h"
#include "store/write_session.h"

namespace callstore::store {
namespace {

constexpr std::int64_t kBatchCalls = 1000;

// Deletes those of a page that still match, as one batch. Readers may have changed them since the
// page was read; under the write lock nobody does.
Result<std::int64_t> DeletePage(State* state, std::string_view organization, const Page& page,
                                const query::NormalFilter& filter, const WriteOptions& options) {
  WriteSession session(state, {&organization, 1});
  std::int64_t deleted = 0;
  for (const CallView& call : page.calls) {
    CALLSTORE_ASSIGN_OR_RETURN(const bool gone,
                               session.DeleteIfMatches(organization, call.id(), filter));
    deleted += gone ? 1 : 0;
  }
  CALLSTORE_RETURN_IF_ERROR(session.Commit(options));
  return deleted;
}

}  // namespace

Result<std::int64_t> DeleteMatching(State* state, std::string_view organization,
                                    const Filter& filter, const WriteOptions& options) {
  CALLSTORE_ASSIGN_OR_RETURN(const query::NormalFilter normal, query::Normalize(filter));
  ListQuery query{
      .limit = kBatchCalls, .view = View::kSummary, .filter = filter, .with_total = false};
  std::int64_t deleted = 0;
  const auto after_some = [&](Error error) {
    error.details.emplace_back("deleted", std::to_string(deleted));
    return tl::unexpected<Error>(std::move(error));
  };
  for (;;) {
    auto page = ListPage(state, organization, query);
    if (!page) return after_some(std::move(page).error());
    auto of_page = DeletePage(state, organization, *page, normal, options);
    if (!of_page) return after_some(std::move(of_page).error());
    deleted += *of_page;
    state->counters.Add(Counter::kDeletes, *of_page);
    if (page->next_cursor.empty()) return deleted;
    query.cursor = page->next_cursor;
  }
}

}  // namespace callstore::store
