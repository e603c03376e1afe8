// soak_worker.h - a client with manners, which knows what each answer must be.
//
// Thread safety: a worker is one thread's; `shared` calls change no more.
#ifndef CALLSTORE_TESTS_HTTP_SOAK_WORKER_H_
#define CALLSTORE_TESTS_HTTP_SOAK_WORKER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/soak_run.h"
#include "model/random.h"

namespace callstore::http {

struct SoakWorkerParts {
  std::string owner;  // of its calls, and the begin of their ids
  const SoakOrganization& organization;
  const OwnedCalls& shared;  // of the owner "base"
  std::uint64_t seed = 0;
};

// A new call's members without ids.
test::JsonValue MakeSoakCall(const SoakOrganization& organization, const std::string& owner,
                             std::int64_t start, test::Random* random);

class SoakWorker {
 public:
  SoakWorker(SoakWorkerParts parts, SoakRun* run)
      : parts_(std::move(parts)), run_(run), random_(parts_.seed) {}

  // Asks one thing after another until the run is over.
  void Run();
  // Asks for all of its calls, of this server too, which was started again.
  void CheckAll(SoakRun* run);

 private:
  void Step();
  void Put();
  void Patch();
  void Delete();
  void GetOne();
  void Import();
  void List();
  void Figures();
  void Service();

  // Sends on a connection that is known to be served; the checked answer, or a problem.
  RawResponse Ask(const std::string& request);
  bool Connect();
  void Judge(const std::string& what, const std::string& problem);
  // Judges an answer with this status, whose data holds a call that must be the known one.
  void JudgeCall(const std::string& what, const RawResponse& response, int status,
                 const std::string& id, bool nested);
  std::string SomeId();
  std::int64_t NextTime();
  // A page by number, and some after it by cursor.
  void WalkList(const OwnedCalls& calls, SoakList list, std::size_t pages);
  std::string ListRequest(const SoakList& list, const std::string& cursor);

  SoakWorkerParts parts_;
  SoakRun* run_;
  test::Random random_;
  OwnedCalls calls_;
  std::int64_t times_ = 0;
  std::optional<RawClient> client_;
};

}  // namespace callstore::http

#endif  // CALLSTORE_TESTS_HTTP_SOAK_WORKER_H_
