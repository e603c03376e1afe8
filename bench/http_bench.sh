#!/usr/bin/env bash
# http_bench.sh BUILD [--calls=N] [--full_calls=N] [--seconds=N] - figures of the served endpoint.
# BUILD has the tool and callstore_bench, made for release. Small and full calls, generated, are
# imported into a scratch store, an organization each, and served on the loopback address.
# Each query is first checked: the server's answer is, byte for byte, what `callstore list` prints.
# Then wrk asks it over 1, 8 and 64 connections that stay open. Beside the CPU time of the server
# stands that of List and ToJson of the same query in one thread of callstore_bench, alone on the
# machine; the difference is HTTP, the key pair, the parameters, and what it costs to share the
# cores with wrk. `kernel` is the part of the server's time that it spends in system calls.
# One error, or one answer that is no success, and there are no figures. The machine should have
# nothing else to do.
set -euo pipefail
export LC_ALL=C

say() { printf 'http_bench: %s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 1
}

[ $# -gt 0 ] || fail 'which build?'
build=$(realpath -- "$1")
shift
calls=100000 full_calls=5000 seconds=5
for argument; do
  [[ $argument =~ ^--(calls|full_calls|seconds)=([1-9][0-9]*)$ ]] || fail "cannot take $argument"
  printf -v "${BASH_REMATCH[1]}" '%s' "${BASH_REMATCH[2]}"
done
readonly build calls full_calls seconds
readonly tool=$build/callstore bench=$build/bench/callstore_bench
readonly aim_us=60

# name of ListToJson | what is asked | organization | parameters | the same for `callstore list`
readonly QUERIES='
summary|newest 20, summary, total|org-small|view=summary|--summary
full|newest 20, full, total|org-full|view=full|
filtered|agent and status, summary, total|org-small|agent_id=agent-7&call_status=ENDED&view=summary|--filter agent_id=agent-7 --filter call_status=ENDED --summary'

server='' # its process
scratch=$(mktemp -d -t callstore_http_bench.XXXXXX)
readonly scratch store=$scratch/calls

clean() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf -- "$scratch"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

callstore() { "$tool" --store "$store" "$@"; }

fill_store() {
  local size
  for size in small full; do
    "$bench" --print_calls="$size" --calls="$calls" --full_calls="$full_calls" |
      callstore import - 2>"$scratch/import.log" >&2 || fail "$(cat "$scratch/import.log")"
  done
}

# key_of ORGANIZATION: makes a pair; the file with its name has the headers, one a line.
key_of() {
  callstore keys create --org "$1" --format csv 2>"$scratch/keys.log" >"$scratch/pair.csv" ||
    fail "$(cat "$scratch/keys.log")"
  awk -F, 'NR == 1 {for (i = 1; i <= NF; ++i) column[$i] = i}
           NR == 2 {print "X-API-KEY: " $column["key"]; print "X-API-SECRET: " $column["secret"]}' \
    "$scratch/pair.csv" >"$scratch/$1.headers"
}

# Starts the server; `server` is its process, `url` where it listens.
start_server() {
  local log=$scratch/serve.log i
  : >"$log"
  "$tool" --store "$store" serve --listen 127.0.0.1:0 --no-access-log 2>"$log" >&2 &
  server=$!
  for ((i = 0; i < 200; ++i)); do
    url=$(sed -nE 's/.*listening on (http:[^ ,]+).*/\1/p' "$log")
    [ -z "$url" ] || return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.05
  done
  fail "the server does not start: $(cat "$log")"
}

# check_answer NAME ORGANIZATION PARAMETERS LIST_OPTION...: the served answer is the listed one.
check_answer() {
  local served=$scratch/$1.served listed=$scratch/$1.listed organization=$2 parameters=$3
  shift 3
  curl -sS --fail --max-time 10 --header "@$scratch/$organization.headers" --output "$served" \
    "$url/api/calls?$parameters" || fail "curl: no answer to $parameters"
  callstore list --org "$organization" --format json "$@" >"$listed"
  echo >>"$served"
  cmp -- "$served" "$listed" >&2 || fail "$parameters: the answer is not what callstore list prints"
}

# Prints "NAME CPU_US ANSWER_BYTES" of each query, in process.
measure_in_process() {
  "$bench" --http_store="$store" --benchmark_filter='^ListToJson/' --benchmark_repetitions=5 \
    --benchmark_report_aggregates_only=true --benchmark_format=csv 2>"$scratch/bench.log" |
    awk -F, '{gsub(/"/, "")}
             $1 == "name" {for (i = 1; i <= NF; ++i) column[$i] = i}
             /^ListToJson\/[a-z]+_median,/ {
               name = $1; sub(/^ListToJson\//, "", name); sub(/_median$/, "", name)
               print name, $column["cpu_time"], $column["answer_bytes"]}' ||
    fail "$(cat "$scratch/bench.log")"
}

# What wrk prints at the end: requests, errors, p50, p99 and its duration in us.
write_report_script() {
  cat >"$scratch/report.lua" <<'LUA'
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("figures %d %d %.0f %.0f %.0f\n", summary.requests,
    e.connect + e.read + e.write + e.timeout + e.status,
    latency:percentile(50), latency:percentile(99), summary.duration))
end
LUA
}

# load CONNECTIONS SECONDS ORGANIZATION PARAMETERS: prints "REQUESTS P50_US P99_US DURATION_US"
load() {
  local headers
  mapfile -t headers <"$scratch/$3.headers"
  wrk --connections "$1" --threads "$(($1 < 2 ? 1 : 2))" --duration "${2}s" --latency \
    --header "${headers[0]}" --header "${headers[1]}" --script "$scratch/report.lua" \
    "$url/api/calls?$4" >"$scratch/wrk.log" 2>&1 || fail "wrk: $(cat "$scratch/wrk.log")"
  awk '$1 == "figures" && $2 > 0 && $3 == 0 {print $2, $4, $5, $6; found = 1} END {exit !found}' \
    "$scratch/wrk.log" || fail "requests failed: $(cat "$scratch/wrk.log")"
}

# CPU time of the server, in clock ticks: "user kernel".
server_ticks() {
  sed 's/.*) //' "/proc/$server/stat" 2>"$scratch/stat.log" | awk '{print $12, $13}' ||
    fail "the server is gone: $(cat "$scratch/serve.log")"
}

# measure QUERY_ROW CONNECTIONS IN_PROCESS_US: one row of the table.
measure() {
  local what organization parameters figures before after
  IFS='|' read -r _ what organization parameters _ <<<"$1"
  load "$2" 1 "$organization" "$parameters" >/dev/null
  sleep 0.3 # its connections end
  before=$(server_ticks)
  figures=$(load "$2" "$seconds" "$organization" "$parameters")
  sleep 0.3
  after=$(server_ticks)
  awk -v what="$what" -v connections="$2" -v here="$3" -v aim="$aim_us" -v hz="$(getconf CLK_TCK)" \
    -v figures="$figures" -v before="$before" -v after="$after" '
    BEGIN {
      split(figures, f, " "); split(before, b, " "); split(after, a, " ")
      kernel = (a[2] - b[2]) / hz * 1e6 / f[1]
      cpu = (a[1] - b[1]) / hz * 1e6 / f[1] + kernel
      printf "%s|%d|%.0f|%d|%d|%.1f|%.1f|%.1f|%.1f|%s\n", what, connections, f[1] / f[4] * 1e6,
        f[2], f[3], cpu, kernel, here, cpu - here, cpu - here <= aim ? "yes" : "no"
    }'
}

# Aligns the columns of the rows: the first to the left, numbers to the right.
print_table() {
  awk -F'|' '{for (i = 1; i <= NF; ++i) {cell[NR, i] = $i
                if (length($i) > width[i]) width[i] = length($i)}}
             END {for (r = 1; r <= NR; ++r) {
                    printf "%-" width[1] "s", cell[r, 1]
                    for (i = 2; i <= NF; ++i) printf "  %" width[i] "s", cell[r, i]
                    print ""}}'
}

