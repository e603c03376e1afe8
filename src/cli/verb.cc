#include "cli/verb.h"

namespace callstore::cli {

const FormatWords& AllFormats() {
  static const FormatWords kFormats = {{"csv", Format::kCsv},
                                       {"json", Format::kJson},
                                       {"jsonl", Format::kJsonl},
                                       {"table", Format::kTable}};
  return kFormats;
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

CLI::App* AddVerb(CLI::App* parent, Arguments* out, const std::string& name,
                  const std::string& description, const char* footer, const FormatWords& formats) {
  CLI::App* const verb = parent->add_subcommand(name, description);
  verb->footer(footer);
  AddCommon(verb, formats, &out->common);
  return verb;
}

}  // namespace callstore::cli
