#include "bench/print_calls.h"

#include <cstdint>
#include <cstdio>
#include <string>

#include "bench/archive.h"
#include "bench/settings.h"
#include "bench/workload.h"
#include "callstore/json.h"
#include "json/call_reader.h"
#include "record/access.h"
#include "record/draft.h"
#include "record/encode.h"

namespace callstore::bench {

bool PrintCalls(std::string_view size_name) {
  const Settings& settings = GetSettings();
  const Size size = size_name == SizeName(Size::kSmall) ? Size::kSmall : Size::kFull;
  const std::int64_t count = size == Size::kSmall ? settings.calls : settings.full_calls;
  const Workload workload(size, settings.seed);
  record::Draft draft;
  record::Encoder encoder;
  std::string line;
  for (std::int64_t i = 0; i < count; ++i) {
    Call call = workload.MakeCall(i);
    call.organization_id = std::string("org-") + SizeName(size);
    Must(json::DraftOf(call, &draft), "make a call");
    const auto encoded = encoder.Encode(draft, {.stored_at = 1, .changed_at = 1});
    line.clear();
    AppendJson(CallViewAccess::Make(call.organization_id, encoded.call, encoded.transcript, true),
               {}, &line);
    line += '\n';
    if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size()) break;
  }
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return true;
  std::fprintf(stderr, "callstore_bench: cannot write the calls\n");
  return false;
}

}  // namespace callstore::bench
