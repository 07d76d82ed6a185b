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
  CHECK(Opened("npy", {{"file", array(">f8", "1,", std::string("\x40\x04\0\0\0\0\0\0", 8))}}).all("train", "x") ==
        Numbers{2.5});
  CHECK(Opened("npy", {{"file", array(">i2", "2,", std::string("\xff\xff\x01\x00", 4))}}).all("train", "x") ==
        Numbers{-1, 256});
  CHECK(Opened("npy", {{"file", array("<u8", "1,", std::string("\0\0\0\0\0\0\0\x80", 8))}}).all("train", "x") ==
        Numbers{0x1p63});
  const std::string columns = npy("'descr': '|u1', 'fortran_order': True, 'shape': (2, 3)", "ADBECF");
  CHECK(Opened("npy", {{"file", f.write("t.npy", columns)}}).all("train", "x") ==
        Numbers{'A', 'B', 'C', 'D', 'E', 'F'});
  const std::string images = npy("'descr': '|u1', 'fortran_order': True, 'shape': (2, 1, 3)", "ADBECF");
  CHECK(Opened("npy", {{"file", f.write("t.npy", images)}}).read("train", "image", {1}) == Numbers{'D', 'E', 'F'});
  const auto refusal = [&](const std::string& file) {
    return refusal_of("npy", {}, f, std::filesystem::path(file).filename()).substr(5);
  };
  CHECK(refusal(array("<f8", "2,", bytes_of(2.5))) == ": ends too early: its shape needs 16 bytes, 8 are there");
  CHECK(refusal(array("<f8", "1,", bytes_of(2.5) + "x")) ==
        ": goes on behind its numbers: its shape needs 8 bytes, 9 are there");
  for (const char* type : {"<c16", "|O", "<f16", "<M8[ns]", "<U3", "|S8", "f8", "=f8", "|f8", "<i3", "<b2", ""})
    CHECK(refusal(array(type, "1,", bytes_of(2.5))) ==
          std::string(": holds values of type ") + type +
              ": expected booleans, integers, or floats of 16, 32 or 64 bits");
  CHECK(refusal(array("<f8", "1,", bytes_of(HUGE_VAL))) == ": row 0 holds a number that is not finite");
  CHECK(refusal(array("<f8", "0, 3", "")) == ": holds no rows");
  CHECK(refusal(array("<f8", "", bytes_of(2.5))) == ": is a single number, expected rows");
  CHECK(refusal(array("|u1", "1, 1, 1, 1, 1", "x")) == ": has 5 axes, expected 1 to 4");
  CHECK(refusal(array("|b1", "2,", "\x01\x02")) == ": row 1 holds a boolean that is neither 0 nor 1");
  CHECK(refusal(array("<i8", "2,", bytes_of(std::int64_t{5}) + bytes_of((std::int64_t{1} << 53) + 1))) ==
        ": row 1 holds an integer that no double holds: save floats");
  CHECK(refusal(array("<u8", "1,", bytes_of(~std::uint64_t{0}))) ==
        ": row 0 holds an integer that no double holds: save floats");
  CHECK(
      refusal(f.write("t.npy", npy("'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)", bytes_of(1.0)))) ==
      ": is a structured array: save its columns as arrays of numbers");
  CHECK(refusal(f.write("t.npy", "not an array at all")) == ": is no NumPy array");
  CHECK(refusal(f.write("t.npy", std::string("\x93NUMPY\x04\x00\x76\x00\0\0", 12))) ==
        ": is of version 4.0 of the format, expected 1.0 to 3.0");
  CHECK(refusal(f.write("t.npy", std::string("\x93NUMPY\x01\x00\xff\xff{}", 12))) == ": ends in its header");
}

