// works.h - the pieces of work, each of which adds rows to the results.
// Each checks what the contestants answer, or hold afterwards, before its times count.
#ifndef CALLSTORE_BENCH_COMPARE_WORKS_H_
#define CALLSTORE_BENCH_COMPARE_WORKS_H_

#include <cstdint>
#include <string>

#include "bench/compare/collection.h"
#include "bench/compare/options.h"
#include "bench/compare/results.h"

namespace callstore::bench {

// Puts one by one, not synced and synced, and the lives of calls; into stores of their own.
void MeasureIngest(const CompareOptions& options, Results* results);
// Puts one by one into a collection, which then has more calls than others expect.
void MeasurePutsInto(Collection* collection, const CompareOptions& options, Results* results);
// What loading the collection took, and what it takes on disk.
void ReportLoading(const Collection& collection, Results* results);

void MeasureLists(const Collection& collection, const CompareOptions& options, Results* results);
void MeasureGets(const Collection& collection, const CompareOptions& options, Results* results);
// First pages after the files were opened and the page cache dropped.
void MeasureCold(Collection* collection, const CompareOptions& options, Results* results);
// Memory of a process that asks for pages; bytes written and CPU time of one that puts.
void MeasureFootprint(Collection* collection, const CompareOptions& options, Results* results);
// Readers beside a writer. Adds calls to the collection, which others do not expect.
void MeasureConcurrency(Collection* collection, const CompareOptions& options, Results* results);
// Deletes the oldest calls of the collection.
void MeasureDelete(Collection* collection, const CompareOptions& options, Results* results);
void MeasureJson(const CompareOptions& options, Results* results);
// How cost grows with the calls of an organization, and with the organizations; Results::growth. Of
// a collection that is there: it gets some more calls, the same for all.
constexpr std::int64_t kGrowthCalls = 2'000;  // that it gets
std::string CallsLabel(std::int64_t calls);
void MeasureGrowthOf(const Collection& collection, const std::string& label,
                     const CompareOptions& options, Results* results);
// Of collections of their own. small_is_known: MeasureGrowthOf had the one of options.small calls.
void MeasureGrowth(const CompareOptions& options, bool small_is_known, Results* results);

// What MeasureFootprint starts this program for, as another process: prints figures on stdout.
int RunChild(const CompareOptions& options);

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_COMPARE_WORKS_H_
