// parameter_reader.h - a request as parameters: members that are known by name, and conditions.
// A parameter that is no member is a condition of the filter: FIELD, or FIELD.OP where the last
// part of the name is an operator and what is before it names a field. So metadata.score.ge is a
// threshold on metadata.score, metadata.ge the value of the key "ge", and the key "score.ge" is
// reached as metadata.score.ge.eq. The tests of one field are one condition.
//
// Ownership:     points into the parameters while it reads them; what it reads are values.
// Thread safety: none; one thread at a time.
// Errors:        invalid_argument with `field`, `value`, `valid` and `nearest`.
#ifndef CALLSTORE_SRC_JSON_PARAMETER_READER_H_
#define CALLSTORE_SRC_JSON_PARAMETER_READER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/error.h"
#include "callstore/filter.h"
#include "callstore/json.h"
#include "json/condition_values.h"
#include "json/names.h"
#include "json/request_values.h"

namespace callstore::json {

class ParameterReader {
 public:
  // Must read the value of the member with one of the functions below.
  using OnMember = std::function<Result<void>(std::string_view name)>;

  // Hands each name that is among `names` to `on_member`, and takes the others as conditions.
  Result<void> Read(const Parameters& parameters, Names names, const OnMember& on_member);

  Result<void> ReadWhole(std::string_view name, const Range& range, std::int64_t* value);
  Result<void> ReadBool(std::string_view name, bool* value);
  // Any text; only a JSON body can have something else there.
  Result<void> ReadText(std::string_view name, std::string_view valid, std::string* value);
  // Repeated, or separated by commas.
  Result<void> ReadTexts(std::string_view name, std::string_view valid,
                         std::vector<std::string>* values);
  Result<void> ReadChoice(std::string_view name, const Choices& choices, std::size_t* choice);
  Result<void> ReadCriteria(Filter* filter);

  // The conditions that were read, all of which must hold. REQUIRES: the parameters still live.
  Filter TakeConditions();

 private:
  // A name and all of its values.
  struct Given {
    std::string_view name;
    std::vector<const std::string*> values;
  };
  struct Tests {
    std::string_view field;
    std::vector<Filter::Test> tests;
  };

  Result<void> Gather(const Parameters& parameters);
  // The field and the operator that the current name means.
  Result<ValuePlace> ReadPlace() const;
  tl::unexpected<Error> RefuseName(std::string_view field, std::string_view op) const;
  Result<void> ReadTest();
  // The value of a parameter that may come once.
  Result<const std::string*> Once() const;

  std::vector<Given> given_;  // in the order in which they first came
  const Given* current_ = nullptr;
  Names names_;
  std::vector<Tests> conditions_;
  std::map<std::string_view, std::size_t> condition_of_;  // a field's
};

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_PARAMETER_READER_H_
