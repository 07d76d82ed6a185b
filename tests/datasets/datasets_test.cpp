// SPDX-License-Identifier: MIT
#include <iostream>

#include "dataset.hpp"

using namespace harness;
using Numbers = std::vector<double>;

namespace {

std::string idx(const std::vector<int>& shape, const std::string& bytes) {
  std::string text{0, 0, 8, static_cast<char>(shape.size())};
  for (int n : shape)
    for (int shift : {24, 16, 8, 0}) text += static_cast<char>(n >> shift);
  return text + bytes;
}

/// Two training and one test picture of 1 x 3 pixels, half of the files gzipped.
void write_pictures(const Folder& f, const std::string& under = "") {
  f.write(under + "train-images-idx3-ubyte", idx({2, 1, 3}, std::string("\x01\x02\x03\xff\x00\x07", 6)));
  f.write(under + "train-labels-idx1-ubyte.gz", idx({2}, "\x05\x09"), true);
  f.write(under + "t10k-images.idx3-ubyte.gz", idx({1, 1, 3}, "\x0a\x0b\x0c"), true);
  f.write(under + "t10k-labels-idx1-ubyte", idx({1}, "\x02"));
}

Numbers column(const Opened& d, std::size_t c, const std::string& field = "x") {
  const Numbers x = d.all("train", field);
  Numbers out;
  const auto width = static_cast<std::size_t>(d.fields[0].shape.dim[0]);
  for (std::size_t i = c; i < x.size(); i += width) out.push_back(x[i]);
  return out;
}

std::vector<std::string> all_datasets() {
  std::vector<std::string> ids;
  for (const auto& f : std::filesystem::directory_iterator(DATASET_SOURCES))
    if (f.path().extension() == ".cpp") ids.push_back(f.path().stem());
  return ids;
}

}  // namespace

TEST_CASE("the comment on top of a data set is what it declares", "[datasets]") {
  for (const std::string& id : all_datasets()) check_description(DATASET_PLUGINS, DATASET_SOURCES, id);
}

TEST_CASE("IDX files are read plain or gzipped, under either name", "[datasets]") {
  const Folder f;
  const std::string data_dir = GENERATE("", "mnist/");
  write_pictures(f, data_dir);
  const Opened d = data_dir.empty() ? Opened("fashion_mnist", {{"folder", f.path}}) : Opened("mnist", {}, f.path);
  CHECK(d.names == std::vector<std::string>{"image", "label"});
  CHECK(d.fields[0].flags == (UBP_FIELD_INPUT | UBP_FIELD_IMAGE_CHW | UBP_FIELD_UNIT_BYTES));
  CHECK(d.fields[0].shape.dtype == UBP_U8);
  CHECK(std::vector<std::int64_t>(d.fields[0].shape.dim, d.fields[0].shape.dim + 3) ==
        std::vector<std::int64_t>{1, 1, 3});
  CHECK(std::count(d.files.begin(), d.files.end(), '\n') == 4);
  CHECK(d.count("train") == 2);
  CHECK(d.count("test") == 1);
  CHECK(d.count("validation") == 0);
  CHECK(d.all("train", "image") == Numbers{1, 2, 3, 255, 0, 7});
  CHECK(d.all("train", "label") == Numbers{5, 9});
  CHECK(d.all("test", "image") == Numbers{10, 11, 12});
  CHECK(d.read("train", "label", {1, 0, 1}) == Numbers{9, 5, 9});
  CHECK_THROWS_WITH(d.read("train", "label", {2}), Catch::Contains("row 2 is outside 0..1"));
}

TEST_CASE("pooled pictures are all training rows, the test files' last", "[datasets]") {
  const Folder f;
  write_pictures(f, "");
  const Opened d("fashion_mnist", {{"folder", f.path}, {"pooled", 1.0}});
  CHECK(d.count("train") == 3);
  CHECK(d.count("test") == 0);
  CHECK(d.all("train", "image") == Numbers{1, 2, 3, 255, 0, 7, 10, 11, 12});
  CHECK(d.read("train", "image", {2, 0, 2}) == Numbers{10, 11, 12, 1, 2, 3, 10, 11, 12});
  CHECK_THROWS_WITH(d.read("train", "label", {3}), Catch::Contains("row 3 is outside 0..2"));
}

