#include "cli/server_arguments.h"

#include <cstdint>
#include <memory>

#include "cli/help.h"

namespace callstore::cli {
namespace {

void AddKeysFile(CLI::App* app, std::string* file) {
  app->add_option("--keys", *file, "The file of the access keys; default DIR.keys")
      ->type_name("FILE");
}

void AddKeys(CLI::App* tool, Arguments* out) {
  CLI::App* const keys =
      AddVerb(tool, out, "keys", "Make, list and revoke access keys of the endpoint", help::kKeys);
  keys->require_subcommand(1);

  const auto create = std::make_shared<KeysCreateOptions>();
  CLI::App* verb = AddVerb(keys, out, "create", "Make a key pair", help::kKeysCreate);
  AddKeysFile(verb, &create->keys);
  verb->add_option("--org", create->organization, "The organization that it opens")
      ->required()
      ->type_name("ORG");
  verb->add_flag("--read-only", create->read_only, "It may read and change nothing");
  verb->callback([=] { out->command = *create; });

  const auto list = std::make_shared<KeysListOptions>();
  verb = AddVerb(keys, out, "list", "List the keys, oldest first", help::kKeysList);
  AddKeysFile(verb, &list->keys);
  verb->callback([=] { out->command = *list; });

  const auto revoke = std::make_shared<KeysRevokeOptions>();
  verb = AddVerb(keys, out, "revoke", "Let a key in no longer", help::kKeysRevoke);
  AddKeysFile(verb, &revoke->keys);
  verb->add_option("KEY", revoke->key, "The key: ck_...")->required()->type_name("");
  verb->callback([=] { out->command = *revoke; });
}

void AddServe(CLI::App* tool, Arguments* out) {
  const auto options = std::make_shared<ServeOptions>();
  CLI::App* const verb = AddVerb(tool, out, "serve", "Serve the store over HTTP", help::kServe);
  AddKeysFile(verb, &options->keys);
  verb->add_option("--listen", options->listen, "Default " + options->listen)
      ->type_name("HOST:PORT");
  verb->add_flag("--follow", options->follow, "Only read, so that another process can write");
  verb->add_option_function<std::int64_t>(
          "--max-connections", [=](std::int64_t count) { options->max_connections = count; },
          "Served at once (default 256)")
      ->type_name("N");
  verb->add_option_function<std::int64_t>(
          "--deadline-ms", [=](std::int64_t limit) { options->deadline_ms = limit; },
          "Of a request (default 30000)")
      ->type_name("MS");
  verb->add_flag_callback(
      "--no-access-log", [=] { options->access_log = false; }, "Do not tell of each request");
  verb->callback([=] { out->command = *options; });
}

}  // namespace

void AddServerVerbs(CLI::App* tool, Arguments* out) {
  AddServe(tool, out);
  AddKeys(tool, out);
}

}  // namespace callstore::cli