TEST_CASE("the header of an array is read as NumPy reads it, or refused", "[datasets]") {
  const Folder f;
  const auto write = [&](const std::string& header) {
    std::string bytes("\x93NUMPY\x01\x00", 8);
    bytes += static_cast<char>(header.size()), bytes += '\0';
    return f.write("t.npy", bytes + header + std::string(96, '\0'));
  };
  const auto shape = [&](const std::string& text) {
    return write("{'descr': '<f8', 'fortran_order': False, 'shape': " + text + ", }");
  };
  for (const char* text : {"(4L, 3L)", "(4, 3)", "( 4,3 )", "(4, 3,)", "(4L, 3)"}) {  // the first: Python 2
    const Opened d("npy", {{"file", shape(text)}});
    CHECK(d.count("train") == 4);
    CHECK(d.fields[0].shape.dim[0] == 3);
  }
  CHECK(Opened("npy", {{"file", shape("(12,)")}}).count("train") == 12);
  CHECK(Opened("npy", {{"file", write("{\"shape\":(12,),'descr':'<f8','fortran_order':False}\n")}}).count("train") ==
        12);
  const auto refusal = [&] { return refusal_of("npy", {}, f, "t.npy"); };
  for (const char* text :
       {"(2.5,)", "(12)", "12", "[12]", "(12,", "12,)", "(-12,)", "(+12,)", "(1e1,)", "(012,)", "(4 3)", "(4,,3)",
        "(,)", "(4L L, 3)", "(0xC,)", "(99999999999999999999,)", "(True,)", "('12',)"}) {
    CAPTURE(text);
    shape(text);
    CHECK_THAT(refusal(), Catch::StartsWith("t.npy: its header is damaged at character "));
  }
  write(std::string("{'descr'\0: '<f8', 'fortran_order': False, 'shape': (12,)}", 55));
  CHECK_THAT(refusal(), Catch::StartsWith("t.npy: its header is damaged at character 8"));
  write(std::string("{'descr': '<i\0', 'fortran_order': False, 'shape': (12,)}", 56));
  CHECK_THAT(refusal(), Catch::StartsWith("t.npy: holds values of type <i?: expected"));
  for (const char* text :
       {"{'descr': '<f8', 'fortran_order': False, 'shape': (12,)}\n  ", "{'descr': '<f8', 'fortran_order': False}",
        "{'descr': '<f8', 'fortran_order': false, 'shape': (12,)}",
        "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (12,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (12,), 'more': 1}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (12,)} x", "{'descr: '<f8'", "", "x",
        "{'descr': '<f8' 'fortran_order': False, 'shape': (12,)}"}) {
    CAPTURE(text);
    write(text);
    CHECK_THAT(refusal(), Catch::StartsWith("t.npy: its header is damaged at character "));
  }
}

namespace {

std::string saved(const std::string& type, const std::string& shape, const std::string& data) {
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
  header.resize(118, ' ');
  return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + data;
}

}  // namespace

TEST_CASE("a shape that no memory holds is refused before memory is asked for", "[datasets]") {
  const Folder f;
  const auto refusal = [&](const std::string& shape) {
    f.write("t.npy", saved("<f8", shape, "12345678"));
    return refusal_of("npy", {}, f, "t.npy");
  };
  CHECK(refusal("(4294967296, 4294967296)") == "t.npy: claims a shape that no memory holds");
  CHECK(refusal("(2305843009213693952, 8)") == "t.npy: claims a shape that no memory holds");
  CHECK(refusal("(2305843009213693951,)") ==
        "t.npy: ends too early: its shape needs 18446744073709551608 bytes, 8 are there");
}

TEST_CASE("the classes of an array are called by their values", "[datasets]") {
  const Folder f;
  const std::string x = f.write("x.npy", saved("|u1", "(3,)", "abc"));
  const auto classes = [&](const std::string& type, const std::string& data) {
    const Opened d("npy", {{"file", x}, {"labels", f.write("y.npy", saved(type, "(3,)", data))}});
    return std::pair(d.class_names(), d.all("train", "label"));
  };
  using Texts = std::vector<std::string>;
  CHECK(classes("|i1", "\x07\xff\x07") == std::pair(Texts{"-1", "7"}, Numbers{1, 0, 1}));
  const std::string greatest(7, '\xff');
  CHECK(classes("<i8", greatest + "\x7f\xfe" + greatest.substr(1) + "\x7f" + std::string(8, '\0')) ==
        std::pair(Texts{"0", "9223372036854775806", "9223372036854775807"}, Numbers{2, 1, 0}));
  CHECK_THROWS_WITH(classes("<u8", std::string(24, '\xff')),
                    Catch::EndsWith("y.npy: the label of row 0 is larger than any signed integer"));
  CHECK_THROWS_WITH(classes("<f4", std::string("\0\0\0\x3f\0\0\0\x3f\0\0\0\x3f", 12)),
                    Catch::EndsWith("y.npy: label 0.500000 of row 0 is no whole number"));
}

TEST_CASE("a small archive that unpacks to a large array is refused, and so is a damaged one", "[datasets]") {
  const Folder f;
  setenv("UBP_MAX_DATA", "100", 1);
  const std::string path = std::string(DATASET_TEST_DATA) + "/packed.npz";
  CHECK_THROWS_WITH(Opened("npy", {{"file", path}}), Catch::StartsWith(path + ": x_train.npy: needs "));
  unsetenv("UBP_MAX_DATA");
  CHECK_THROWS_WITH(Opened("npy", {{"file", f.write("t.npz", "PK, but no archive")}}),
                    Catch::StartsWith(f.path + "/t.npz: is no ZIP archive that can be read: "));
}
