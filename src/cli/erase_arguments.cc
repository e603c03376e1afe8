#include "cli/erase_arguments.h"

#include <cstdint>
#include <memory>

#include "cli/help.h"

namespace callstore::cli {
namespace {

// What delete and erase have in common; `verb_word` is for the help.
void AddRemoval(CLI::App* verb, const std::string& verb_word, RemovalOptions* calls) {
  AddText(verb, "ID", "Its id or call_id", &calls->id)->type_name("");
  AddOrganization(verb, &calls->organization);
  verb->add_flag("--yes", calls->yes, "Do not ask; of one call");
  AddFilter(verb, &calls->filter);
  verb->add_flag("--dry-run", calls->dry_run, "Tell how many calls match, " + verb_word + " none");
  verb->add_option_function<std::int64_t>(
          "--confirm", [calls](std::int64_t count) { calls->confirmed = count; },
          "Do not ask: exactly N calls match")
      ->check(WholeNumber())
      ->type_name("N");
}

void AddErase(CLI::App* tool, Arguments* out) {
  const auto options = std::make_shared<EraseCallsOptions>();
  CLI::App* const verb =
      AddVerb(tool, out, "erase", "Delete calls for good, and remember it", help::kErase);
  AddRemoval(verb, "erase", &options->calls);
  AddText(verb, "--before", "Calls with a list time before", &options->before)->type_name("TIME");
  verb->add_flag("--organization", options->whole_organization,
                 "All its calls, its name and holds");
  verb->add_flag("--purge", options->erase.purge, "Also purge, at once");
  verb->callback([=] { out->command = *options; });
}

void AddHold(CLI::App* tool, Arguments* out) {
  CLI::App* const hold =
      AddVerb(tool, out, "hold", "Keep calls from going: legal holds", help::kHold);
  hold->require_subcommand(1);

  const auto place = std::make_shared<HoldPlaceOptions>();
  CLI::App* verb = AddVerb(hold, out, "place", "Hold the calls that match", help::kHoldPlace);
  verb->add_option("NAME", place->name, "The name of the hold")->required()->type_name("");
  AddOrganization(verb, &place->organization);
  AddFilter(verb, &place->filter);
  verb->callback([=] { out->command = *place; });

  const auto release = std::make_shared<HoldReleaseOptions>();
  verb = AddVerb(hold, out, "release", "Hold them no longer", help::kHoldRelease);
  verb->add_option("NAME", release->name, "The name of the hold")->required()->type_name("");
  AddOrganization(verb, &release->organization);
  verb->callback([=] { out->command = *release; });

  const auto list = std::make_shared<HoldListOptions>();
  verb = AddVerb(hold, out, "list", "List the holds of an organization", help::kHoldList);
  AddOrganization(verb, &list->organization);
  verb->callback([=] { out->command = *list; });
}

void AddRetention(CLI::App* tool, Arguments* out) {
  const auto options = std::make_shared<RetentionOptions>();
  CLI::App* const verb =
      AddVerb(tool, out, "retention", "Set for how long calls are kept", help::kRetention);
  AddOrganization(verb, &options->organization);
  verb->add_option("--days", options->days, "1 to 36500, or 0 for good")
      ->required()
      ->check(WholeNumber())
      ->type_name("N");
  verb->callback([=] { out->command = *options; });

  AddVerb(tool, out, "retain", "Delete calls that are kept no longer", help::kRetain)
      ->callback([=] { out->command = RetainOptions{}; });
}

}  // namespace

void AddDeleteVerb(CLI::App* tool, Arguments* out) {
  const auto options = std::make_shared<DeleteOptions>();
  CLI::App* const verb = AddVerb(tool, out, "delete",
                                 "Delete one call, or those that a filter matches", help::kDelete);
  AddRemoval(verb, "delete", &options->calls);
  verb->callback([=] { out->command = *options; });
}

void AddEraseVerbs(CLI::App* tool, Arguments* out) {
  AddErase(tool, out);
  AddVerb(tool, out, "erasures", "List the erasures", help::kErasures)->callback([=] {
    out->command = ErasuresOptions{};
  });
  AddVerb(tool, out, "purge", "Rewrite the files without what is gone", help::kPurge)
      ->callback([=] { out->command = PurgeOptions{}; });
  AddHold(tool, out);
  AddRetention(tool, out);
}

}  // namespace callstore::cli
