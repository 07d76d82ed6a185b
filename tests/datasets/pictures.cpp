// SPDX-License-Identifier: MIT
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

}  // namespace

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

TEST_CASE("the classes of pictures have names, and a label that is none of them is refused", "[datasets]") {
  const Folder f;
  write_pictures(f);
  CHECK(Opened("mnist", {{"folder", f.path}}).class_names() ==
        std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
  CHECK(Opened("fashion_mnist", {{"folder", f.path}}).class_names()[9] == "ankle boot");
  f.write("t10k-labels-idx1-ubyte", idx({1}, "\x0a"));
  CHECK(Opened("mnist", {{"folder", f.path}}).class_names().size() == 11);
  CHECK_THROWS_WITH(Opened("fashion_mnist", {{"folder", f.path}}),
                    f.path + "/t10k-labels-idx1-ubyte: label 10 of row 0 is none of 0 to 9");
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
  CHECK(refusal() == images + ": ends too early: 6 bytes are claimed, 3 bytes are there");
  f.write(images, idx({2, 1, 3}, "1234567"));
  CHECK(refusal() == images + ": goes on behind its last byte: 6 bytes are claimed, 7 bytes are there");
  f.write(images, idx({-1, -1, -1}, "123456"));
  CHECK_THAT(refusal(), Catch::StartsWith(images + ": ends too early"));
  f.write(images, idx({2, 0, 3}, ""));
  CHECK(refusal() == images + ": holds no images");
  f.write(images, idx({2, 1, 3}, "123456").substr(0, 9));
  CHECK(refusal() == images + ": ends in its header");
  std::string floats = idx({2, 1, 3}, "123456");
  floats[2] = 13;
  f.write(images, floats);
  CHECK(refusal() == images + ": holds numbers of type 13, expected 8: bytes");
  f.write(images, "PNG, not IDX");
  CHECK(refusal() == images + ": is no IDX file");
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

TEST_CASE("a small file that unpacks to many pictures is refused", "[datasets]") {
  const Folder f;
  write_pictures(f);
  const std::string images = f.write("train-images-idx3-ubyte", idx({2, 100, 100}, std::string(20000, 'x')), true);
  setenv("UBP_MAX_DATA", "10 KiB", 1);
  CHECK_THROWS_WITH(
      Opened("mnist", {{"folder", f.path}}),
      images + ": needs 19.5 KiB of memory or more, 10.0 KiB are allowed: UBP_MAX_DATA sets another limit");
  unsetenv("UBP_MAX_DATA");
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