TEST_CASE("missing pictures are an error that names the file and says how to get it", "[datasets]") {
  const Folder f;
  CHECK_THROWS_WITH(Opened("fashion_mnist", {{"folder", f.path}}),
                    "fashion_mnist: " + f.path +
                        "/train-images-idx3-ubyte.gz is missing: install it with `apt-get install "
                        "dataset-fashion-mnist`, or set `folder` to the four files of Fashion-MNIST");
  write_pictures(f);
  std::filesystem::remove(f.path + "/t10k-labels-idx1-ubyte");
  CHECK_THROWS_WITH(Opened("mnist", {}, f.path),
                    Catch::Contains(f.path + "/t10k-labels-idx1-ubyte.gz is missing: put the four"));
  CHECK_THROWS_WITH(Opened("mnist", {}), Catch::Contains("or set UBP_DATA"));
}

TEST_CASE("damaged pictures are an error that names the file", "[datasets]") {
  const Folder f;
  write_pictures(f);
  const std::string images = "train-images-idx3-ubyte";
  const auto refusal = [&] {
    try {
      Opened("mnist", {{"folder", f.path}}).all("train", "image");
    } catch (const Refusal& e) {
      CHECK(e.status == UBP_E_IO);
      return std::string(e.what()).substr(f.path.size() + 1);
    }
    return std::string("accepted");
  };
  CHECK(refusal() == "accepted");
  f.write(images, idx({2, 1, 3}, "\x01\x02\x03"));
  CHECK(refusal() == images + ": ends too early");
  f.write(images, "PNG, not IDX");
  CHECK(refusal() == images + ": is no IDX file of bytes");
  f.write(images, idx({6}, "123456"));
  CHECK(refusal() == images + ": has 1 axes, expected 3: images");
  f.write(images, idx({3, 1, 3}, "123456789"));
  CHECK(refusal() == "train-labels-idx1-ubyte.gz: has 2 labels for 3 images");
  std::string cut;
  {
    const std::string whole = f.write("whole.gz", idx({2, 40, 40}, std::string(3200, 'x') + "ab"), true);
    std::ifstream in(whole, std::ios::binary);
    cut.assign(std::istreambuf_iterator<char>(in), {});
  }
  f.write("t10k-images.idx3-ubyte.gz", idx({1, 40, 40}, std::string(1600, 'x')), true);
  f.write(images, cut.substr(0, cut.size() / 2));
  CHECK_THAT(refusal(), Catch::StartsWith(images + ": is damaged"));
}

TEST_CASE("Fashion-MNIST as Debian installs it", "[datasets]") {
  if (!std::filesystem::exists("/usr/share/datasets/fashion-mnist")) {
    WARN("skipped: dataset-fashion-mnist is not installed");
    return;
  }
  const Opened d("fashion_mnist", {});
  CHECK(d.count("train") == 60000);
  CHECK(d.count("test") == 10000);
  const Numbers labels = d.all("train", "label");
  for (double c = 0; c < 10; ++c) CHECK(std::count(labels.begin(), labels.end(), c) == 6000);
  double sum = 0;
  for (double v : d.read("train", "image", {0})) sum += v;
  CHECK(sum == 76247);  // the ankle boot that every tutorial shows
}

TEST_CASE("generated rows depend on the seed and their index alone", "[datasets]") {
  const std::string id = GENERATE("blobs", "two_moons");
  const Opened d(id, {{"rows", 50.0}}), more(id, {{"rows", 500.0}}), other(id, {{"rows", 50.0}, {"seed", 1.0}});
  const Numbers x = d.all("train", "x");
  CHECK(x.size() == 100);
  CHECK(d.read("train", "x", {7}) == Numbers(x.begin() + 14, x.begin() + 16));
  CHECK(more.read("train", "x", {7}) == d.read("train", "x", {7}));
  CHECK(other.read("train", "x", {7}) != d.read("train", "x", {7}));
  CHECK(d.read("test", "x", {7}) != d.read("train", "x", {7}));
  CHECK(d.files.empty());
  CHECK(d.count("elsewhere") == 0);
  CHECK_THROWS_WITH(d.read("train", "x", {50}), Catch::Contains("row 50 does not exist"));
}

