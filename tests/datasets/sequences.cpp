// SPDX-License-Identifier: MIT
#include "dataset.hpp"

using namespace harness;
using Numbers = std::vector<double>;

namespace {

/// The sentence that refuses the file; "" if it is read.
std::string refusal(const Params& params, const std::string& folder) {
  try {
    const Opened opened("series", params, folder);
  } catch (const std::exception& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("lines of one name are a row, padded to the longest, with its length beside it", "[datasets]") {
  const Folder f;
  f.write("s.csv",
          "id,speed,slope,class\n"
          "a,1.5,0.1,walk\n"
          "b,0.4,0.3,rest\n"
          "a,1.7,0,walk\n"
          "a,1.6,0.2,walk\n"
          "c,2,0.5,walk\n"
          "c,3,0.6,walk\n");
  const Opened d("series", {{"file", "s.csv"}, {"series", "id"}, {"label", "class"}}, f.path);
  CHECK(d.names == std::vector<std::string>{"x", "length", "label"});
  CHECK(d.fields[0].shape.nd == 2);
  CHECK(d.fields[0].shape.dim[0] == 3);
  CHECK(d.fields[0].shape.dim[1] == 2);
  CHECK(d.fields[1].flags == UBP_FIELD_LENGTH);
  CHECK(d.count("train") == 3);
  CHECK(d.count("test") == 0);
  CHECK(d.all("train", "x") == Numbers{1.5, 0.1, 1.7, 0, 1.6, 0.2, 0.4, 0.3, 0, 0, 0, 0, 2, 0.5, 3, 0.6, 0, 0});
  CHECK(d.all("train", "length") == Numbers{3, 1, 2});
  CHECK(d.all("train", "label") == Numbers{1, 0, 1});  // rest, walk
  const Opened cut("series", {{"file", "s.csv"}, {"series", "id"}, {"label", "class"}, {"most", 2.0}}, f.path);
  CHECK(cut.all("train", "length") == Numbers{2, 1, 2});
  CHECK(cut.all("train", "x") == Numbers{1.5, 0.1, 1.7, 0, 0.4, 0.3, 0, 0, 2, 0.5, 3, 0.6});
  const Opened bare("series", {{"file", "s.csv"}, {"series", "id"}, {"drop", "class,slope"}}, f.path);
  CHECK(bare.names == std::vector<std::string>{"x", "length"});
  CHECK(bare.all("train", "x") == Numbers{1.5, 1.7, 1.6, 0.4, 0, 0, 2, 3, 0});
}

TEST_CASE("a missing cell within a row is missing, and names are one-hot at each moment", "[datasets]") {
  const Folder f;
  f.write("s.csv", "id\tkind\tsize\na\tred\t1\na\tblue\t?\nb\tgreen\t3\n");
  const Opened d("series", {{"file", "s.csv"}, {"series", "id"}, {"delimiter", "tab"}}, f.path);
  CHECK(d.names == std::vector<std::string>{"x", "length", "mask"});
  CHECK(d.all("train", "x") == Numbers{0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0, 3, 0, 0, 0, 0});
  CHECK(d.all("train", "mask") == Numbers{1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0});
  CHECK(d.all("train", "length") == Numbers{2, 1});
}

TEST_CASE("a series is refused by file, line and column", "[datasets]") {
  const Folder f;
  f.write("two.csv", "id,x,class\na,1,up\na,2,down\n");
  f.write("none.csv", "id,x\na,1\n,2\n");
  CHECK(refusal({{"file", "two.csv"}, {"series", "id"}, {"label", "class"}}, f.path) ==
        f.path + "/two.csv:3: column 'class': 'down' is not what line 2 says of 'a': a row has one class");
  CHECK(refusal({{"file", "none.csv"}, {"series", "id"}}, f.path) ==
        f.path + "/none.csv:3: column 'id': is missing: expected which row the line belongs to");
  CHECK(refusal({{"file", "two.csv"}, {"series", "name"}}, f.path) ==
        f.path + "/two.csv: no column 'name' (the series): there are id, x, class");
  CHECK(refusal({{"file", "two.csv"}, {"series", "class"}, {"label", "class"}}, f.path) ==
        "series: label: 'class' is the column of the series, too");
}
