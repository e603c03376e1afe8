// verb.h - the pieces of which the command line of every verb is made.
//
// Ownership: what options are bound to outlives the CLI::App.
#ifndef CALLSTORE_SRC_CLI_VERB_H_
#define CALLSTORE_SRC_CLI_VERB_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "cli/options.h"

namespace callstore::cli {

using FormatWords = std::map<std::string, Format>;

const FormatWords& AllFormats();

// An option that takes one of the words of `words`, which are not copied.
template <typename T>
CLI::Option* AddWord(CLI::App* app, const std::string& name, const std::map<std::string, T>& words,
                     const std::string& description, std::function<void(T)> set) {
  std::string valid;
  for (const auto& word : words) valid += (valid.empty() ? "" : ",") + word.first;
  return app
      ->add_option_function<std::string>(
          name, [&words, set](const std::string& word) { set(words.at(word)); }, description)
      ->check(CLI::Validator(
          [&words, valid](std::string& word) {
            return words.contains(word) ? std::string() : word + " is not one of " + valid;
          },
          "", "one of"))
      ->type_name(valid);
}

// Of an option that takes a number: digits alone, at least one. Without it an empty one, such as a
// shell variable that is not set, counts as 0.
CLI::Validator WholeNumber();

// --store and --format.
void AddCommon(CLI::App* app, const FormatWords& formats, CommonOptions* common);

// A text that may be empty and is then an error of its reader. CLI11 takes an empty one that is
// bound to an optional for none at all, and a shell variable that is not set must not widen a
// filter.
CLI::Option* AddText(CLI::App* app, const std::string& name, const std::string& description,
                     std::optional<std::string>* text);

// --org.
void AddOrganization(CLI::App* app, std::string* organization);

// What says which calls. Result: --query, which excludes the other options.
CLI::Option* AddFilter(CLI::App* app, FilterOptions* filter);

// A verb of `parent` with the common options; `footer` is a text of help.h.
CLI::App* AddVerb(CLI::App* parent, Arguments* out, const std::string& name,
                  const std::string& description, const char* footer,
                  const FormatWords& formats = AllFormats());

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_VERB_H_
