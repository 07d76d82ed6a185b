// SPDX-License-Identifier: MIT
#include "dataset.hpp"

using namespace harness;
using Numbers = std::vector<double>;

namespace {

Numbers column(const Opened& d, std::size_t c, const std::string& field = "x") {
  const Numbers x = d.all("train", field);
  Numbers out;
  const auto width = static_cast<std::size_t>(d.fields[0].shape.dim[0]);
  for (std::size_t i = c; i < x.size(); i += width) out.push_back(x[i]);
  return out;
}

}  // namespace

TEST_CASE("a CSV column becomes numbers by what it holds", "[datasets]") {
  const Folder f;
  f.write("t.csv",
          "\xef\xbb\xbfsize,kind,flag,\"the, name\",class\r\n"
          "1.5,red,yes,\"a \"\"b\"\"\",10\r\n"
          "\n"
          "-2e1,green,no,,9\r\n"
          ",blue,NA,\"two\nlines\",10\r\n"
          "+4,?,no,x,9");
  CHECK(Opened("csv", {{"file", "t.csv"}, {"label", "class"}, {"drop", "size"}}, f.path).fields[0].shape.dim[0] == 7);
  const Opened d("csv", {{"file", "t.csv"}, {"label", "class"}, {"value_cap", 4.0}}, f.path);
  CHECK(d.names == std::vector<std::string>{"x", "mask", "label"});
  CHECK(d.fields[0].shape.dtype == UBP_F64);
  CHECK(d.fields[1].flags == UBP_FIELD_MASK);
  CHECK(d.fields[0].shape.dim[0] == 1 + 3 + 1 + 3);
  CHECK(d.files == f.path + "/t.csv\n");
  CHECK(d.count("train") == 4);
  CHECK(d.count("test") == 0);
  CHECK(d.all("train", "label") == Numbers{1, 0, 1, 0});  // 9 before 10
  CHECK(column(d, 0) == Numbers{1.5, -20, 0, 4});
  CHECK(column(d, 0, "mask") == Numbers{1, 1, 0, 1});
  CHECK(column(d, 1) == Numbers{0, 0, 1, 0});  // blue
  CHECK(column(d, 2) == Numbers{0, 1, 0, 0});  // green
  CHECK(column(d, 3) == Numbers{1, 0, 0, 0});  // red
  for (std::size_t c : {1, 2, 3}) CHECK(column(d, c, "mask") == Numbers{1, 1, 1, 0});
  CHECK(column(d, 4) == Numbers{1, 0, 0, 0});  // no, yes
  CHECK(column(d, 4, "mask") == Numbers{1, 1, 0, 1});
  CHECK(column(d, 5) == Numbers{1, 0, 0, 0});
  CHECK(column(d, 6, "mask") == Numbers{1, 0, 1, 1});
}

TEST_CASE("a quoted CSV cell is a text, never a missing one", "[datasets]") {
  const Folder f;
  const Opened d("csv", {{"file", f.write("t.csv", "a\n\"NA\"\nNA\n\"\"\n")}});
  CHECK(d.all("train", "mask") == Numbers{1, 0, 1});
  CHECK(d.all("train", "x") == Numbers{1, 0, 0});
}

TEST_CASE("a CSV without missing cells has no mask, and without a label column no labels", "[datasets]") {
  const Folder f;
  const std::string file = f.write("t.csv.gz", "a;b;c\n1;2;3\n4;5;6\n", true);
  const Opened d("csv", {{"file", file}, {"delimiter", ";"}, {"drop", "c, a"}});
  CHECK(d.names == std::vector<std::string>{"x"});
  CHECK(d.all("train", "x") == Numbers{2, 5});
  const Opened one_hot("csv", {{"file", file}, {"delimiter", ";"}, {"nominal", "a"}});
  CHECK(one_hot.all("train", "x") == Numbers{0, 2, 3, 1, 5, 6});
}