main() {
  local row name what organization parameters options connections in_process load_before
  read -r load_before _ </proc/loadavg
  say "filling a store: $calls small calls, $full_calls full ones"
  fill_store
  key_of org-small
  key_of org-full
  say 'List and ToJson in process'
  measure_in_process >"$scratch/in_process"
  start_server
  say 'checking the answers'
  while IFS='|' read -r name what organization parameters options; do
    [ -n "$name" ] || continue
    # shellcheck disable=SC2086 # several words
    check_answer "$name" "$organization" "$parameters" $options
    # The listed text has a newline at its end.
    awk -v name="$name" -v bytes="$(stat -c %s "$scratch/$name.listed")" \
      '$1 == name && $3 + 1 == bytes {found = 1} END {exit !found}' "$scratch/in_process" ||
      fail "$what: ListToJson/$name was another query, or did not run: $(cat "$scratch/bench.log")"
  done <<<"$QUERIES"

  write_report_script
  printf '%s|' query connections requests/s 'p50 us' 'p99 us' 'CPU us' 'kernel us' \
    'in process us' 'difference us' >"$scratch/table"
  echo "<= $aim_us us" >>"$scratch/table"
  while IFS= read -r row; do
    [ -n "$row" ] || continue
    name=${row%%|*}
    in_process=$(awk -v name="$name" '$1 == name {print $2}' "$scratch/in_process")
    for connections in 1 8 64; do
      say "wrk: $name, $connections connections, $seconds s"
      measure "$row" "$connections" "$in_process" >>"$scratch/table"
    done
  done <<<"$QUERIES"

  printf '%s small and %s full calls, warm; %s cores shared with wrk, load before: %s; CPU per request\n' \
    "$calls" "$full_calls" "$(nproc)" "$load_before"
  while IFS='|' read -r name what _; do
    [ -z "$name" ] || echo "$what: $(($(stat -c %s "$scratch/$name.listed") - 1)) bytes"
  done <<<"$QUERIES"
  print_table <"$scratch/table"
}

main
