// SPDX-License-Identifier: MIT
#include "plugin/versions.hpp"

#include <string>

#include "base/error.hpp"
#include "base/text.hpp"

namespace ubp {
namespace {

constexpr AbiVersion kVersions[] = {
    {2, "ubp_batch has gained lr and impl"},
    {3,
     "step_closure, set_param, next, deinit, get_extension of the entry, and fields and flags that no host minded are "
     "gone"},
    {4,
     "a metric names what it needs (ubp_metric_vt.needs), ubp_metric_batch has gained factors and decoder, ubp_batch "
     "weights, ubp_dataset_vt source and licence"},
    {5,
     "an optimizer is given tensors (ubp_flat.param, grad and slots) and a context, ubp_run_api.cancelled is "
     "ubp_host.cancelled, ubp_batch has gained lengths, ubp_dataset_vt splits"},
};
static_assert(UBP_ABI_MAJOR == 0 && std::end(kVersions)[-1].minor == UBP_ABI_MINOR,
              "say here and in sdk/README.md what the new version changes");

std::string version_text(int major, int minor, int draft) {
  return fmt::format("{}.{}{}", major, minor, draft == UBP_ABI_DRAFT ? "" : fmt::format(" draft {}", draft));
}

/// What a plugin's author has to know: from that minor to this host's.
std::string changes_since(int minor) {
  std::string all;
  for (const AbiVersion& version : kVersions)
    if (version.minor > minor) all += (all.empty() ? "" : "; ") + std::string(version.changed);
  return all;
}

}  // namespace

std::span<const AbiVersion> abi_versions() { return kVersions; }

void require_version(const ubp_entry& entry, const std::filesystem::path& file) {
  const bool draft = UBP_ABI_DRAFT != 0 || entry.abi_draft != 0;
  const bool fits = entry.abi_major == UBP_ABI_MAJOR && entry.abi_minor_needed <= UBP_ABI_MINOR &&
                    (!draft || (entry.abi_minor_built == UBP_ABI_MINOR && entry.abi_draft == UBP_ABI_DRAFT));
  if (fits) return;
  const bool older = entry.abi_major == UBP_ABI_MAJOR && entry.abi_minor_built < UBP_ABI_MINOR;
  const std::string what =
      older ? changes_since(entry.abi_minor_built) + "; rebuild it"
            : "what that version has is not known here; rebuild it against this ubp's SDK, or run a newer ubp";
  fail(Exit::plugin,
       "plugin '{}' ({}): was built against {} of the plugin header, this ubp has {}: {}; see 'What changed' in "
       "sdk/README.md",
       entry.plugin_name ? plain(entry.plugin_name) : "?", file.string(),
       version_text(entry.abi_major, entry.abi_minor_built, entry.abi_draft),
       version_text(UBP_ABI_MAJOR, UBP_ABI_MINOR, UBP_ABI_DRAFT), what);
}

}  // namespace ubp
