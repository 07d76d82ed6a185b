/* SPDX-License-Identifier: MIT
 * A plugin that does not survive being loaded. */
#include <signal.h>

#include <ubp/abi.h>

__attribute__((constructor)) static void crash(void) { raise(SIGSEGV); }

UBP_EXPORT_SYM UBP_SECTION const ubp_entry ubp_entry_v1 = {.size = sizeof(ubp_entry),
                                                           .abi_major = UBP_ABI_MAJOR,
                                                           .abi_minor_built = UBP_ABI_MINOR,
                                                           .abi_draft = UBP_ABI_DRAFT,
                                                           .plugin_name = "crashes_at_load",
                                                           .plugin_version = "1.0.0",
                                                           .license = "MIT",
                                                           .build_info = ""};
