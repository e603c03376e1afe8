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
  callstore --store calls aggregate --group-by agent_id --metric count,avg:call_duration
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

const char* const kList = R"(Filters ('FIELD OP VALUE', in quotes for the shell):
  =  one of the values (a,b)   !=  none of them     <  <=  >  >=  ordered
  ~  contains  ^=  begins with  $=  ends with  FIELD?  is there  !FIELD?  is not
  A call that lacks the field matches != and !FIELD? alone. "..." is text as it
  stands, \, a comma. Of a list (metadata.tags) some element must match.
Fields:
  text     id call_id agent_id from_number to_number recording_url
           public_log_url call_sid conference_sid call_summary tool_calls.name
  words    call_status call_type direction disconnection_reason user_sentiment
           (any letter case)
  times    start_timestamp end_timestamp created_at updated_at
  numbers  call_duration (ms) combined_cost latency.COMPONENT.STAT
           (latency.e2e.p50; min max p50 p90 p95 p99 num)
  true or false
           call_successful in_voicemail opt_out_sensitive_data_storage
           tool_calls.successful
  any      metadata.KEY custom_analysis_data.KEY (KEY may be a path)
  transcript_search = WORDS: all of them in what was said, in any order; the
           table then tells where, json in transcript_hits
Sort keys (KEY):
  start_timestamp end_timestamp created_at updated_at call_duration
  combined_cost latency.e2e.p50; a call without the value counts as smallest
Times:
  --since is the first moment, --until the first moment no more: milliseconds,
  a date (2023-12-20, UTC), RFC 3339 (2023-12-20T18:40:00+01:00), or a span
  before now (90s, 30m, 12h, 7d, 2w). A filter takes the same, but no spans.
Requests (--query):
  {page, limit, cursor, sort_by, sort_order, view, filter_criteria, explain,
  deadline_ms, scan_limit_rows}, all optional. filter_criteria is
  {FIELD: condition, "and": [...], "or": [...], "not": {...}}; a condition is
  a value, a list of values, or {OP: value} with eq ne in not_in lt le gt ge
  between prefix suffix contains present.
Going on:
  by --page, or by --cursor with the next_cursor of the json answer. A cursor
  belongs to its order, times and filters, so give those again, and no spans.
  A list that a limit (--deadline-ms, --scan-limit-rows) ended says so.
Examples:
  callstore --store calls list --org org-789 --since 2023-12-01 --until 2024-01-01
  callstore --store calls list --filter 'call_status = ENDED,ERROR' --sort-by call_duration
  callstore --store calls list --filter 'metadata.campaign = summer-2024' --filter 'call_duration >= 60000'
  callstore --store calls list --filter 'transcript_search = refund invoice'
  callstore --store calls list --filter 'latency.e2e.p95 > 1500' --filter '!recording_url?'
  callstore --store calls list --format csv --fields id,metadata.campaign
  callstore --store calls list --query '{"limit":50,"filter_criteria":{"not":{"direction":"INBOUND"}}}'
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

const char* const kCount =
    R"(The number is exact. Filters and times are as of list: see callstore list
--help. A request (--query) may have filter_criteria, deadline_ms and
scan_limit_rows.
Examples:
  callstore --store calls count --org org-789
  callstore --store calls count --since 7d --filter 'call_successful = true' --format table
  callstore --store calls count --filter 'to_number ^= +49'
)";

const char* const kAggregate =
    R"(Metrics:
  count, count:FIELD (calls that have it), sum:FIELD, avg:FIELD, min:FIELD,
  max:FIELD, p1:FIELD to p99:FIELD (also p99.9) of a number or time field, of
  metadata.KEY, or of latency.COMPONENT.values. Durations are milliseconds.
  Figures are exact; a table shows averages with at most 3 decimals.
Groups:
  by a text, word or true-or-false field, by metadata.KEY, or by the hour, day,
  week or month in which the call started (--time-zone Europe/Madrid). "-" is
  the group of the calls without it. Filters and times are as of list: see
  callstore list --help. A request (--query) has {group_by, metrics, time_zone,
  sort_by, sort_order, limit, filter_criteria, explain, deadline_ms,
  scan_limit_rows}.
Examples:
  callstore --store calls aggregate --group-by agent_id --metric count,avg:call_duration
  callstore --store calls aggregate --group-by day --time-zone Europe/Madrid --since 30d
  callstore --store calls aggregate --metric p95:latency.e2e.values --filter 'call_type = WEB_CALL'
  callstore --store calls aggregate --group-by metadata.campaign,call_status \
      --metric count --metric sum:combined_cost --sort-by count --sort-order descending --limit 10
)";

const char* const kUpdate =
    R"(The patch is a JSON Merge Patch (RFC 7396): null deletes a field, objects merge
at every depth, all else replaces. It is given as JSON, as @FILE, or as "-" for
standard input.
Examples:
  callstore --store calls update call-456 --patch '{"metadata":{"priority":"low"}}'
  callstore --store calls update call-456 --patch @patch.json
)";

