// SPDX-License-Identifier: MIT
#include "plugin/loader.hpp"

#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <map>
#include <vector>  // Boost 1.74's pe_info.hpp forgets it

#include <boost/dll/library_info.hpp>
#include <boost/dll/shared_library.hpp>

#include "base/error.hpp"
#include "plugin/manifest.hpp"
#include "plugin/surroundings.hpp"
#include "plugin/versions.hpp"

namespace ubp {
namespace {

namespace dll = boost::dll;

void require_section(const std::filesystem::path& file) {
  bool found = false;
  try {
    for (const std::string& section : dll::library_info(file).sections()) found = found || section == "ubpplug1";
  } catch (const std::exception&) {
    fail(Exit::plugin, "plugin {}: is no shared library", file.string());
  }
  if (!found)
    fail(Exit::plugin, "plugin {}: is a library, but no ubp plugin: it has no section 'ubpplug1'", file.string());
}

constexpr std::size_t kEntryHead = offsetof(ubp_entry, plugin_version);  // the same in every version

// A function of that name, or a shorter object, must not be read as an entry. Of one of another version only the head
// may be read.
const ubp_entry* entry_of(const dll::shared_library& library, const std::filesystem::path& file) {
  if (!library.has("ubp_entry_v1")) fail(Exit::plugin, "plugin {}: exports no 'ubp_entry_v1'", file.string());
  const void* at = &library.get<const char>("ubp_entry_v1");
  Dl_info info;
  ElfW(Sym)* symbol = nullptr;
  const bool known = dladdr1(at, &info, reinterpret_cast<void**>(&symbol), RTLD_DL_SYMENT) && symbol;
  const bool object = known && ELF64_ST_TYPE(symbol->st_info) == STT_OBJECT && symbol->st_size >= kEntryHead;
  const auto* entry = object ? static_cast<const ubp_entry*>(at) : nullptr;
  const auto require_whole = [&](bool whole) {
    if (!whole) fail(Exit::plugin, "plugin {}: its 'ubp_entry_v1' is no plugin entry", file.string());
  };
  require_whole(entry && entry->size >= kEntryHead && entry->size <= symbol->st_size);
  require_version(*entry, file);
  require_whole(UBP_IN(entry, get));
  return entry;
}

// What the dynamic linker said, out of the frame that Boost puts around it.
std::string linker_text(std::string what, const std::filesystem::path& file) {
  constexpr std::string_view before = "dlerror system message: ";
  const std::size_t from = what.find(before), to = what.rfind(')');
  if (from == std::string::npos || to == std::string::npos) return what;
  what = what.substr(from + before.size(), to - from - before.size());
  const std::string name = file.string() + ": ";
  return what.rfind(name, 0) == 0 ? what.substr(name.size()) : what;
}

Plugin open(const std::filesystem::path& file) {
  require_section(file);
  const std::string who = "plugin " + file.string();
  const KeptSurroundings kept(who, "while it was loaded");
  dll::shared_library library;  // a handle only: with RTLD_NODELETE the plugin stays when it goes
  try {
    library.load(
        file, dll::load_mode::rtld_now | dll::load_mode::rtld_local | static_cast<dll::load_mode::type>(RTLD_NODELETE));
  } catch (const std::exception& e) {
    fail(Exit::plugin, "plugin {}: cannot be loaded: {}", file.string(), linker_text(e.what(), file));
  }
  const ubp_entry* entry = entry_of(library, file);
  require_name(entry->plugin_name ? entry->plugin_name : "", file);
  if (!entry->init || !entry->count || !entry->get || entry->init(&host_face(), file.c_str()) != UBP_OK)
    fail(Exit::plugin, "plugin '{}' ({}): its init() failed: {}", entry->plugin_name, file.string(),
         last_plugin_error());
  return {file, entry};
}

}  // namespace

void require_name(const std::string& name, const std::filesystem::path& file) {
  const std::string stem = file.stem(), rest = stem.substr(std::min(stem.size(), name.size()));
  const bool versioned = rest.size() > 1 && rest[0] == '-' && rest[1] >= '0' && rest[1] <= '9';
  if (name.empty() || !stem.starts_with(name) || (!rest.empty() && !versioned))
    fail(Exit::plugin, "plugin {}: calls itself '{}'; file and plugin must have one name", file.string(), name);
}

const Plugin& load_plugin(const std::filesystem::path& file) {
  static std::map<std::filesystem::path, Plugin> loaded;
  std::error_code error;
  const std::filesystem::path canonical = std::filesystem::canonical(file, error);
  if (error) fail(Exit::plugin, "plugin {}: {}", file.string(), error.message());
  const auto found = loaded.find(canonical);
  return found != loaded.end() ? found->second : loaded.emplace(canonical, open(canonical)).first->second;
}

const ubp_component& component_of(const Plugin& plugin, std::int32_t kind, const std::string& id) {
  std::vector<std::string> have;
  for (std::uint32_t i = 0; i < plugin.entry->count(); ++i) {
    const ubp_component* c = plugin.entry->get(i);
    if (!c || !c->id || !c->vtable || !c->life) continue;
    if (c->kind == kind && c->id == id) return *c;
    have.push_back(fmt::format("{}/{}", kind_name(c->kind), c->id));
  }
  fail(Exit::plugin, "plugin {}: has no {} '{}'{}", plugin.file.string(), kind_name(kind), id,
       suggestion(fmt::format("{}/{}", kind_name(kind), id), have));
}

}  // namespace ubp
