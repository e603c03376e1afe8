// A runtime that serves its own store.
#include <callstore/callstore.h>
#include <callstore/http/server.h>

#include <cstdio>

int main() {
  auto store = callstore::Store::Open({.path = "served_calls"});
  if (!store) return 1;
  auto keys = callstore::http::AccessKeys::Open(callstore::http::KeysPath("served_calls"));
  if (!keys) return 2;
  auto server = callstore::http::Server::Start(&*store, keys->get(), {.port = 0});
  if (!server) return 3;
  std::printf("%d\n", (*server)->port());
  (*server)->Stop();
  return (*keys)->Find("ck_unknown", "cs_unknown") ? 4 : 0;
}
