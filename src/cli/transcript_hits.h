// transcript_hits.h - where the words of a transcript_search are, for a person to read.
//
// Thread safety: functions without state.
#ifndef CALLSTORE_SRC_CLI_TRANSCRIPT_HITS_H_
#define CALLSTORE_SRC_CLI_TRANSCRIPT_HITS_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "callstore/filter.h"
#include "callstore/list.h"
#include "cli/table.h"

namespace callstore::cli {

// Whether some condition of the filter is a transcript_search.
bool SearchesTranscript(const Filter& filter);

// Some text around the `size_bytes` at `offset_bytes`, cut at spaces where there are any near.
std::string ExcerptAround(std::string_view text, std::size_t offset_bytes, std::size_t size_bytes);

// A table of the utterances of page.calls that have hits: the call, the number and audio time of
// the utterance, who speaks, an excerpt. Empty where no call has any.
std::string FormatTranscriptHits(const Page& page, const TableOptions& options);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_TRANSCRIPT_HITS_H_
