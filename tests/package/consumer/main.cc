// A user's first minutes: open a store, put a call, list it, close.
#include <callstore/callstore.h>

#include <filesystem>
#include <iostream>

namespace {

int Fail(const callstore::Error& error) {
  std::cerr << error.ToString() << '\n';
  return 1;
}

}  // namespace

int main() {
  const std::filesystem::path path = std::filesystem::current_path() / "calls";
  std::filesystem::remove_all(path);
  auto store = callstore::Store::Open({.path = path.string()});
  if (!store) return Fail(store.error());

  callstore::Call call;
  call.organization_id = "org-1";
  call.id = callstore::NewCallId();
  call.call_id = "call_1";
  call.agent_id = "agent_1";
  call.call_status = callstore::call_status::kOngoing;
  call.start_timestamp = 1703097600000;
  if (auto put = store->Put(call); !put) return Fail(put.error());

  auto page = store->List("org-1", {.limit = 20});
  if (!page) return Fail(page.error());
  if (page->calls.size() != 1 || page->calls[0].call_id() != "call_1") return 1;
  std::cout << callstore::ToJson(*page) << '\n';
  return 0;
}