TEST_CASE("moons without noise lie on their half circles", "[datasets]") {
  const Opened d("two_moons", {{"noise", 0.0}, {"rows", 200.0}});
  const Numbers x = d.all("train", "x"), y = d.all("train", "label");
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double cx = y[i] ? 1 : 0, cy = y[i] ? 0.5 : 0;
    CHECK(std::hypot(x[2 * i] - cx, x[2 * i + 1] - cy) == Approx(1));
    CHECK((y[i] ? x[2 * i + 1] <= 0.5 : x[2 * i + 1] >= 0));
  }
}

TEST_CASE("blobs have the spread they were asked for", "[datasets]") {
  const Opened d("blobs", {{"rows", 20000.0}, {"classes", 2.0}, {"dims", 1.0}, {"spread", 0.5}});
  const Numbers x = d.all("train", "x"), y = d.all("train", "label");
  for (double c : {0.0, 1.0}) {
    double n = 0, mean = 0, square = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
      if (y[i] == c) n += 1, mean += x[i], square += x[i] * x[i];
    mean /= n;
    CHECK(n == Approx(10000).epsilon(0.03));
    CHECK(std::sqrt(square / n - mean * mean) == Approx(0.5).epsilon(0.03));
  }
}

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

TEST_CASE("archives that NumPy wrote, stored and packed", "[datasets]") {
  const std::string name = GENERATE("stored.npz", "packed.npz");
  const Opened d("npy", {{"file", name}}, DATASET_TEST_DATA);
  CHECK(d.names == std::vector<std::string>{"image", "label"});
  CHECK(d.fields[0].flags == (UBP_FIELD_INPUT | UBP_FIELD_IMAGE_CHW | UBP_FIELD_UNIT_BYTES));
  CHECK(std::vector<std::int64_t>(d.fields[0].shape.dim, d.fields[0].shape.dim + 3) ==
        std::vector<std::int64_t>{3, 1, 2});
  CHECK(d.count("train") == 4);
  CHECK(d.count("test") == 2);
  CHECK(d.read("train", "image", {1}) == Numbers{6, 9, 7, 10, 8, 11});  // [1, 2, 3 channels] of 6..11
  CHECK(d.all("train", "label") == Numbers{1, 0, 1, 2});                // of 5 3 5 9
  CHECK(d.all("test", "label") == Numbers{2, 0});
  CHECK(Opened("npy", {{"file", name}, {"channels", "first"}}, DATASET_TEST_DATA).read("train", "image", {1}) ==
        Numbers{6, 7, 8, 9, 10, 11});
  const Opened other("npy", {{"file", name}, {"train", "halves"}, {"train_label", ""}, {"test", ""}},
                     DATASET_TEST_DATA);
  CHECK(other.names == std::vector<std::string>{"x", "mask"});
  CHECK(other.all("train", "x") == Numbers{0.5, -1.5, 65504, 0x1p-24, 0, 0});
  CHECK(other.all("train", "mask") == Numbers{1, 1, 1, 1, 1, 0});
  CHECK(other.count("test") == 0);
  const std::string path = std::string(DATASET_TEST_DATA) + "/" + name;
  CHECK_THROWS_WITH(Opened("npy", {{"file", path}, {"train", "X"}}),
                    path + ": there is no array 'X': there are halves, x_test, x_train, y_test, y_train");
  CHECK_THROWS_WITH(Opened("npy", {{"file", path}, {"train_label", "y"}}), Catch::Contains("there is no array 'y'"));
  CHECK_THROWS_WITH(Opened("npy", {{"file", path}, {"train", "halves"}, {"test", ""}}),
                    Catch::Contains("expected a label for each of 3 rows"));
}

