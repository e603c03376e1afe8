#!/usr/bin/env bash
# check.sh BUILD SCRATCH - callstore as its users get it. BUILD is a built release; SCRATCH is made anew.
#   1. installed, then moved: find_package and pkg-config find it
#   2. as a subdirectory and shared: only what is marked for it is exported
# Each time small programs and the first program of the README are built and run.
set -euo pipefail
build=$(realpath -- "$1")
source=$(realpath -- "$(dirname -- "$0")/../..")
rm -rf -- "$2"
mkdir -p -- "$2"
scratch=$(realpath -- "$2")

step() { printf 'package: %s\n' "$*" >&2; }

fail() {
  step "$*"
  exit 1
}

# The first C++ block of the README that has a main.
cut_readme_program() {
  awk '/^```cpp/ {block = ""; inside = 1; next}
       /^```/ && inside {inside = 0; if (block ~ /int main\(/) {printf "%s", block; exit}}
       inside {block = block $0 "\n"}' "$source/README.md"
}

# consume NAME CMAKE_OPTION...: configures, builds and runs the consumer.
consume() {
  local folder="$scratch/$1"
  shift
  cmake -S "$source/tests/package/consumer" -B "$folder" -G Ninja \
    -DREADME_PROGRAM="$scratch/readme.cc" "$@" >"$folder.log" || fail "configure failed: $folder.log"
  cmake --build "$folder" -- --quiet >&2
  ctest --test-dir "$folder" --output-on-failure >"$folder.log" 2>&1 || {
    cat "$folder.log" >&2
    fail "a program of $folder failed"
  }
}

cut_readme_program >"$scratch/readme.cc"
[ -s "$scratch/readme.cc" ] || fail 'README.md has no C++ program with a main'

step 'installed and moved, by find_package'
cmake --install "$build" --prefix "$scratch/first" >/dev/null
mv "$scratch/first" "$scratch/prefix"
consume installed -DCMAKE_PREFIX_PATH="$scratch/prefix"

step 'installed and moved, by pkg-config'
pc=$(dirname -- "$(find "$scratch/prefix" -name callstore.pc)")
read -ra flags < <(PKG_CONFIG_PATH="$pc" pkg-config --cflags --libs callstore)
g++ -std=c++20 "$source/tests/package/consumer/main.cc" -o "$scratch/by_pkg_config" "${flags[@]}"
(cd "$scratch" && ./by_pkg_config >/dev/null)
read -ra flags < <(PKG_CONFIG_PATH="$pc" pkg-config --cflags --libs callstore-http)
g++ -std=c++20 "$source/tests/package/consumer/served.cc" -o "$scratch/served_by_pkg_config" "${flags[@]}"
(cd "$scratch" && ./served_by_pkg_config >/dev/null)

step 'the installed tool'
[ "$("$scratch/prefix/bin/callstore" --version)" != '' ]

step 'as a subdirectory, shared'
consume subdirectory -DCALLSTORE_SUBDIRECTORY="$source" -DBUILD_SHARED_LIBS=ON -DCALLSTORE_BUILD_HTTP=ON
nm --dynamic --defined-only --demangle "$scratch/subdirectory/callstore/libcallstore.so" \
  >"$scratch/exported"
if grep -E ' [TDBR] .*(callstore::(base|keys|columns|record|json|query|engine|store)::|rocksdb::|flatbuffers::|simdjson::)' \
  "$scratch/exported" >&2; then
  fail 'the shared library exports its internals'
fi
grep -q 'callstore::Store::Open' "$scratch/exported" ||
  fail 'the shared library does not export callstore::Store::Open'
