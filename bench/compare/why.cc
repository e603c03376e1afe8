#include "bench/compare/why.h"

namespace callstore::bench {
namespace {

std::string_view WhySqlite(Topic topic, PeerKind peer) {
  switch (topic) {
    case Topic::kPage:
    case Topic::kWalk:
      return "its page is a few B-tree pages side by side in its cache, and it copies finished "
             "text; callstore merges its levels and copies records";
    case Topic::kPageTotal:
    case Topic::kColdTotal:
      return peer == PeerKind::kSqliteCounts
                 ? "the total is one row that each of its writes keeps; callstore looks at the "
                   "directory of counts"
                 : "few calls are counted quickly from an index that covers the question";
    case Topic::kPageNumber:
      return "it skips few rows, on an index that covers them";
    case Topic::kFilter:
    case Topic::kFilterFirst:
    case Topic::kCount:
      return "an index was made for just this filter, and has its calls in order; callstore "
             "declares none, and looks at the columns of chunks";
    case Topic::kNumber:
      return "an index was made for just this; callstore's leads to chunks, and then to calls";
    case Topic::kGet:
      return "one descent into a B-tree in its cache; callstore reads the id, then the call, then "
             "its long parts, each from several levels";
    case Topic::kSyncedPut:
      return "both wait for one flush of the disk, which is nearly all of the time";
    case Topic::kPut:
    case Topic::kBatch:
    case Topic::kLife:
    case Topic::kCpu:
    case Topic::kImport:
      return "it stores the text as it is and never again; callstore encodes and checks the call, "
             "and its tables are compressed and merged later";
    case Topic::kDisk:
    case Topic::kWritten:
      return "few calls: callstore's log and tables have a least size";
    case Topic::kDelete:
      return "it takes rows out in place; callstore reads each call to take it out of its index, "
             "and writes that it is gone";
    case Topic::kCold:
      return "it reads a few pages; callstore opens table files, and reads larger blocks, "
             "compressed";
    case Topic::kMemory:
      return "it holds less beside its cache: no write buffers, no indexes and filters of tables";
    case Topic::kExport:
      return "its rows are the text itself, joined; callstore prints each call from its record";
    case Topic::kReaders:
    case Topic::kWriterBesideReaders:
      return "who does less of the one has more of the two cores for the other";
    default:
      return "no reason is known: look into it";
  }
}

std::string_view WhyLmdb(Topic topic) {
  switch (topic) {
    case Topic::kPut:
    case Topic::kBatch:
    case Topic::kLife:
    case Topic::kCpu:
    case Topic::kSyncedPut:
      return "the limit: it only stores records and two kinds of ids, with no index of their "
             "values, no counts and no compression";
    case Topic::kDelete:
      return "it has no index of values to mend";
    case Topic::kMemory:
      return "it has no cache of its own; what it maps is the system's";
    case Topic::kWritten:
      return "it keeps no index of values, and has no log";
    case Topic::kReaders:
    case Topic::kWriterBesideReaders:
      return "readers look at mapped pages and take no part in writes; who does less of the one "
             "has more of the two cores for the other";
    case Topic::kCold:
      return "one descent, then neighbouring pages that the system reads ahead, none to decompress";
    default:
      return "the limit: it points into mapped, uncompressed pages of one tree and copies nothing";
  }
}

std::string_view WhyRocksdb(Topic topic) {
  switch (topic) {
    case Topic::kPut:
    case Topic::kBatch:
    case Topic::kLife:
    case Topic::kCpu:
    case Topic::kWritten:
      return "the limit: the records and ids alone, encoded before; callstore checks and encodes "
             "the call, and writes its index and counts too";
    case Topic::kSyncedPut:
      return "a smaller write to the same log";
    case Topic::kDisk:
    case Topic::kMemory:
      return "it has no index of values and no counts";
    case Topic::kDelete:
      return "it reads no call to take it out of an index";
    case Topic::kReaders:
    case Topic::kWriterBesideReaders:
      return "its puts and pages do less, and leave more of the two cores to each other";
    default:
      return "the limit: the same rows by the same engine, without cursors and checks of the "
             "request";
  }
}

}  // namespace

std::string_view WhyPeerWins(Topic topic, PeerKind peer) {
  if (peer == PeerKind::kLmdb) return WhyLmdb(topic);
  if (peer == PeerKind::kRocksdb) return WhyRocksdb(topic);
  return WhySqlite(topic, peer);
}

}  // namespace callstore::bench