TEST_CASE("a damaged archive is refused", "[datasets]") {
  const Folder f;
  const std::string name = GENERATE("stored.npz", "packed.npz");
  std::ifstream in(std::string(DATASET_TEST_DATA) + "/" + name, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  const auto content = [](const std::string& file) {
    const Opened d("npy", {{"file", file}});
    return std::pair(d.all("train", "image"), d.all("train", "label"));
  };
  const auto truth = content(std::string(DATASET_TEST_DATA) + "/" + name);
  const std::size_t directory = whole.find("PK\1\2");     // a name that is wrong there is an array that is not there
  for (std::size_t at = 0; at < whole.size(); at += 7) {  // a wrong byte is noticed, or changes nothing that is read
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x5a);
    const std::string file = f.write("t.npz", bytes);
    try {
      const auto got = content(file);
      CHECK((got == truth || at >= directory));
    } catch (const Refusal& e) {
      CHECK((e.status == UBP_E_IO || e.status == UBP_E_NOT_FOUND));
    }
    CHECK_THROWS_AS(Opened("npy", {{"file", f.write("t.npz", whole.substr(0, at))}}), Refusal);
  }
}

TEST_CASE("arrays of every kind, and those that are refused", "[datasets]") {
  const Folder f;
  const auto npy = [](const std::string& dict, const std::string& data) {
    std::string header = "{" + dict + ", }";
    header += std::string(117 - header.size(), ' ') + "\n";
    return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + data;
  };
  const auto array = [&](const std::string& type, const std::string& shape, const std::string& data) {
    return f.write("t.npy", npy("'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + ")", data));
  };
  const auto bytes_of = [](auto v) { return std::string(reinterpret_cast<const char*>(&v), sizeof v); };
  CHECK(Opened("npy", {{"file", array("<f8", "1,", bytes_of(2.5))}}).all("train", "x") == Numbers{2.5});
  CHECK(Opened("npy", {{"file", array("<f4", "1, 1", bytes_of(2.5f))}}).fields[0].shape.dtype == UBP_F32);
  CHECK(Opened("npy", {{"file", array("<i2", "2,", std::string("\xff\xff\x05\x00", 4))}}).all("train", "x") ==
        Numbers{-1, 5});
  CHECK(Opened("npy", {{"file", array("<u4", "1,", std::string("\xff\xff\xff\xff", 4))}}).all("train", "x") ==
        Numbers{4294967295.0});
  CHECK(Opened("npy", {{"file", array("|b1", "2,", std::string("\x01\x00", 2))}}).fields[0].flags == UBP_FIELD_INPUT);
  CHECK(Opened("npy", {{"file", array("|u1", "1, 2", "\x07\x08")}, {"unit_bytes", 0.0}}).fields[0].flags ==
        UBP_FIELD_INPUT);
  CHECK(Opened("npy", {{"file", array("|u1", "1, 1, 2", "\x07\x08")}}).fields[0].shape.nd == 3);
  const auto refusal = [&](const std::string& file) {
    try {
      Opened("npy", {{"file", file}});
    } catch (const Refusal& e) {
      return std::string(e.what()).substr(file.size());
    }
    return std::string("accepted");
  };
  CHECK(refusal(array("<f8", "2,", bytes_of(2.5))) == ": ends too early");
  CHECK(refusal(array(">f8", "1,", bytes_of(2.5))) ==
        ": holds numbers of type >f8: expected little-endian booleans, integers or floats");
  CHECK(refusal(array("<f8", "1,", bytes_of(HUGE_VAL))) == ": row 0 holds a number that is not finite");
  CHECK(refusal(array("<f8", "0, 3", "")) == ": holds no rows");
  CHECK(refusal(array("|u1", "1, 1, 1, 1, 1", "x")) == ": has 5 axes, expected 1 to 4");
  CHECK(refusal(f.write("t.npy", npy("'descr': '<f8', 'fortran_order': True, 'shape': (1,)", bytes_of(1.0)))) ==
        ": is in Fortran order: save numpy.ascontiguousarray(x)");
  CHECK(refusal(f.write("t.npy", "not an array at all")) == ": is no NumPy array");
}
