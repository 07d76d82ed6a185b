/* SPDX-License-Identifier: MIT
 * A plugin of an older draft, MINOR, whose entry had the fields of 0.1 and 0.2: so it was compiled by those headers. The
 * host reads no further than the version. */
#include <stddef.h>
#include <stdint.h>

static int32_t init(const void* host, const char* path) { return (void)host, (void)path, 0; }
static void deinit(void) {}
static uint32_t count(void) { return 0; }
static const void* get(uint32_t index) { return (void)index, NULL; }

__attribute__((visibility("default"), section("ubpplug1"))) const struct {
  uint32_t size;
  uint16_t abi_major, abi_minor_built, abi_minor_needed, abi_draft;
  const char *plugin_name, *plugin_version, *vendor, *license, *url;
  const char* build_info;
  int32_t (*init)(const void* host, const char* path);
  void (*deinit)(void);
  uint32_t (*count)(void);
  const void* (*get)(uint32_t index);
  const void* (*get_extension)(const char* ext_id);
} ubp_entry_v1 = {104, 0, MINOR, 0, 1, NAME, "1.0.0", "", "MIT", "", "C", init, deinit, count, get, NULL};
