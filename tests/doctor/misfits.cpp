// SPDX-License-Identifier: MIT
// Troubles that no test can make on this machine, by the functions that tell them.
#include <catch2/catch.hpp>

#include "record/lock.hpp"
#include "run/doctor.hpp"
#include "support.hpp"

using namespace ubp;

TEST_CASE("kernels fit a processor that has what they need, and that has no more than they use", "[doctor]") {
  const auto misfit = [](const char* kernels, bool avx2, bool avx512) {
    return kernel_misfit(fmt::format("OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH {} MAX_THREADS=64", kernels), avx2,
                         avx512);
  };
  for (const char* fits : {"Haswell", "Zen", "SkylakeX", "a_new_one"}) CHECK(misfit(fits, true, true) == "");
  CHECK(misfit("Prescott", false, false) == "");
  CHECK_THAT(misfit("Prescott", true, false), Catch::Contains("'Prescott' do not use the AVX2"));
  CHECK_THAT(misfit("SkylakeX", true, false), Catch::Contains("'SkylakeX' need what this processor lacks"));
  CHECK_THAT(misfit("Haswell", false, false), Catch::Contains("'Haswell' need what this processor lacks"));
}

TEST_CASE("another BLAS is a trouble", "[doctor]") {
  const std::vector<Trouble> found = machine_troubles("");
  CHECK(std::any_of(found.begin(), found.end(), [](const Trouble& t) {
    return t.what.find("is not OpenBLAS") != std::string::npos && t.cure.find("libopenblas0") != std::string::npos;
  }));
}

TEST_CASE("a disk without room, and a network file system, are told", "[doctor]") {
  const auto told = [](const FolderFacts& facts) {
    const std::vector<Trouble> found = folder_troubles("/data/ubp.db", facts);
    return found.empty() ? "" : found.at(0).what;
  };
  CHECK(told({.network = "", .free_bytes = std::uintmax_t{1} << 40}) == "");
  CHECK_THAT(told({.network = "", .free_bytes = 1 << 20}), Catch::Contains("/data: the disk is full: 1 MiB are free"));
  CHECK_THAT(told({.network = network_file_system(0x6969), .free_bytes = std::uintmax_t{1} << 40}),
             Catch::Contains("/data: lies on a network file system (NFS)"));
}
