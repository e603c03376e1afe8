// child_body.h - a test's body in a child process.
#ifndef CALLSTORE_TESTS_CRASH_CHILD_BODY_H_
#define CALLSTORE_TESTS_CRASH_CHILD_BODY_H_

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "crash/child.h"

namespace callstore::test {

// Runs expectations in a child; where one fails there, the calling test fails.
inline void InChild(const std::function<void()>& body) {
  const ChildEnd end = RunInChild([&]() -> std::string {
    body();
    return testing::Test::HasFailure() ? "an expectation failed in the child, see above" : "";
  });
  EXPECT_EQ(end.text(), "");
}

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_CRASH_CHILD_BODY_H_
