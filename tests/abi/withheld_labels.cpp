// SPDX-License-Identifier: MIT
// What an objective must not see changes no bit of what it sees.
#include <cstring>
#include <numeric>
#include <sstream>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "story.hpp"
#include "train/evaluate/evaluate.hpp"

namespace {

using namespace ubp;
using testing::Folder;

constexpr i64 kRows = 40, kColumns = 5;

using Cells = std::vector<std::string>;  // the cells, row after row; a column of classes behind

Cells numbers() {
  Cells cells;
  Random random(1, "cells");
  for (i64 i = 0; i < kRows; ++i)
    for (i64 c = 0; c <= kColumns; ++c)
      cells.push_back(c == kColumns ? std::to_string(i % 3) : fmt::format("{:.6f}", random.next_uniform()));
  cells[3 * (kColumns + 1) + 2] = "?";  // the file itself lacks one
  return cells;
}

std::string spec(const Folder& folder, const std::string& name, const Cells& cells, const std::string& options,
                 const std::string& rest = "[objective]\nuse = \"row_vectors\"\n") {
  std::ostringstream text;
  for (i64 c = 0; c <= kColumns; ++c) text << (c ? "," : "") << (c == kColumns ? "class" : "x" + std::to_string(c));
  for (std::size_t i = 0; i < cells.size(); ++i) text << (i % (kColumns + 1) ? "," : "\n") << cells[i];
  const std::filesystem::path file = folder.path() / (name + ".csv");
  std::ofstream(file) << text.str() << "\n";
  return fmt::format(
      "[dataset]\nuse = \"csv\"\nfile = \"{}\"\nlabel = \"class\"\n{}{}[optimizer]\nuse = \"adam\"\nlr = 0.1\n"
      "[train]\nepochs = 3\nbatch = 7\nlog_every = 1\n",
      file.string(), options, rest);
}

struct Opened {
  Opened(const std::string& toml, const Folder& folder)
      : spec(testing::spec_of(toml, folder)), data(*spec.find("dataset"), spec.dataset) {}
  std::string bytes(const std::string& split, const char* field) {
    const Scope scope(engine);
    const Tensor t = data.gather(engine, split, field, all(split));
    return {static_cast<const char*>(engine.data(t)),
            static_cast<std::size_t>(engine.shape(t).count() * bytes_of(engine.dtype(t)))};
  }
  std::vector<double> mask(const std::string& split) {
    const Scope scope(engine);
    return doubles(engine, data.mask(engine, split, all(split)));
  }
  std::vector<i64> all(const std::string& split) const {
    std::vector<i64> rows(static_cast<std::size_t>(data.rows(split)));
    std::iota(rows.begin(), rows.end(), i64{0});
    return rows;
  }

  TrialSpec spec;
  Engine engine{DType::f32};
  Data data;
};

/// The cells with another value wherever the data set of `options` hides them from training.
Cells spoilt(const Cells& cells, const Folder& folder, const std::string& options) {
  const std::string all_rows = options.substr(0, options.find("test_share"));  // in which row i is line i
  Opened opened(spec(folder, "whole", cells, all_rows), folder);
  const std::vector<double> mask = opened.mask("train");
  Cells other = cells;
  for (i64 i = 0; i < kRows; ++i)
    for (i64 c = 0; c < kColumns; ++c) {
      std::string& cell = other[static_cast<std::size_t>(i * (kColumns + 1) + c)];
      if (mask[static_cast<std::size_t>(i * kColumns + c)] == 0 && cell != "?")
        cell = fmt::format("{}", 1e6 * static_cast<double>(i - 20));
    }
  return other;
}

}  // namespace

