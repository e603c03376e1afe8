// tool_fixture.h - a folder of its own for each test, and the tool pointed at a store in it.
#ifndef CALLSTORE_TESTS_CLI_TOOL_FIXTURE_H_
#define CALLSTORE_TESTS_CLI_TOOL_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cli/json_text.h"
#include "run_tool.h"

namespace callstore::cli {

inline const std::string kSamples = CALLSTORE_SOURCE_DIR "/docs/samples/calls.jsonl";
inline constexpr std::int64_t kSampleCalls = 39;

class ToolTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "callstore-tool-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }

  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string PathOf(const std::string& name) const { return folder_ + "/" + name; }
  std::string store() const { return PathOf("store"); }

  // Runs a verb on the test's store.
  RunResult Run(std::vector<std::string> arguments, const RunOptions& options = {}) const {
    arguments.insert(arguments.begin(), {"--store", store()});
    return RunTool(arguments, options);
  }

  std::string WriteFile(const std::string& name, const std::string& text) const {
    std::ofstream(PathOf(name), std::ios::binary) << text;
    return PathOf(name);
  }

  static std::string ReadFile(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }

  void ImportSamples() const {
    const RunResult result = Run({"import", kSamples});
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }

  static std::string At(const std::string& json, const std::string& path) {
    return JsonText(json).At(path).Text();
  }

  std::string folder_;
};

}  // namespace callstore::cli

#endif  // CALLSTORE_TESTS_CLI_TOOL_FIXTURE_H_
