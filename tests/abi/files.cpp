// SPDX-License-Identifier: MIT
// What a data set says of its files, fields and rows is looked at before it is believed.
#include <fstream>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "story.hpp"

namespace {

using namespace ubp;
using testing::Folder;

/// The sentence that refuses a trial on `lister`; "" if it completes.
std::string refusal(const std::string& parameters) {
  return testing::refusal("[dataset]\nuse = \"lister\"\n" + parameters +
                          "\n[objective]\nuse = \"column_mean\"\n[optimizer]\nuse = \"sgd\"\nlr = 0.1\n[train]\n"
                          "epochs = 1\n");
}

}  // namespace

TEST_CASE("files() gives one path a line, with or without a last line end", "[files]") {
  const Folder folder;
  const std::string a = folder.path() / "a", b = folder.path() / "b";
  std::ofstream(a) << 1, std::ofstream(b) << 2;
  const auto listing = [](const std::string& lines) { return refusal(fmt::format("lines = \"{}\"", lines)); };
  CHECK(listing("") == "");
  CHECK(listing(a) == "");
  CHECK(listing(a + "\\n" + b + "\\n") == "");
  CHECK(listing(a + "\\n\\n" + b) == "dataset 'lister': files: found an empty line, expected one path a line");
  CHECK(listing("\\n") == "dataset 'lister': files: found an empty line, expected one path a line");
  const std::string absent = folder.path() / "absent";
  CHECK_THAT(listing(a + "\\n" + absent), Catch::Contains("dataset 'lister': ") && Catch::Contains(absent));
}

TEST_CASE("count() gives no less than 0", "[files]") {
  CHECK(refusal("n = -1") == "dataset 'lister', count: 'train': found -1 rows, expected 0 or more");
  CHECK(refusal("n = 0") == "dataset 'lister': has no training rows");
}

TEST_CASE("fields() says which is meant, by flags that there are", "[files]") {
  CHECK(refusal("n_fields = 2") == "dataset 'lister', fields: found 2 of UBP_FIELD_INPUT, expected 1");
  CHECK(refusal("field = 257") == "dataset 'lister', fields: 'x': no flag has the bits 0x100");
  CHECK(refusal("field = 0") == "dataset 'lister': declares no input field");
}