const char* const kDelete =
    R"(One call (ID is its id or call_id): asks first, where standard input is a
terminal; else --yes is needed.
All calls that a filter matches: tells their number first, then asks to type
it, where standard input is a terminal; else --confirm must name exactly that
number. An empty filter deletes nothing. Filters and times are as of list: see
callstore list --help. A request (--query) may have filter_criteria alone.
Examples:
  callstore --store calls delete call-456 --org org-789
  callstore --store calls delete --until 2023-01-01 --filter 'metadata.keep != true' --dry-run
  callstore --store calls delete --filter 'metadata.customer_id = cust-001' --confirm 12
)";

const char* const kExport =
    R"(Calls leave newest first or in the order of --sort-by, one JSON object a line
(jsonl), or as csv (RFC 4180) with a header. A field is a dotted path; lists and
objects are written as JSON. The output appears whole or not at all; ".gz" at
the end of its name packs it, ".csv" chooses csv. Filters, sort keys and times
are as of list: see callstore list --help. A request (--query) may have
filter_criteria, sort_by and sort_order.
Examples:
  callstore --store calls export --all --output backup.jsonl.gz
  callstore --store calls export --org org-789 --since 30d --output calls.csv
  callstore --store calls export --filter 'call_status = ERROR' --sort-by call_duration
  callstore --store calls export --format csv --fields call_id,metadata.campaign
)";

const char* const kErase =
    R"(Which calls: one (ID is its id or call_id), those that a filter matches, those
with a list time before --before (start_timestamp, else created_at, else when
they were stored), or all of an --organization.
They go as by delete. Besides, the ledger DIR.erasures beside the store says so,
with hashes of their ids and nothing else of them: a backup that is older is
restored without them, and the receipt that is printed shows what was done.
Calls under a legal hold refuse the whole erasure; the error names the hold.
Their bytes stay in files until these are rewritten: --purge does it at once,
at the cost of callstore purge. Backups made before keep theirs.
It is confirmed as delete: one call by a yes or --yes; many by their number,
which is told first, and typed or named by --confirm. --before and
--organization reach into backups, so 0 is confirmed too. Filters and times are
as of list: see callstore list --help; --before takes the times of --since. A
request (--query) may have filter_criteria alone.
Examples:
  callstore --store calls erase call-456 --org org-789
  callstore --store calls erase --filter 'metadata.customer_id = cust-001' --dry-run
  callstore --store calls erase --filter 'metadata.customer_id = cust-001' --confirm 12 --purge
  callstore --store calls erase --org org-789 --before 2022-01-01 --confirm 3071
  callstore --store calls erase --org org-789 --organization --confirm 52114
)";

const char* const kErasures =
    R"(The receipts of all erasures, oldest first. ids_hash is the sum, modulo 2^128,
of the XXH3-128 hashes of the ids that went: whoever has a list of ids can see
whether it was these. purged_at is null until the files were rewritten.
Examples:
  callstore --store calls erasures
  callstore --store calls erasures --format csv
)";

const char* const kPurge =
    R"(Reads and writes the whole store; afterwards no file of it has bytes of calls
and values that were deleted, erased or replaced before. Backups and checkpoints
that were made before keep theirs.
Examples:
  callstore --store calls purge
)";

const char* const kHold =
    R"(As long as a hold is there, no call that it matches can be deleted or erased,
nor goes by retention. Calls can still be changed.
Examples:
  callstore --store calls hold place case-17 --filter 'metadata.customer_id = cust-001'
  callstore --store calls hold list
  callstore --store calls hold release case-17
)";

const char* const kHoldPlace =
    R"(NAME is 1 to 128 bytes and new in the organization. Without a filter every call
is held, also those to come. Filters are as of list: see callstore list --help.
A span before now (--since 7d) is taken as of now. A request (--query) may have
filter_criteria alone.
Examples:
  callstore --store calls hold place audit --org org-789
  callstore --store calls hold place case-17 --since 2023-01-01 --until 2023-07-01
  callstore --store calls hold place case-18 --filter 'metadata.customer_id = cust-001'
)";

const char* const kHoldRelease =
    R"(Nothing is deleted by it; what the hold kept can go from now on.
Examples:
  callstore --store calls hold release case-17 --org org-789
)";

const char* const kHoldList =
    R"(Each hold with its filter and the number of calls that it keeps now.
Examples:
  callstore --store calls hold list --org org-789
  callstore --store calls hold list --format csv
)";

const char* const kRetention =
    R"(Calls are kept for so many days after their list time (start_timestamp, else
created_at, else when they were stored). This deletes none: callstore retain
does, and callstore serve, at its start and once an hour. How many calls are
older already is told on standard error; callstore orgs has what is set.
Examples:
  callstore --store calls retention --org org-789 --days 365
  callstore --store calls retention --org org-789 --days 0
)";

const char* const kRetain =
    R"(Of every organization with a retention: deletes the calls that are older, but
for those under a legal hold, and tells how many of each. It is a delete: no
ledger has it, and callstore purge rewrites the files.
Examples:
  callstore --store calls retain
  callstore --store calls retain --format json
)";

