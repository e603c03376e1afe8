#include "cli/check_arguments.h"

#include <memory>

#include "cli/help.h"

namespace callstore::cli {

void AddCheckVerbs(CLI::App* tool, Arguments* out) {
  const auto verify = std::make_shared<VerifyStoreOptions>();
  CLI::App* verb = AddVerb(tool, out, "verify", "Look for damage", help::kVerify);
  verb->add_flag_callback(
      "--no-files", [=] { verify->verify.files = false; }, "Read the rows alone, not every block");
  verb->add_option("--most-faults", verify->verify.most_faults,
                   "Describe so many (default 1000); all are counted")
      ->type_name("N");
  verb->callback([=] { out->command = *verify; });

  const auto repair = std::make_shared<RepairStoreOptions>();
  verb = AddVerb(tool, out, "repair", "Make a new store of a damaged one", help::kRepair);
  verb->add_option("--into", repair->target, "The new store; nothing or an empty folder")
      ->required()
      ->type_name("DIR");
  verb->callback([=] { out->command = *repair; });
}

}  // namespace callstore::cli
