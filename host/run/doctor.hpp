// SPDX-License-Identifier: MIT
// What is wrong with this machine and what ubp finds on it, in sentences with the cure.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "plugin/registry.hpp"
#include "query/troubles.hpp"

namespace ubp {

/// Limits of this process, the folder for caches, the kernels of BLAS (`blas`: Provenance::blas).
std::vector<Trouble> machine_troubles(const std::string& blas);

/// Whether kernels of this name, as openblas_get_config() has it, fit this processor: "" if they do, or are not known.
std::string kernel_misfit(const std::string& kernels, bool has_avx2, bool has_avx512);

/// Cairo and the font.
std::vector<Trouble> drawing_troubles();

/// Folders that are not there, files that cannot be loaded, components that two files hold.
std::vector<Trouble> plugin_troubles(Registry&);

/// Files whose bytes are not those that the latest sweep read which used them.
std::vector<Trouble> data_troubles(const std::vector<RecordedData>&);

/// A process that holds the writer's lock and does not go on.
std::vector<Trouble> writer_troubles(const std::filesystem::path& database);

/// All of it.
std::vector<Trouble> all_troubles(const std::filesystem::path& database, Registry&, const std::string& blas);

}  // namespace ubp