const char* const kOrganizations =
    R"(Every organization that ever had a call, with the calls that it has now and the
days for which it keeps them (callstore retention; 0: for good).
Examples:
  callstore --store calls orgs
)";

const char* const kStats = R"(Examples:
  callstore --store calls stats
)";

const char* const kBackup =
    R"(The folder holds any number of backups of one store; tables that several of
them need lie there once, so a further backup costs what changed. Each is the
store of one moment, with all that was acknowledged before. It works while
another process writes to the store. What was interrupted is not there, and the
earlier ones stand.
Where an earlier backup is damaged the new one is refused: take another folder,
or give the damaged one up with --drop-damaged.
Keep the folder on another disk, and look at it with callstore backups --verify.
Examples:
  callstore --store calls backup /mnt/backups/calls --keep 14
  callstore --store calls backup /mnt/backups/calls --bytes-per-second 50000000 --verify
)";

const char* const kBackups =
    R"(No store is needed. The exit status is 1 where a backup is damaged: a file of it
is missing or has another size, or, with --verify, other bytes.
Examples:
  callstore backups /mnt/backups/calls
  callstore backups /mnt/backups/calls --verify --format json
)";

const char* const kRestore =
    R"(Every file is compared with its checksum on its way, then every row is checked.
The new store appears whole or not at all. Calls that were erased after the
backup was made are erased again, by the ledger in the folder of the backups or
the one beside the new store; erased_again says how many.
Examples:
  callstore restore /mnt/backups/calls --into calls.restored
  callstore restore /mnt/backups/calls --into calls.tuesday --number 12
)";

const char* const kCheckpoint =
    R"(The second store has hard links to the tables of the first one, so that it takes
no time and hardly any room until one of the two changes; on another disk it is
a copy. It works while another process writes to the store.
Examples:
  callstore --store calls checkpoint calls.before-import
)";

const char* const kVerify =
    R"(Reads every block of every table and every row, and compares each row with what
it should say about every other. Nothing is changed, and it works while another
process writes to the store. The exit status is 1 where there are faults.
Where ids, index or columns alone have faults no call is lost: callstore repair
makes them anew in a new store.
Examples:
  callstore --store calls verify
  callstore --store calls verify --format json --most-faults 100000
)";

const char* const kRepair =
    R"(Makes a new store of what can be read of a damaged one: every call and transcript
that is whole, with ids, index, columns and counts made anew from them, and
checks it. The damaged store is only read; nobody may write to it meanwhile.
Where a recent backup is whole, callstore restore may lose less. The exit status
is 1 where calls or transcripts were lost; the new store is good all the same.
Examples:
  callstore --store calls repair --into calls.repaired
  callstore --store calls repair --into calls.repaired --format json
)";

const char* const kKeys =
    R"(A key pair opens one organization to a client of callstore serve. The pairs
are in a file of their own, DIR.keys beside the store, so all of this works
while a server or another process has the store, and before there is a store.
Examples:
  callstore --store calls keys create --org org-789
  callstore --store calls keys list
  callstore --store calls keys revoke ck_Vn3k...
)";

const char* const kKeysCreate =
    R"(The secret goes to standard output, this once; the file has only its digest. An
organization may have any number of pairs, so a client can change its pair
without a gap: make a new one, use it, revoke the old one.
Examples:
  callstore --store calls keys create --org org-789
  callstore --store calls keys create --org org-789 --read-only --format json
)";

const char* const kKeysList = R"(Examples:
  callstore --store calls keys list
  callstore --store calls keys list --format csv
)";

const char* const kKeysRevoke =
    R"(A server that runs refuses the key from a second later on at the latest.
Examples:
  callstore --store calls keys revoke ck_Vn3k...
)";

const char* const kServe =
    R"(GET /api/calls and the other documented requests, each with the headers
X-API-KEY and X-API-SECRET of a pair that callstore keys create made; also
/healthz, /readyz, /metrics and /openapi.json.
The store:
  is opened for writing, and made where there is none. Where another process
  writes to it, or with --follow, it is followed: what is written there is seen
  within a second, and requests that write are refused. That stays so when the
  other process ends.
  The one who writes deletes what organizations keep no longer (see callstore
  retention --help), at the start and once an hour.
Address (--listen):
  HOST:PORT, [IPV6]:PORT, or :PORT on 127.0.0.1; 0.0.0.0:PORT for every address.
  Port 0 is any free one; standard error tells which. Answers are not
  encrypted: put a proxy with TLS in front of what other machines reach.
Standard error:
  notes, and one JSON object a request, without its parameters and bodies.
Signals:
  SIGINT and SIGTERM let requests under way finish, for up to 10 seconds, and
  close the store; the exit status is 0. Another one ends it at once.
Examples:
  callstore --store calls serve
  callstore --store calls serve --listen 0.0.0.0:8080 --max-connections 1000
  callstore --store calls serve --follow --no-access-log
)";

}  // namespace callstore::cli::help
