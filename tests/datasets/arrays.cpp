// SPDX-License-Identifier: MIT
#include "dataset.hpp"

using namespace harness;
using Numbers = std::vector<double>;

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
