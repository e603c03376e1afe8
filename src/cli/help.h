// help.h - the long parts of the help texts: what a verb does exactly, with examples.
#ifndef CALLSTORE_SRC_CLI_HELP_H_
#define CALLSTORE_SRC_CLI_HELP_H_

namespace callstore::cli::help {

extern const char* const kTool;
extern const char* const kImport;
extern const char* const kList;
extern const char* const kGet;
extern const char* const kShow;
extern const char* const kCount;
extern const char* const kAggregate;
extern const char* const kUpdate;
extern const char* const kDelete;
extern const char* const kExport;
extern const char* const kErase;
extern const char* const kErasures;
extern const char* const kPurge;
extern const char* const kHold;
extern const char* const kHoldPlace;
extern const char* const kHoldRelease;
extern const char* const kHoldList;
extern const char* const kRetention;
extern const char* const kRetain;
extern const char* const kOrganizations;
extern const char* const kStats;
extern const char* const kBackup;
extern const char* const kBackups;
extern const char* const kRestore;
extern const char* const kCheckpoint;
extern const char* const kVerify;
extern const char* const kRepair;
extern const char* const kKeys;
extern const char* const kKeysCreate;
extern const char* const kKeysList;
extern const char* const kKeysRevoke;
extern const char* const kServe;

}  // namespace callstore::cli::help

#endif  // CALLSTORE_SRC_CLI_HELP_H_
