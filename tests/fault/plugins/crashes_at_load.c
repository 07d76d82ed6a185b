/* SPDX-License-Identifier: MIT
 * A plugin that does not survive being loaded. */
#include <signal.h>

#include <ubp/abi.h>

__attribute__((constructor)) static void crash(void) { raise(SIGSEGV); }

UBP_EXPORT_SYM UBP_SECTION const ubp_entry ubp_entry_v1 = {sizeof(ubp_entry),
                                                           UBP_ABI_MAJOR,
                                                           UBP_ABI_MINOR,
                                                           0,
                                                           UBP_ABI_DRAFT,
                                                           "crashes_at_load",
                                                           "1.0.0",
                                                           "",
                                                           "MIT",
                                                           "",
                                                           "",
                                                           0,
                                                           0,
                                                           0,
                                                           0,
                                                           0};