TEST_CASE("withheld cells change no bit of what an objective sees, however the columns are scaled", "[leak]") {
  const std::string scale = GENERATE("none", "minmax", "standard"), split = GENERATE("", "test_share = 0.25\n");
  CAPTURE(scale, split);
  const std::string options = "scale = \"" + scale + "\"\nwithhold = 0.3\nwithhold_seed = 5\n" + split;
  const Folder folder;
  const Cells cells = numbers(), other = spoilt(cells, folder, options);
  REQUIRE(cells != other);
  Opened a(spec(folder, "a", cells, options), folder), b(spec(folder, "b", other, options), folder);
  CHECK(a.data.raw_input("train", a.all("train")) !=
        b.data.raw_input("train", b.all("train")));  // what metrics may see
  for (const char* s : {"train", "test"}) {
    if (!a.data.has(s)) continue;
    CAPTURE(s);
    CHECK(a.bytes(s, nullptr) == b.bytes(s, nullptr));
    CHECK(a.bytes(s, "mask") == b.bytes(s, "mask"));
    CHECK(a.mask(s) == b.mask(s));
  }
  testing::Story first, second;
  run(spec(folder, "a", cells, options), first);
  run(spec(folder, "b", other, options), second);
  REQUIRE(first.end.how == TrialEnd::How::complete);
  CHECK(first.points.size() > 10);
  CHECK(first.points == second.points);
}

TEST_CASE("a data set in C says which columns are one cell, and a host believes only what can be", "[leak]") {
  const Folder folder;
  const auto opened = [&](int from) {
    return Opened(fmt::format(
                      "[dataset]\nuse = \"grid\"\nnames_from = {}\nwithhold = 0.5\n[objective]\nuse = \"row_vectors\"\n"
                      "[optimizer]\nuse = \"adam\"\nlr = 0.1\n",
                      from),
                  folder)
        .mask("train");
  };
  const std::vector<double> alone = opened(-1), together = opened(0);
  bool apart = false;
  for (std::size_t i = 0; i < alone.size(); i += 2) {
    CHECK(together[i] == alone[i]);
    CHECK(together[i + 1] == alone[i]);
    apart = apart || alone[i] != alone[i + 1];
  }
  CHECK(apart);
  CHECK_THROWS_WITH(opened(2),
                    "dataset 'grid', nominal: found a cell of columns 2 to 1, expected columns 0 to 1 in order");
}

TEST_CASE("labels change no bit of a trial that does not declare them", "[leak]") {
  const Folder folder;
  Cells cells = numbers();
  const std::string rest = "[objective]\nuse = \"" + std::string(GENERATE("row_vectors", "declares_labels")) + "\"\n";
  if (rest.find("declares") != std::string::npos)
    cells[3 * (kColumns + 1) + 2] = "0.5";  // it does not handle missing cells
  Cells other = cells;
  for (std::size_t i = kColumns; i < other.size(); i += kColumns + 1) other[i] = other[i] == "0" ? "2" : "0";
  testing::Story first, second;
  run(spec(folder, "a", cells, "", rest), first);
  run(spec(folder, "b", other, "", rest), second);
  INFO(first.end.error);
  REQUIRE(first.end.how == TrialEnd::How::complete);
  CHECK((first.points == second.points) == (rest.find("declares") == std::string::npos));
}

TEST_CASE("an objective without the flag gets no labels, by any name, in no callback", "[leak]") {
  const std::string field = GENERATE("label", "class"), where = GENERATE("loss", "pass");
  CAPTURE(field, where);
  const auto toml = [&](const std::string& id) {
    return fmt::format(
        "[dataset]\nuse = \"grid\"\n[objective]\nuse = \"{}\"\nfield = \"{}\"\nwhere = \"{}\"\n[optimizer]\nuse = "
        "\"sgd\"\nlr = 0.5\n"
        "[train]\nepochs = 20\nlog_every = 1\n",
        id, field, where);
  };
  CHECK(testing::refusal(toml("peeks_at_labels")) ==
        fmt::format(
            "objective 'peeks_at_labels', {}: field '{}' holds labels, which an objective sees only if it declares "
            "UBP_OBJ_NEEDS_LABELS",
            where == "loss" ? "loss" : "setup", field));
  testing::Story story;
  run(toml("declares_labels"), story);
  REQUIRE(story.end.how == TrialEnd::How::complete);
  CHECK(story.all("train.loss").back() == Approx(0.25));  // half of the rows are 0, half are 1
}

TEST_CASE("an objective that declares labels is recorded as supervised, others are not", "[leak]") {
  Registry registry({UBP_PLUGIN_FOLDER}, UBP_PROGRAM);
  CHECK(registry.find(UBP_K_OBJECTIVE, "declares_labels").supervised());
  CHECK_FALSE(registry.find(UBP_K_OBJECTIVE, "peeks_at_labels").supervised());
}
