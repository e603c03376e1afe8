// corpus.h - JSON texts of calls to read and write.
#ifndef CALLSTORE_BENCH_CORPUS_H_
#define CALLSTORE_BENCH_CORPUS_H_

#include <string>
#include <vector>

namespace callstore::bench {

// The lines of a gzip file of JSON lines; nothing where it is absent or damaged.
std::vector<std::string> ReadJsonLines(const std::string& path);

// Real calls: the file that CALLSTORE_CORPUS names, else the corpus beside the project. Empty where
// there is none.
const std::vector<std::string>& CorpusTexts();

// The full calls of the workload as JSON.
const std::vector<std::string>& GeneratedTexts();

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_CORPUS_H_
