// SPDX-License-Identifier: MIT
// Maps a plugin file into this process and checks that it is what it says. Happens in trial processes and in the child
// that describes plugins, never in the coordinator.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>

#include <ubp/abi.h>

namespace ubp {

/// A loaded plugin; mapped until the process ends (dlclose leaves C++ libraries half alive).
struct Plugin {
  std::filesystem::path file;
  const ubp_entry* entry = nullptr;
};

/// Loads, checks ABI and name, calls init().
/// Throws Error (plugin), one sentence that names the file: no ELF library, no `ubp_entry_v1` in its section, another
/// version of the plugin header (see versions.hpp), undefined symbols, a name that is not the file's. Threads: one.
const Plugin& load_plugin(const std::filesystem::path& file);

/// Throws Error (plugin) unless a plugin of this name may lie in this file: NAME.so, or NAME-1.2.so that a link NAME.so
/// leads to.
void require_name(const std::string& name, const std::filesystem::path& file);

/// The component of that kind and id. Throws Error (plugin) listing what the library has.
const ubp_component& component_of(const Plugin&, std::int32_t kind, const std::string& id);

/// The host's face to plugins (host.cpp).
const ubp_host& host_face();

/// Where a plugin's log lines go; default: stderr.
using LogSink = void (*)(void* user, int level, const char* who, const char* text);
void set_log_sink(LogSink, void* user);

/// What `cancelled` says from here on, on every thread; null: no. The flag outlives its use.
void set_stop_flag(const std::atomic<bool>*);

/// The message behind the last status that is not OK, of this thread.
const std::string& last_plugin_error();

}  // namespace ubp
