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

TEST_CASE("quotes say nothing about a CSV cell: a table is the same with and without them", "[datasets]") {
  const Folder f;
  const std::string plain = f.write("plain.csv", "age,kind,class\n28.0,a,1\n,NA,0\n22,b,1\n"),
                    quoted = f.write("quoted.csv",
                                     "\"age\",\"kind\",\"class\"\n\"28.0\",\"a\",\"1\"\n\"\",\"NA\",\"0\"\n\"22\" "
                                     ", \"b\",\"1\"\n");
  const Opened p("csv", {{"file", plain}, {"label", "class"}}), q("csv", {{"file", quoted}, {"label", "class"}});
  for (const char* field : {"x", "mask", "label"}) CHECK(p.all("train", field) == q.all("train", field));
  CHECK(q.all("train", "x") == Numbers{28, 0, 0, 0, 22, 1});
  CHECK(q.all("train", "mask") == Numbers{1, 1, 0, 0, 1, 1});
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
  CHECK(told.log[0] == file + ": 12 different texts or more are read as their index in 'n': drop what is a name");
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
        "t.csv:2: column 'y': '0.5' is no class: classes are names or whole numbers");
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
  CHECK(d.class_names().size() == t.classes.size());
  if (std::string(t.id) == "iris") CHECK(d.class_names()[1] == "versicolor");
  CHECK(d.column_names().size() == (std::string(t.id) == "digits" ? 0 : t.columns));
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
  f.write("iris.csv", "2,2,a\n1,2,0\n1,2,1\n");
  CHECK_THROWS_WITH(Opened("iris", {{"folder", f.path}}), Catch::EndsWith("iris.csv:3: class 1 is none of 0 to 0"));
  f.write("iris.csv", "2,2,a\n1,2,0\n");
  CHECK_THROWS_WITH(Opened("iris", {{"folder", f.path}}),
                    Catch::EndsWith("iris.csv: holds 1 rows, its header announces 2"));
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
                        "{1 blue, 4 early, 3 \"0\"} % a comment\n"
                        "{3 '0'}\n"
                        "1,red,no,'?',late\n");
  const Opened d("arff", {{"file", "t.arff"}, {"label", "class"}}, f.path);
  CHECK(d.names == std::vector<std::string>{"x", "mask", "label"});
  CHECK(d.all("train", "label") == Numbers{1, 0, 1, 0, 0});
  // size | red, dark green, blue | flag | note: "0", "?", "it's"
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
  CHECK(refusal("{}\n") == "bad.arff:10: the row leaves out 'note', a text");
  CHECK(refusal("{3 x, 3 y}\n") == "bad.arff:10: attribute 3 is named twice");
  CHECK(refusal("{3 x} 5\n") == "bad.arff:10: text behind the row: '5'");
  CHECK(refusal("{nan 1, 3 x}\n") == "bad.arff:10: 'nan' is no index of an attribute");
  CHECK(refusal("1,red,no,x,late,{heavy}\n") == "bad.arff:10: 'heavy' is no weight of a row");
  CHECK(refusal("1,red,no,'x' y,late\n") == "bad.arff:10: 4 values, expected 5");
  CHECK_THAT(refusal("1,red,no,x 'y',late\n"), Catch::StartsWith("bad.arff:10: ''' inside a value"));
  CHECK_THAT(refusal("1,red,no,x % y,late\n"), Catch::StartsWith("bad.arff:10: '%' inside a value"));
  CHECK(refusal("1,red,no,x,'late' y\n") == "bad.arff:10: text behind the last value: 'y'");
  CHECK(refusal("1,red,no,,late\n") == "bad.arff:10: an empty value: a missing one is written ?");
  CHECK(refusal("1e400,red,no,x,late\n") == "bad.arff:10: column 'size': '1e400' is not a finite number");
  CHECK(refusal("1,red,no,'\\u001E',late\n") == "bad.arff:10: \\u is not read: write the character itself");
  CHECK(refusal("1,red,no,x,late\r2,pink,no,x,late\r") ==
        "bad.arff:11: column 'the kind': 'pink' is not among the declared values");
  CHECK(refusal("1,red,no,\xe9,late\n") ==
        "bad.arff:10: byte 0xE9 is no UTF-8: say encoding = \"latin-1\" if it is that");
  const auto head_refusal = [&](const std::string& attributes) {
    f.write("bad.arff", "@relation r\n" + attributes + "\n@data\n1,1\n");
    return refusal_of("arff", {{"label", "y"}}, f, "bad.arff");
  };
  CHECK(head_refusal("@attribute x real\n@attribute y {a,b}\n@attribute y {a,b}") ==
        "bad.arff:4: attributes 2 and 3 are both named 'y'");
  CHECK(head_refusal("@attribute y {1}\n@attribute x real\n@ATTRIBUTE 'y' integer") ==
        "bad.arff:4: attributes 1 and 3 are both named 'y'");
  CHECK(head_refusal("@attribute x {1,1.0}\n@attribute y {1, 1.0}") ==
        "bad.arff:3: attribute 'y' lists '1' and '1.0': one value twice");
  CHECK(head_refusal("@attribute x {a,b,a}") == "bad.arff:2: attribute 'x' lists 'a' and 'a': one value twice");
  CHECK(head_refusal("@attribute x {a,,b}") == "bad.arff:2: attribute 'x' lists an empty value");
  CHECK_THAT(head_refusal("@attribute x {a, b {c, d}"), Catch::StartsWith("bad.arff:2: '{' inside a value"));
  CHECK(head_refusal("@attribute x {a,b} c") == "bad.arff:2: text behind the list of values: 'c'");
  CHECK(head_refusal("@attribute x real y") == "bad.arff:2: text behind the type of attribute 'x': 'y'");
  CHECK(head_refusal("@attribute '' real") == "bad.arff:2: an attribute without a name");
  f.write("t.arff", "@relation r\n@attribute a real [0,1] % x\n@attribute y integer % y\n@data\n2,-1\n1, 3.0,{2}\n");
  told.log.clear();
  const Opened numbered("arff", {{"file", "t.arff"}, {"label", "y"}}, f.path);
  CHECK(numbered.class_names() == std::vector<std::string>{"-1", "3"});
  CHECK(told.log == std::vector<std::string>{f.path + "/t.arff: the weights of 1 rows are left out"});
  f.write("t.arff", "@relation r\n@attribute a relational\n@data\n");
  CHECK_THROWS_WITH(Opened("arff", {{"file", "t.arff"}}, f.path),
                    Catch::Contains("t.arff:2: attribute 'a' has type 'relational'"));
  f.write("t.arff", "@relation r\n@attribute a real\n1\n");
  CHECK_THROWS_WITH(Opened("arff", {{"file", "t.arff"}}, f.path),
                    Catch::Contains("t.arff:3: '1' is neither @relation, @attribute nor @data"));
}
