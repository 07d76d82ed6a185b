// SPDX-License-Identifier: MIT
#include "run/doctor.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/contents.hpp"
#include "draw/png.hpp"
#include "record/lock.hpp"

namespace ubp {
namespace {

namespace fs = std::filesystem;

constexpr rlim_t kFilesOfUbp = 32, kFilesOfATrial = 2;  // as a sweep asks for
constexpr rlim_t kLeastAddresses = rlim_t{1} << 30;     // bytes: libraries, BLAS and a small data set

void look_at_limits(std::vector<Trouble>& found) {
  rlimit limit{};
  const rlim_t needed = kFilesOfUbp + kFilesOfATrial * std::max(1U, std::thread::hardware_concurrency());
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max < needed)
    found.push_back(
        {"machine",
         fmt::format("open files: this process may have {}, expected {} for one trial a core", limit.rlim_max, needed),
         "ulimit -n, or fewer trials side by side (-j)"});
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur < kLeastAddresses)
    found.push_back({"machine",
                     fmt::format("address space: this process may have {} MiB, expected {} or more",
                                 limit.rlim_cur >> 20, kLeastAddresses >> 20),
                     "ulimit -v unlimited"});
}

void look_at_cache(std::vector<Trouble>& found) {
  try {
    const fs::path folder = cache_folder(), probe = folder / fmt::format("doctor-{}", getpid());
    std::error_code ignored;
    fs::create_directories(folder, ignored);
    const bool written = static_cast<bool>(std::ofstream(probe) << "x" << std::flush);
    fs::remove(probe, ignored);
    if (!written)
      found.push_back({"machine", fmt::format("{}: the cache cannot be written there", folder.string()),
                       "UBP_CACHE names another folder"});
  } catch (const Error& e) {
    found.push_back({"machine", e.what(), "UBP_CACHE names another folder"});
  }
}

bool has_avx2() {
#ifdef __x86_64__
  return __builtin_cpu_supports("avx2");
#else
  return false;
#endif
}

bool has_avx512() {
#ifdef __x86_64__
  return __builtin_cpu_supports("avx512f");
#else
  return false;
#endif
}

void look_at_blas(const std::string& blas, std::vector<Trouble>& found) {
  if (blas.empty()) {
    found.push_back({"machine", "BLAS: is not OpenBLAS, by whose kernels results are recorded",
                     "install libopenblas0-pthread, or choose it: update-alternatives --config libblas.so.3-*"});
    return;
  }
  const std::string misfit = kernel_misfit(blas, has_avx2(), has_avx512());
  if (misfit.empty()) return;
  const char* set = std::getenv("OPENBLAS_CORETYPE");
  found.push_back({"machine", "BLAS: " + misfit,
                   set ? fmt::format("unset OPENBLAS_CORETYPE, which is '{}'", set)
                       : "install a newer libopenblas0-pthread, which knows this processor"});
}

/// The state of a process on this machine, as /proc tells it: 'R', 'S', 'T', ...; '?': not known.
char state_of(long pid) {
  std::ifstream in(fmt::format("/proc/{}/stat", pid));
  std::string text;
  std::getline(in, text);
  const std::size_t end = text.rfind(')');  // of the name, which may have any character
  return end == text.npos || end + 2 >= text.size() ? '?' : text[end + 2];
}

void look_at_folders(const char* variable, const char* area, std::vector<Trouble>& found) {
  const char* set = std::getenv(variable);
  std::istringstream in(set ? set : "");
  for (std::string folder; std::getline(in, folder, ':');)
    if (!folder.empty() && !fs::is_directory(folder))
      found.push_back({area, fmt::format("{}: {} names it, but there is no such folder", folder, variable),
                       fmt::format("make it, or take it out of {}", variable)});
}

}  // namespace

