#include "unit/damaged_store.h"

#include <rocksdb/db.h>

#include <algorithm>

namespace callstore::test {
namespace {

namespace fs = std::filesystem;

std::string Quoted(const std::string& text) { return '"' + text + '"'; }

std::string Metadata(std::size_t i) {
  std::string json = R"({"campaign":"summer-)" + std::to_string(i % 3) + "\"";
  json += ",\"order\":" + std::to_string(i % 7 == 0 ? -0.0 : static_cast<double>(i) * 0.25);
  json += R"(,"serial":"n-)" + std::to_string(i) + "\"";  // more words than a dictionary has
  json +=
      ",\"mixed\":" + std::vector<std::string>{"1", "\"one\"", "true", "null", "[1]", "{}"}[i % 6];
  if (i % 5 == 0) json += ",\"long\":" + Quoted(std::string(300, static_cast<char>('a' + i % 26)));
  if (i % 11 == 0) json += "," + Quoted(std::string(300, 'k')) + ":1";
  if (i % 97 == 0) {
    for (int k = 0; k < 80; ++k) json += ",\"key-" + std::to_string(k) + "\":" + std::to_string(k);
  }
  return json + R"(,"esc\u0061ped\n":"\"\\"})";
}

}  // namespace

std::string VariedCall(std::size_t i) {
  const std::string n = std::to_string(i);
  const std::int64_t time = 1'703'000'000'000 + static_cast<std::int64_t>(i / 2) * 60'000;
  std::string json = R"({"id":"call-)" + n + "\"";
  if (i % 4 != 3) json += R"(,"call_id":"cid-)" + n + "\"";
  if (i % 10 != 9) json += ",\"start_timestamp\":" + std::to_string(time);
  if (i % 10 == 9) json += ",\"created_at\":" + std::to_string(time);
  if (i % 3 == 0) json += ",\"end_timestamp\":" + std::to_string(time + 90'000);
  if (i % 3 == 1) json += ",\"call_duration\":" + std::to_string(static_cast<double>(i) / 8);
  json += R"(,"agent_id":"agent-)" + std::to_string(i % 5) + "\"";
  json += std::string(R"(,"call_status":")") + (i % 2 == 0 ? "ENDED" : "odd status") + "\"";
  json += R"(,"from_number":"+1)" + std::to_string(5'550'000 + i) + "\"";
  json += R"(,"to_number":"+15550000")";
  if (i % 6 == 0) json += R"(,"telephony_identifier":{"call_sid":"sid-)" + n + "\"}";
  if (i % 8 == 0) json += R"(,"opt_out_sensitive_data_storage":true)";
  if (i % 2 == 0) {
    json += R"(,"call_analysis":{"call_successful":)" + std::string(i % 4 == 0 ? "true" : "false") +
            R"(,"user_sentiment":"Positive"})";
  }
  json += ",\"metadata\":" + Metadata(i);
  if (i % 3 != 2) {
    json += R"(,"transcript":"said )" + n + R"(","latency":{"e2e":{"p50":)" +
            std::to_string(300 + i % 50) + R"(,"values":[1.5,2]}})";
  }
  return json + "}";
}

void PutVariedCalls(Store* store, const std::string& organization, std::size_t first,
                    std::size_t last) {
  constexpr std::size_t kBatch = 500;
  while (first < last) {
    const std::size_t end = std::min(last, first + kBatch);
    std::vector<std::string> texts;
    for (; first < end; ++first) texts.push_back(VariedCall(first));
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    const auto put = store->PutJsonBatch(organization, views);
    ASSERT_TRUE(put) << put.error().ToString();
    for (const auto& result : *put) ASSERT_TRUE(result) << result.error().ToString();
  }
}

std::string AllCalls(const Store& store) {
  std::string text;
  const auto organizations = store.Organizations();
  EXPECT_TRUE(organizations) << organizations.error().ToString();
  if (!organizations) return text;
  for (const OrganizationInfo& organization : *organizations) {
    ListQuery query{.limit = 500};
    for (bool more = true; more;) {
      const auto page = store.List(organization.name, query);
      EXPECT_TRUE(page) << page.error().ToString();
      if (!page) return text;
      text += organization.name + ' ' + ToJson(*page) + '\n';
      query.cursor = page->next_cursor;
      more = !query.cursor.empty();
    }
  }
  return text;
}

Rows RowsOf(const engine::Database& database, engine::Family family) {
  Rows rows;
  const auto scan = database.NewFullScan(family);
  for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
    rows.emplace_back(scan->key(), scan->value());
  }
  EXPECT_TRUE(scan->status());
  return rows;
}

void ChangeRows(const std::string& path,
                const std::function<void(engine::Database*, engine::Batch*)>& change) {
  auto database = engine::Database::Open({.path = path});
  ASSERT_TRUE(database) << database.error().ToString();
  engine::Batch batch(**database);
  change(database->get(), &batch);
  ASSERT_FALSE(batch.empty());
  ASSERT_TRUE((*database)->Write(&batch, {}));
  ASSERT_TRUE((*database)->Close());
}

std::vector<std::string> TablesOf(const std::string& path, engine::Family family) {
  auto database = engine::Database::Open({.path = path, .mode = OpenMode::kReadOnly});
  EXPECT_TRUE(database) << database.error().ToString();
  std::vector<std::string> tables;
  if (!database) return tables;
  std::vector<rocksdb::LiveFileMetaData> files;
  (*database)->rocks()->GetLiveFilesMetaData(&files);
  std::ranges::sort(files, std::ranges::greater(), &rocksdb::LiveFileMetaData::size);
  for (const auto& file : files) {
    if (file.column_family_name == engine::FamilyName(family)) {
      tables.push_back(path + "/" + file.relative_filename);
    }
  }
  return tables;
}

void FlipByte(const std::string& file, double part) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  const auto at = static_cast<std::streamoff>(part * static_cast<double>(fs::file_size(file)));
  stream.seekg(at);
  const int byte = stream.get();
  stream.seekp(at);
  stream.put(static_cast<char>(byte ^ 0x10));
  ASSERT_TRUE(stream.good()) << file;
}

std::string Show(const FaultCounts& counts) {
  std::string text;
  for (const auto& [kind, count] : counts) {
    if (!text.empty()) text += ", ";
    text.append(FaultKindName(kind)).append(" ").append(std::to_string(count));
  }
  return text;
}

std::string Show(const VerifyReport& report) {
  std::string text = Show(report.fault_counts) + '\n';
  for (const Fault& fault : report.faults) {
    text.append(FaultKindName(fault.kind)).append(" ");
    text += fault.family + ' ' + fault.organization + ' ' + fault.key + ": " + fault.what + '\n';
    if (text.size() > 3000) return text + "...\n";
  }
  return text;
}

}  // namespace callstore::test
