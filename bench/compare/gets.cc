// Goal:   what one call costs, known by its id or its call_id.
// Method: random calls, whole, everything warm.
#include <cstdint>
#include <string>
#include <vector>

#include "bench/compare/race.h"
#include "bench/compare/works.h"
#include "bench/random.h"

namespace callstore::bench {

void MeasureGets(const Collection& collection, const CompareOptions& options, Results* results) {
  constexpr std::size_t kArguments = 1'000;
  std::vector<std::string> ids;
  std::vector<std::string> call_ids;
  Random random(options.seed);
  while (ids.size() < kArguments) {
    const Call call = collection.workload().MakeCall(random.Below(collection.calls()));
    ids.push_back(call.id);
    call_ids.push_back(*call.call_id);
  }
  const auto check = [&](std::size_t i, const PeerAnswer& answer) {
    CheckIds("get", "all", answer.ids, {ids[i]});
  };
  const Contestants& contestants = collection.contestants();
  Question question{
      .work = "gets",
      .operation = "get by id",
      .data = collection.data(),
      .topic = Topic::kGet,
      .kinds = contestants.kinds(),
      .ask = [&](Reader& reader, std::size_t i) { return reader.Get(kOrganization, ids[i]); },
      .arguments = kArguments,
      .check = check};
  AskAll(contestants, question, options.seconds, &results->rows);
  question.operation = "get by call_id";
  question.kinds = contestants.Offering({Work::kCallId});
  question.ask = [&](Reader& reader, std::size_t i) {
    return reader.GetByCallId(kOrganization, call_ids[i]);
  };
  AskAll(contestants, question, options.seconds, &results->rows);
}

}  // namespace callstore::bench
