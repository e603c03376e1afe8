#include "cli/backup_arguments.h"

#include <memory>

#include "cli/help.h"

namespace callstore::cli {

void AddBackupVerbs(CLI::App* tool, Arguments* out) {
  const auto backup = std::make_shared<TakeBackupOptions>();
  CLI::App* verb =
      AddVerb(tool, out, "backup", "Add a backup of the store to a folder", help::kBackup);
  verb->add_option("FOLDER", backup->folder, "The folder of its backups")
      ->required()
      ->type_name("");
  verb->add_option("--keep", backup->backup.keep, "Remove the oldest ones beyond N")
      ->check(WholeNumber())
      ->type_name("N");
  verb->add_option("--bytes-per-second", backup->backup.bytes_per_second, "Write no faster")
      ->type_name("N");
  verb->add_flag("--verify", backup->backup.verify, "Read all of it back");
  verb->add_flag("--drop-damaged", backup->backup.drop_damaged, "Give damaged earlier ones up");
  verb->callback([=] { out->command = *backup; });

  const auto list = std::make_shared<ListBackupsOptions>();
  verb = AddVerb(tool, out, "backups", "List the backups of a folder", help::kBackups);
  verb->add_option("FOLDER", list->folder, "The folder of the backups")->required()->type_name("");
  verb->add_flag("--verify", list->verify, "Read all of them and compare checksums");
  verb->callback([=] { out->command = *list; });

  const auto restore = std::make_shared<RestoreBackupOptions>();
  verb = AddVerb(tool, out, "restore", "Make a store of a backup", help::kRestore);
  verb->add_option("FOLDER", restore->folder, "The folder of the backups")
      ->required()
      ->type_name("");
  verb->add_option("--into", restore->target, "The new store; nothing or an empty folder")
      ->required()
      ->type_name("DIR");
  verb->add_option("--number", restore->number, "Which one (default the newest)")
      ->check(WholeNumber())
      ->type_name("N");
  verb->add_flag_callback(
      "--no-verify", [=] { restore->restore.verify = false; }, "Do not check every row of it");
  verb->callback([=] { out->command = *restore; });

  const auto checkpoint = std::make_shared<CheckpointOptions>();
  verb = AddVerb(tool, out, "checkpoint", "Make a second store of it at once", help::kCheckpoint);
  verb->add_option("FOLDER", checkpoint->folder, "The second store")->required()->type_name("");
  verb->callback([=] { out->command = *checkpoint; });
}

}  // namespace callstore::cli
