#include "cli/help.h"

namespace callstore::cli::help {

const char* const kTool = R"(Output:
  Data goes to standard output, all else to standard error. On a terminal the
  format is a table, otherwise json: {message, status, error, data}, for an
  error too.
Environment:
  CALLSTORE_STORE  the folder, where --store is not given
  NO_COLOR         not empty: no colour
Exit status:
  0 done   1 failed   2 wrong usage or value   3 no such call or organization
Examples:
  callstore --store calls import archive.jsonl.gz
  callstore --store calls list --org org-789 --since 7d
  callstore --store calls show call-456 --org org-789
)";

const char* const kImport = R"(Files:
  JSON Lines, a JSON array of calls, or a documented answer ({"data":{...}}),
  each also as gzip; "-" is standard input. A record that cannot be taken is
  told with its file, line and reason; the others go in, and the exit status
  is 1. The store is made where there is none.
A call that is already there (--on-existing):
  merge    its new fields over the old ones (the default)
  replace  the new call stands
  keep     the old call stands
  newer    the call with the greater updated_at stands
Examples:
  callstore --store calls import archive.jsonl.gz
  callstore --store calls import --org org-789 page0.json page1.json
  zcat old/*.gz | callstore --store calls import --on-existing keep -
)";

const char* const kList = R"(Times:
  --since is the first moment, --until the first moment no more: milliseconds,
  a date (2023-12-20, UTC), RFC 3339 (2023-12-20T18:40:00+01:00), or a span
  before now (90s, 30m, 12h, 7d, 2w).
Going on:
  by --page, or by --cursor with the next_cursor of the json answer. A cursor
  belongs to its order and times, so give those again, and no spans.
Examples:
  callstore --store calls list --org org-789 --since 2023-12-01 --until 2024-01-01
  callstore --store calls list --sort-order ascending --limit 100 --format csv
  callstore --store calls list --format csv --fields id,metadata.campaign
  callstore --store calls list --query '{"page":2,"limit":50,"view":"summary"}'
)";

const char* const kGet = R"(ID is the id or the call_id of the call.
Examples:
  callstore --store calls get call-456 --org org-789
  callstore --store calls get call-456 --format csv --fields id,call_cost.combined_cost
)";

const char* const kShow =
    R"(ID is the id or the call_id of the call. Times beside the dialogue are minutes
and seconds of the call. With --format json or jsonl the call is printed as by
get.
Examples:
  callstore --store calls show call-456 --org org-789 | less -R
)";

const char* const kCount = R"(The number is exact. Times are as of list: see callstore list --help.
Examples:
  callstore --store calls count --org org-789
  callstore --store calls count --since 7d --format table
)";

const char* const kUpdate =
    R"(The patch is a JSON Merge Patch (RFC 7396): null deletes a field, objects merge
at every depth, all else replaces. It is given as JSON, as @FILE, or as "-" for
standard input.
Examples:
  callstore --store calls update call-456 --patch '{"metadata":{"priority":"low"}}'
  callstore --store calls update call-456 --patch @patch.json
)";

const char* const kDelete = R"(Asks first, where standard input is a terminal; else --yes is needed.
Examples:
  callstore --store calls delete call-456 --org org-789
  callstore --store calls delete call-456 --yes
)";

const char* const kExport =
    R"(Calls leave newest first, one JSON object a line (jsonl), or as csv (RFC 4180)
with a header. A field is a dotted path; lists and objects are written as JSON.
The output appears whole or not at all; ".gz" at the end of its name packs it,
".csv" chooses csv. Times are as of list: see callstore list --help.
Examples:
  callstore --store calls export --all --output backup.jsonl.gz
  callstore --store calls export --org org-789 --since 30d --output calls.csv
  callstore --store calls export --format csv --fields call_id,metadata.campaign
)";

const char* const kOrganizations =
    R"(Every organization that ever had a call, with the calls that it has now.
Examples:
  callstore --store calls orgs
)";

const char* const kStats = R"(Examples:
  callstore --store calls stats
)";

}  // namespace callstore::cli::help