TEST_CASE("a CSV column of many texts becomes an index, with a warning", "[datasets]") {
  const Folder f;
  std::string text = "n\n";
  for (char ch = 'a'; ch < 'a' + 12; ++ch) text += std::string(1, ch) + "\n";
  const std::string file = f.write("t.csv", text);
  told.log.clear();
  CHECK(Opened("csv", {{"file", file}}).all("train", "x") == Numbers{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  REQUIRE(told.log.size() == 1);
  CHECK(told.log[0] == file + ": column 'n' holds 12 different texts, read as their index: drop it if it is a name");
  CHECK(Opened("csv", {{"file", file}, {"value_cap", 13.0}}).fields[0].shape.dim[0] == 12);
}

TEST_CASE("a CSV that cannot be right is refused with its line", "[datasets]") {
  const Folder f;
  const auto refusal = [&](const std::string& text, Params params = {}) {
    params["file"] = f.write("t.csv", text);
    try {
      Opened("csv", params);
    } catch (const Refusal& e) {
      return std::string(e.what()).substr(f.path.size() + 1);
    }
    return std::string("accepted");
  };
  CHECK(refusal("a,b\n1,2\n\n3\n") == "t.csv:4: 1 fields, the header has 2");
  CHECK(refusal("a,b\n1,\"2\n\n3\"\n4\n") == "t.csv:5: 1 fields, the header has 2");
  CHECK(refusal("a,b\n1,\"2\n3,4\n") == "t.csv:2: a quote is not closed");
  CHECK(refusal("a,b\n1,\"2\"3\n") == "t.csv:2: text after a closing quote");
  CHECK(refusal("a,b\n") == "t.csv: holds no rows");
  CHECK(refusal("") == "t.csv: holds no rows");
  CHECK(refusal("a\ninf\n") == "t.csv:2: column 'a': 'inf' is not a finite number");
  CHECK(refusal("a,y\n1,x\n2,\n", {{"label", "y"}}) == "t.csv:3: the label, column 'y', is missing");
  CHECK(refusal("a,y\n1,0.5\n", {{"label", "y"}}) ==
        "t.csv: label column 'y' holds 0.5: classes are names or whole numbers");
  CHECK(refusal("a,y\n1,2\n", {{"label", "Y"}}) == "t.csv: no column 'Y' (the label): there are a, y");
  CHECK(refusal("a,y\n1,2\n", {{"drop", "a,y"}}) == "t.csv: no column is left");
  CHECK_THROWS_WITH(Opened("csv", {{"file", "no.csv"}}, f.path),
                    "csv: no.csv is missing: looked in " + f.path + " and in the working folder");
  CHECK_THROWS_WITH(Opened("csv", {{"file", "x"}, {"delimiter", "ab"}}), Catch::Contains("neither one character nor"));
}

TEST_CASE("scikit-learn's tables are scikit-learn's", "[datasets]") {
  struct Table {
    const char* id;
    std::int64_t rows;
    std::size_t columns;
    std::vector<std::int64_t> classes;
    double sum;  // of all cells, by load_*().data.sum()
  };
  const Table t =
      GENERATE(Table{"iris", 150, 4, {50, 50, 50}, 2078.7}, Table{"wine", 178, 13, {59, 71, 48}, 159975.295999},
               Table{"breast_cancer", 569, 30, {212, 357}, 1056474.4596356},
               Table{"digits", 1797, 64, {178, 182, 177, 183, 181, 182, 181, 179, 174, 180}, 561718 / 16.0});
  CAPTURE(t.id);
  if (!std::filesystem::exists("/usr/lib/python3/dist-packages/sklearn/datasets/data")) {
    WARN("skipped: python3-sklearn is not installed");
    return;
  }
  const Opened d(t.id, {});
  CHECK(d.count("train") == t.rows);
  CHECK(d.count("test") == 0);
  const Numbers x = d.all("train", d.names[0]), y = d.all("train", "label");
  CHECK(x.size() == static_cast<std::size_t>(t.rows) * t.columns);
  double sum = 0;
  for (double v : x) sum += v;
  CHECK(sum == Approx(t.sum).epsilon(1e-12));
  for (std::size_t c = 0; c < t.classes.size(); ++c) CHECK(std::count(y.begin(), y.end(), c) == t.classes[c]);
}

TEST_CASE("digits are pictures, missing or foreign files are refused", "[datasets]") {
  const Folder f;
  std::string row = "16";
  for (int i = 1; i < 64; ++i) row += ",0";
  f.write("digits.csv.gz", row + ",7.0\n" + row + ",8.0\n", true);
  const Opened d("digits", {}, f.path);
  CHECK(d.names == std::vector<std::string>{"image", "label"});
  CHECK(d.fields[0].flags == (UBP_FIELD_INPUT | UBP_FIELD_IMAGE_CHW));
  CHECK(d.read("train", "image", {1})[0] == 1);
  CHECK(d.all("train", "label") == Numbers{7, 8});
  CHECK_THROWS_WITH(Opened("iris", {{"folder", f.path}}),
                    Catch::Contains("iris.csv is missing: install it with `apt-get install python3-sklearn`"));
  f.write("digits.csv.gz", "1,2,3\n");
  CHECK_THROWS_WITH(Opened("digits", {}, f.path), Catch::Contains("2 numbers before the label, expected 64"));
  f.write("iris.csv", "2,2,a\n1,2,0\n1,0\n");
  CHECK_THROWS_WITH(Opened("iris", {}, f.path), Catch::Contains("iris.csv:3: 2 fields, expected 3"));
  f.write("iris.csv", "2,2,a\n1,x,0\n");
  CHECK_THROWS_WITH(Opened("iris", {}, f.path), Catch::Contains("iris.csv:2: 'x' is not a number"));
}

TEST_CASE("an ARFF table keeps the declared order of its values", "[datasets]") {
  const Folder f;
  const std::string head =
      "% a comment\n@RELATION 'a b'\n@attribute size NUMERIC\n@attribute 'the kind' {red, 'dark green' ,blue}\n"
      "@ATTRIBUTE flag{no,yes}\n@attribute note string\n@attribute class {late,early}\n\n@DATA\n";
  f.write("t.arff", head +
                        "1.5, 'dark green', yes, \"it\\'s\", early\r\n"
                        "% another\n"
                        "?,red,?,?,late,{3}\n"
                        "{1 blue, 4 early}\n"
                        "{}\n"
                        "1,red,no,'?',late\n");
  const Opened d("arff", {{"file", "t.arff"}, {"label", "class"}}, f.path);
  CHECK(d.names == std::vector<std::string>{"x", "mask", "label"});
  CHECK(d.all("train", "label") == Numbers{1, 0, 1, 0, 0});
  // size | red, dark green, blue | flag | note: "0" where a sparse row leaves it out, "?", "it's"
  CHECK(d.read("train", "x", {0}) == Numbers{1.5, 0, 1, 0, 1, 0, 0, 1});
  CHECK(d.read("train", "x", {1}) == Numbers{0, 1, 0, 0, 0, 0, 0, 0});
  CHECK(d.read("train", "mask", {1}) == Numbers{0, 1, 1, 1, 0, 0, 0, 0});
  CHECK(d.read("train", "x", {2}) == Numbers{0, 0, 0, 1, 0, 1, 0, 0});
  CHECK(d.read("train", "x", {3}) == Numbers{0, 1, 0, 0, 0, 1, 0, 0});
  CHECK(d.read("train", "mask", {3}) == Numbers{1, 1, 1, 1, 1, 1, 1, 1});
  CHECK(d.read("train", "x", {4}) == Numbers{1, 1, 0, 0, 0, 0, 1, 0});
  CHECK(Opened("arff", {{"file", "t.arff"}, {"drop", "note,class,flag"}, {"value_cap", 3.0}}, f.path)
            .read("train", "x", {0, 1}) == Numbers{1.5, 1, 0, 0});

  const auto refusal = [&](const std::string& rest) {
    f.write("bad.arff", head + rest);
    try {
      Opened("arff", {{"file", "bad.arff"}}, f.path);
    } catch (const Refusal& e) {
      return std::string(e.what()).substr(f.path.size() + 1);
    }
    return std::string("accepted");
  };
  CHECK(refusal("1,red,no,x\n") == "bad.arff:10: 4 values, expected 5");
  CHECK(refusal("1,red,no,x,late,7\n") == "bad.arff:10: more than 5 values");
  CHECK(refusal("1,pink,no,x,late\n") == "bad.arff:10: column 'the kind': 'pink' is not among the declared values");
  CHECK(refusal("1,'red,no,x,late\n") == "bad.arff:10: a quote is not closed");
  CHECK(refusal("one,red,no,x,late\n") == "bad.arff:10: column 'size': 'one' is not a finite number");
  CHECK(refusal("{5 1}\n") == "bad.arff:10: '5' is no index of an attribute");
  CHECK(refusal("{0 1\n") == "bad.arff:10: the row is not closed");
  f.write("t.arff", "@relation r\n@attribute a relational\n@data\n");
  CHECK_THROWS_WITH(Opened("arff", {{"file", "t.arff"}}, f.path),
                    Catch::Contains("t.arff:2: attribute 'a' has type 'relational'"));
  f.write("t.arff", "@relation r\n@attribute a real\n1\n");
  CHECK_THROWS_WITH(Opened("arff", {{"file", "t.arff"}}, f.path),
                    Catch::Contains("t.arff:3: '1' is neither @relation, @attribute nor @data"));
}
