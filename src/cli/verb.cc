#include "cli/verb.h"

namespace callstore::cli {

const FormatWords& AllFormats() {
  static const FormatWords kFormats = {{"csv", Format::kCsv},
                                       {"json", Format::kJson},
                                       {"jsonl", Format::kJsonl},
                                       {"table", Format::kTable}};
  return kFormats;
}

CLI::Validator WholeNumber() {
  return {[](std::string& word) {
            const bool digits = !word.empty() && word.size() <= 18 &&
                                word.find_first_not_of("0123456789") == std::string::npos;
            return digits ? std::string() : "\"" + word + "\" is not a whole number from 0 up";
          },
          "", "whole number"};
}

void AddCommon(CLI::App* app, const FormatWords& formats, CommonOptions* common) {
  app->add_option("--store", common->store, "The folder of the store")->type_name("DIR");
  AddWord<Format>(app, "--format", formats, "How to print",
                  [common](Format format) { common->format = format; });
}

CLI::Option* AddText(CLI::App* app, const std::string& name, const std::string& description,
                     std::optional<std::string>* text) {
  return app->add_option_function<std::string>(
      name, [text](const std::string& given) { *text = given; }, description);
}

void AddOrganization(CLI::App* app, std::string* organization) {
  app->add_option("--org", *organization, "The organization, where there are several")
      ->type_name("ORG");
}

CLI::Option* AddFilter(CLI::App* app, FilterOptions* filter) {
  CLI::Option* const query =
      AddText(app, "--query", "The documented request as JSON", &filter->query_json)
          ->type_name("JSON");
  app->add_option("--filter", filter->conditions, "A condition; repeated, all must hold")
      ->type_name("'FIELD OP VALUE'")
      ->allow_extra_args(false)
      ->excludes(query);
  AddText(app, "--since", "Calls that started then or later", &filter->since)
      ->type_name("TIME")
      ->excludes(query);
  AddText(app, "--until", "Calls that started earlier", &filter->until)
      ->type_name("TIME")
      ->excludes(query);
  return query;
}

CLI::App* AddVerb(CLI::App* parent, Arguments* out, const std::string& name,
                  const std::string& description, const char* footer, const FormatWords& formats) {
  CLI::App* const verb = parent->add_subcommand(name, description);
  verb->footer(footer);
  AddCommon(verb, formats, &out->common);
  return verb;
}

}  // namespace callstore::cli