std::string kernel_misfit(const std::string& blas, bool has_avx2, bool has_avx512) {
  struct Kernels {
    const char* name;
    int level;  // 0: SSE, 1: AVX2, 2: AVX-512
  };
  static constexpr Kernels kKnown[] = {
      {"Katmai", 0},  {"Coppermine", 0}, {"Northwood", 0},  {"Prescott", 0},    {"Banias", 0},
      {"Atom", 0},    {"Core2", 0},      {"Penryn", 0},     {"Dunnington", 0},  {"Nehalem", 0},
      {"Athlon", 0},  {"Opteron", 0},    {"Barcelona", 0},  {"Nano", 0},        {"Sandybridge", 0},
      {"Bobcat", 0},  {"Bulldozer", 0},  {"Piledriver", 0}, {"Steamroller", 0}, {"Excavator", 1},
      {"Haswell", 1}, {"Zen", 1},        {"SkylakeX", 2},   {"Cooperlake", 2},  {"SapphireRapids", 2}};
  const int processor = has_avx512 ? 2 : has_avx2 ? 1 : 0;
  std::istringstream words(blas);
  for (std::string word; words >> word;)
    for (const Kernels& kernels : kKnown) {
      if (word != kernels.name) continue;
      if (kernels.level > processor) return fmt::format("its kernels '{}' need what this processor lacks", word);
      if (kernels.level == 0 && processor > 0)
        return fmt::format(
            "its kernels '{}' do not use the AVX2 of this processor, and round otherwise than those "
            "that do",
            word);
    }
  return "";
}

std::vector<Trouble> machine_troubles(const std::string& blas) {
  std::vector<Trouble> found;
  look_at_limits(found);
  look_at_cache(found);
  look_at_blas(blas, found);
  look_at_folders("UBP_DATA", "data", found);
  return found;
}

std::vector<Trouble> drawing_troubles() {
  try {
    require_drawing();
  } catch (const Error& e) {
    return {{"drawing", e.what(), "until then, a trial that draws pictures fails; others do not need it"}};
  }
  return {};
}

std::vector<Trouble> plugin_troubles(Registry& registry) {
  std::vector<Trouble> found;
  look_at_folders("UBP_PLUGIN_PATH", "plugins", found);
  std::vector<std::string> broken;
  std::vector<Registry::Shadowed> shadowed;
  registry.all(&broken, &shadowed);
  for (const std::string& sentence : broken)
    found.push_back({"plugins", sentence, "build it against this ubp's SDK where its libraries are, or take it away"});
  for (const Registry::Shadowed& each : shadowed)
    found.push_back(
        {"plugins",
         fmt::format("{} '{}' is in two files that differ: {} is used, {} is not", kind_name(each.used->kind),
                     each.used->id, each.used->file.string(), each.unused.string()),
         "take one of them away; --plugin-path names the folder that comes first"});
  return found;
}

std::vector<Trouble> data_troubles(const std::vector<RecordedData>& files) {
  std::vector<Trouble> found;
  for (const RecordedData& each : files) {
    const std::string sweep = fmt::format("sweep {} '{}'", each.sweep_id, each.sweep);
    const std::string cure = "put the file back; `ubp sweep` starts another sweep with what is there now";
    try {
      if (!fs::exists(each.file))
        found.push_back({"data", fmt::format("{}: is not there any more; {} read it", each.file, sweep), cure});
      else if (const std::string now = sha256_of_contents(each.file, cache_folder() / "contents"); now != each.sha256)
        found.push_back({"data",
                         fmt::format("{}: has changed since {} read it: recorded sha256 {}, now {}", each.file, sweep,
                                     each.sha256, now),
                         cure});
    } catch (const Error& e) {
      found.push_back({"data", e.what(), cure});
    }
  }
  return found;
}

std::vector<Trouble> writer_troubles(const fs::path& database) {
  const std::optional<Writer> writer = writer_of(database);
  if (!writer || !writer->host.empty() || state_of(writer->pid) != 'T') return {};
  return {{"database",
           fmt::format("{}: process {} holds it, but is stopped, and everybody waits for it", database.string(),
                       writer->pid),
           fmt::format("kill -CONT {}", writer->pid)}};
}

std::vector<Trouble> all_troubles(const fs::path& database, Registry& registry, const std::string& blas) {
  std::vector<Trouble> all = machine_troubles(blas);
  const auto add = [&](std::vector<Trouble> more) { std::move(more.begin(), more.end(), std::back_inserter(all)); };
  add(drawing_troubles());
  add(plugin_troubles(registry));
  add(writer_troubles(database));
  if (!database_troubles(database, all)) return all;
  try {
    Reader reader(database);
    add(record_troubles(reader, writer_of(database).has_value()));
    add(data_troubles(recorded_data(reader)));
  } catch (const Error& e) {
    all.push_back({"database", e.what(), "`ubp db check` says more; put a backup back"});
  }
  return all;
}

}  // namespace ubp
