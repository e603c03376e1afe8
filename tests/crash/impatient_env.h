// impatient_env.h - an environment whose sleeps are short: RocksDB waits a second after each error
// in the background, and a harness makes thousands of them.
//
// Ownership:     shares the file system. Thread safety: as the system's environment.
#ifndef CALLSTORE_TESTS_CRASH_IMPATIENT_ENV_H_
#define CALLSTORE_TESTS_CRASH_IMPATIENT_ENV_H_

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/system_clock.h>

#include <memory>
#include <utility>

namespace callstore::test {

class ImpatientEnv : public rocksdb::EnvWrapper {
 public:
  explicit ImpatientEnv(std::shared_ptr<rocksdb::FileSystem> files)
      : ImpatientEnv(std::shared_ptr<rocksdb::Env>(rocksdb::NewCompositeEnv(files)), files) {}

 private:
  class Clock : public rocksdb::SystemClockWrapper {
   public:
    using SystemClockWrapper::SystemClockWrapper;
    const char* Name() const override { return "ImpatientClock"; }
    void SleepForMicroseconds(int micros) override {
      SystemClockWrapper::SleepForMicroseconds(micros / 50);
    }
  };

  ImpatientEnv(const std::shared_ptr<rocksdb::Env>& env,
               const std::shared_ptr<rocksdb::FileSystem>& files)
      : EnvWrapper(env) {
    file_system_ = files;
    system_clock_ = std::make_shared<Clock>(rocksdb::SystemClock::Default());
  }
};

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_CRASH_IMPATIENT_ENV_H_
