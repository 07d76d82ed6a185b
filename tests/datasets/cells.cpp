// SPDX-License-Identifier: MIT
// What a CSV's cells are: numbers, names, nothing, or a sentence.
#include "dataset.hpp"

using namespace harness;
using Numbers = std::vector<double>;
using Texts = std::vector<std::string>;

namespace {

std::string refusal(const Folder& f, const std::string& text, const Params& params = {}) {
  f.write("t.csv", text);
  return refusal_of("csv", params, f, "t.csv");
}
/// The numbers of a table, row after row.
Numbers numbers(const Folder& f, const std::string& text, Params params = {}) {
  params["file"] = f.write("t.csv", text);
  return Opened("csv", params).all("train", "x");
}

}  // namespace

TEST_CASE("a CSV column that mixes numbers and texts is refused with the way on", "[datasets]") {
  const Folder f;
  CHECK(
      refusal(f, "a,b\n1,5\n2,x\n") ==
      "t.csv:3: column 'b': 'x' is no number, '5' in line 2 is one: say types = \"b:names\" for a column of names, or "
      "add 'x' to missing if it stands for no value");
  CHECK(refusal(f, "a\n13a\n13\n") ==
        "t.csv:2: column 'a': '13a' is no number, '13' in line 3 is one: say types = \"a:names\" for a column of "
        "names, or add '13a' to missing if it stands for no value");
  for (const char* text : {"-",
                           ".",
                           "..",
                           "none",
                           "x",
                           "5 kg",
                           "1 2",
                           "1.2.3",
                           "+-5",
                           "--5",
                           "+",
                           "e5",
                           "1e",
                           "1e+",
                           "0x1F",
                           "1_000",
                           "1 234",
                           "3%",
                           "1d3",
                           "1D-3",
                           "$5",
                           "5 \xe2\x82\xac",
                           "\xe2\x88\x92"
                           "5",
                           "1,5",
                           "1,234",
                           "1'234.5",
                           "1.234.567",
                           "1\xc2\xa0"
                           "234",
                           "1.234,5"}) {
    CAPTURE(text);
    const std::string table = "a,b\n1,7\n2,\"" + std::string(text) + "\"\n";
    CHECK_THAT(refusal(f, table),
               Catch::StartsWith("t.csv:3: column 'b': '" + std::string(text) + "' is no number, '7' "));
    CHECK(refusal(f, table, {{"types", "b:names"}}) == "accepted");
    CHECK(refusal(f, table, {{"nominal", "b"}}) == "accepted");
    CHECK(refusal(f, table, {{"drop", "b"}}) == "accepted");
  }
  CHECK(numbers(f, "a,b\n1,7\n2,-\n", {{"missing", "-"}}) == Numbers{1, 7, 2, 0});
}

TEST_CASE("a CSV column of numbers in another notation is no column of names", "[datasets]") {
  const Folder f;
  CHECK(refusal(f, "a;b\n0,5;0\n1,5;1\n", {{"delimiter", ";"}}) ==
        "t.csv:2: column 'a': '0,5' is a number in another notation: say decimal = \",\", or types = \"a:names\" for a "
        "column of names");
  CHECK(refusal(f, "a;b\nlow;0\n3%;1\n", {{"delimiter", ";"}}) ==
        "t.csv:3: column 'a': '3%' is a number in another notation: say types = \"a:names\" for a column of names");
  for (const char* text : {"0x1F", "1_000", "1 234", "1,234", "3%", "1d3", "$5", "1.234.567"})
    CHECK_THAT(refusal(f, "a;b\n" + std::string(text) + ";1\n", {{"delimiter", ";"}}),
               Catch::Contains("is a number in another notation"));
  for (const char* text : {"13a", "2020-01-02", "12:30", "1_2", "v1", "Rue 5", "5 kg", "-", "#1", "dd", "0x", "A1"})
    CHECK(refusal(f, "a;b\n" + std::string(text) + ";1\n", {{"delimiter", ";"}}) == "accepted");
  CHECK(numbers(f, "a;b\n0,5;-1,5e1\n1;,5\n", {{"delimiter", ";"}, {"decimal", ","}}) == Numbers{0.5, -15, 1, 0.5});
  CHECK(numbers(f, "a\n1 234\n-12 345 678.5\n1\n1234\n", {{"thousands", " "}}) == Numbers{1234, -12345678.5, 1, 1234});
  CHECK(numbers(f, "a\n\"1,234\"\n5\n", {{"thousands", ","}}) == Numbers{1234, 5});
  CHECK(numbers(f, "a;b\n1.234,5;1\n7;2\n", {{"delimiter", ";"}, {"decimal", ","}, {"thousands", "."}}) ==
        Numbers{1234.5, 1, 7, 2});
  CHECK(numbers(f,
                "a\n1\xc2\xa0"
                "234\n5\n",
                {{"thousands", "\xc2\xa0"}}) == Numbers{1234, 5});
  for (const char* text : {"1,23", "1,2345", ",123", "1,,234", "1234,567", "1.5,000", "1,234,"})
    CHECK_THAT(refusal(f, "a;b\n5;1\n" + std::string(text) + ";1\n", {{"thousands", ","}, {"delimiter", ";"}}),
               Catch::StartsWith("t.csv:3: column 'a': '" + std::string(text) + "' is no number"));
  CHECK_THAT(refusal(f, "a\n0.5\n", {{"decimal", ","}, {"delimiter", ";"}}), Catch::Contains("another notation"));
  CHECK_THROWS_WITH(Opened("csv", {{"file", "x"}, {"thousands", "."}}),
                    "csv: thousands: '.' is the decimal character, too");
  CHECK_THROWS_WITH(Opened("csv", {{"file", "x"}, {"thousands", "ab"}}), Catch::Contains("is not one character"));
  CHECK_THROWS_WITH(Opened("csv", {{"file", "x"}, {"thousands", "5"}}), Catch::Contains("is not one character"));
}

TEST_CASE("types say what a CSV column is", "[datasets]") {
  const Folder f;
  CHECK(numbers(f, "zip,n\n1,5\n3,6\n2,7\n", {{"types", "zip:names, n:numbers"}}) ==
        Numbers{1, 0, 0, 5, 0, 0, 1, 6, 0, 1, 0, 7});
  CHECK(numbers(f, "\"a, b\",\"c:d\"\n1,2\n", {{"types", "\"a, b\":names,c:d:names"}}) == Numbers{0, 0});
  CHECK(refusal(f, "n,m\nx,1\n", {{"types", "n:numbers"}}) == "t.csv:2: column 'n': 'x' is not a finite number");
  CHECK(refusal(f, "n\n1\n", {{"types", "m:names"}}) == "t.csv: no column 'm' (of names): there are n");
  CHECK(refusal(f, "n\n1\n", {{"types", "n:names,n:numbers"}}) ==
        "t.csv: column 'n' is said to be of names and of numbers");
  CHECK(refusal(f, "n\n1\n", {{"types", "n"}}) == "csv: types: 'n' is neither COLUMN:names nor COLUMN:numbers");
  CHECK(refusal(f, "n\n1\n", {{"types", "n:text"}}) ==
        "csv: types: 'n:text' is neither COLUMN:names nor COLUMN:numbers");
}

TEST_CASE("a CSV number is rounded as strtod rounds, or refused", "[datasets]") {
  const Folder f;
  CHECK(numbers(f, "p\n3.2e-12\n1.1e-300\n2.7e-412\n-1e-999\n4e-324\n5e-320\n0.1\n1e308\n.5\n5.\n+4\n007\n") ==
        Numbers{3.2e-12, 1.1e-300, 0, -0.0, 4e-324, 5e-320, 0.1, 1e308, 0.5, 5, 4, 7});
  CHECK(refusal(f, "x,y\n1,1e3\n2,1e400\n3,5\n") == "t.csv:3: column 'y': '1e400' is not a finite number");
  for (const char* text : {"inf", "-Infinity", "INF", "-nan", "NAN", "nan(5)", "-1e309"})
    CHECK(refusal(f, "x\n1\n" + std::string(text) + "\n") ==
          "t.csv:3: column 'x': '" + std::string(text) + "' is not a finite number");
}

TEST_CASE("what is missing in a CSV is a list, beside nothing at all", "[datasets]") {
  const Folder f;
  for (const char* text :
       {"", "\"\"", "  ", "\" \"", "?", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "Null", "null", "\"null\""}) {
    CAPTURE(text);
    const Opened d("csv", {{"file", f.write("t.csv", "a,b,c\n1,x,2\n" + std::string(text) + "," + text + ",3\n")}});
    CHECK(d.all("train", "x") == Numbers{1, 0, 2, 0, 0, 3});
    CHECK(d.all("train", "mask") == Numbers{1, 1, 1, 0, 0, 1});
  }
}

TEST_CASE("a CSV is text in an encoding, or refused with the line of what is none", "[datasets]") {
  const Folder f;
  const std::string table = "height,group\r\n1,\xc3\xa9\r\n2,\xf0\x9f\x8d\x8e\r\n3,\xc3\xa9";
  const auto utf16 = [](bool is_little, bool has_mark) {
    const std::u16string units =
        std::u16string(has_mark ? u"\xfeff" : u"") + u"height,group\r\n1,\u00e9\r\n2,\U0001f34e\r\n3,\u00e9";
    std::string bytes;
    for (const char16_t u : units)
      for (const int shift : {is_little ? 0 : 8, is_little ? 8 : 0}) bytes += static_cast<char>(u >> shift);
    return bytes;
  };
  const auto read = [&](const std::string& bytes, const std::string& encoding) {
    const Opened d("csv", {{"file", f.write("t.csv", bytes)}, {"encoding", encoding}, {"label", "group"}});
    CHECK(d.column_names() == Texts{"height"});
    Texts groups;
    for (const double c : d.all("train", "label")) groups.push_back(d.class_names().at(static_cast<std::size_t>(c)));
    return groups;
  };
  const Texts names{"\xc3\xa9", "\xf0\x9f\x8d\x8e", "\xc3\xa9"};
  for (const char* encoding : {"auto", "utf-8"}) {
    CHECK(read(table, encoding) == names);
    CHECK(read("\xef\xbb\xbf" + table, encoding) == names);
  }
  for (const bool is_little : {true, false}) {
    CHECK(read(utf16(is_little, true), "auto") == names);
    CHECK(read(utf16(is_little, true), "utf-16") == names);
    CHECK(read(utf16(is_little, false), "utf-16") == names);
    CHECK_THAT(refusal(f, utf16(is_little, false)), Catch::StartsWith("t.csv:1: a NUL byte: "));
  }
  CHECK(read("height,group\n1,\xe9\n2,z\xff\n3,\xe9\n", "latin-1") == Texts{"\xc3\xa9", "z\xc3\xbf", "\xc3\xa9"});

  CHECK(refusal(f, "a,b\n1,x\r\n2,\xe9\n") ==
        "t.csv:3: byte 0xE9 is no UTF-8: say encoding = \"latin-1\" if it is that");
  for (const char* bytes :
       {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xff", "\x80", "\xf0\x82\x82\xac"})
    CHECK_THAT(refusal(f, "a,b\n1," + std::string(bytes) + "\n"), Catch::StartsWith("t.csv:2: byte 0x"));
  CHECK(refusal(f, std::string("a,b\n1,x\0y\n", 10)) ==
        "t.csv:2: a NUL byte: a table is text; of UTF-16 say encoding = \"utf-16\"");
  CHECK(refusal(f, "a\n\x93x\x94\n", {{"encoding", "latin-1"}}) == "t.csv:2: byte 0x93 is no character of Latin-1");
  const std::string whole = utf16(true, true);
  CHECK(refusal(f, whole.substr(0, whole.size() - 1)) == "t.csv: ends in the middle of a character of UTF-16");
  CHECK(refusal(f, std::string("\xff\xfe"
                               "a\0\n\0\x3d\xd8",
                               8)) == "t.csv:2: unit 0xD83D is no character of UTF-16");
  CHECK_THAT(refusal(f, std::string("\xff\xfe\0\0a\0\0\0", 8)), Catch::StartsWith("t.csv:1: unit 0x00"));
}

TEST_CASE("lines of a CSV end in three ways, and are counted", "[datasets]") {
  const Folder f;
  for (const char* end : {"\n", "\r\n", "\r"}) {
    const std::string e = end;
    CHECK(numbers(f, "a,b" + e + "1,2" + e + e + "3,4") == Numbers{1, 2, 3, 4});
    CHECK(numbers(f, "a,b" + e + "1,2" + e + "3,4" + e) == Numbers{1, 2, 3, 4});
    CHECK(refusal(f, "a,b" + e + "1,\"2" + e + "\"" + e + "3" + e) == "t.csv:4: 1 fields, the header has 2");
    CHECK(refusal(f, "a,b" + e + "1,x" + e + "\"u" + e + "v\",\"2" + e + "3,4") == "t.csv:4: a quote is not closed");
  }
}

TEST_CASE("quotes of a CSV are around cells, or refused", "[datasets]") {
  const Folder f;
  CHECK_THAT(refusal(f, "a,b\n1,5\" pipe\n"), Catch::StartsWith("t.csv:2: a quote inside a cell"));
  CHECK_THAT(refusal(f, "a,b\n1,x\"\n"), Catch::StartsWith("t.csv:2: a quote inside a cell"));
  CHECK(refusal(f, "a,b\n1,\"x\"y\n") == "t.csv:2: text after a closing quote");
  CHECK(refusal(f, "a,b\n1, \"x, y\" \n") == "accepted");
  CHECK(Opened("csv", {{"file", f.write("t.csv", "\" a\" ,b\n\" x \",1\n x,2\n")}}).column_names() == Texts{"a", "b"});
  f.write("t.csv", "a,b\n1,5\" pipe\n2,\"x\n");
  CHECK(Opened("csv", {{"file", f.path + "/t.csv"}, {"quote", "none"}, {"label", "b"}}).class_names() ==
        Texts{"\"x", "5\" pipe"});
  CHECK(refusal(f, "a\n\"" + std::string(9 << 20, 'x') + "\"\n") ==
        "t.csv:2: a cell of 9.0 MiB: is a quote not closed?");
}

TEST_CASE("the header of a CSV names each column once", "[datasets]") {
  const Folder f;
  CHECK(refusal(f, "x1,target,x2,target\n1,0,2,0\n", {{"label", "target"}}) ==
        "t.csv:1: columns 2 and 4 are both named 'target'");
  CHECK(refusal(f, "\n\nx,\"x\"\n1,2\n") == "t.csv:3: columns 1 and 2 are both named 'x'");
  CHECK(refusal(f, "y, x ,z,x\n1,2,3,4\n", {{"label", "y"}}) == "t.csv:1: columns 2 and 4 are both named 'x'");
  CHECK(refusal(f, "x;y;y\n1;0;0\n", {{"delimiter", ";"}, {"drop", "y"}}) ==
        "t.csv:1: columns 2 and 3 are both named 'y'");
  CHECK(refusal(f, ",a,column_1\n1,2,3\n") == "t.csv:1: columns 1 and 3 are both named 'column_1'");
  CHECK(Opened("csv", {{"file", f.write("t.csv", ",a,\" \"\n1,2,3\n")}}).column_names() ==
        Texts{"column_1", "a", "column_3"});
  CHECK(refusal(f, "a;b;c\n0,5;0,25;0\n") ==
        "t.csv:1: one column, 'a;b;c': say delimiter = \";\" if that separates, or quote the name");
  CHECK(refusal(f, "a\tb\n1\t2\n") ==
        "t.csv:1: one column, 'a\tb': say delimiter = \"tab\" if that separates, or quote the name");
  CHECK(refusal(f, "\"a;b\"\n1\n") == "accepted");
  told.log.clear();
  CHECK(numbers(f, "1,2.5\n3,4\n5,6\n") == Numbers{3, 4, 5, 6});
  CHECK(told.log ==
        Texts{f.path + "/t.csv:1: all names of columns are numbers: the first line was taken as the header, "
                       "put one before it if it is a row"});
}

TEST_CASE("labels that are one number are one class, and classes keep their names", "[datasets]") {
  const Folder f;
  const auto classes = [&](const std::string& cells, Params params = {}) {
    params["file"] = f.write("t.csv", "x,y\n" + cells), params["label"] = "y";
    const Opened d("csv", params);
    return std::pair(d.class_names(), d.all("train", "label"));
  };
  CHECK(classes("1,1\n2,1.0\n3,+1\n4,1e0\n5,2\n") == std::pair(Texts{"1", "2"}, Numbers{0, 0, 0, 0, 1}));
  CHECK(classes("1,10\n2,-1\n3,9\n4,-0\n") == std::pair(Texts{"-1", "0", "9", "10"}, Numbers{3, 0, 2, 1}));
  CHECK(classes("1,b\n2,a b\n3,b\n") == std::pair(Texts{"a b", "b"}, Numbers{1, 0, 1}));
  CHECK(classes("1,1\n2,1.0\n", {{"types", "y:names"}}) == std::pair(Texts{"1", "1.0"}, Numbers{0, 1}));
  CHECK(classes("1,1\n2,3a\n", {{"nominal", "y"}}) == std::pair(Texts{"1", "3a"}, Numbers{0, 1}));
  CHECK(classes("1,9007199254740993\n2,9007199254740992\n", {{"types", "y:names"}}).first.size() == 2);
  const auto refused = [&](const std::string& cells) { return refusal(f, "x,y\n" + cells, {{"label", "y"}}); };
  CHECK_THAT(refused("1,1\n2,3a\n"), Catch::StartsWith("t.csv:3: column 'y': '3a' is no number, '1' in line 2 is one"));
  CHECK(refused("1,1\n2,-9007199254740991\n") == "accepted");
  CHECK_THAT(refused("1,1\n2,9007199254740993\n"),
             Catch::StartsWith("t.csv:3: column 'y': '9007199254740993' is too large"));
  CHECK_THAT(refused("1,1\n2,0.5\n"), Catch::StartsWith("t.csv:3: column 'y': '0.5' is no class"));
}

TEST_CASE("the columns of a table are called by their names and values", "[datasets]") {
  const Folder f;
  const Opened d("csv",
                 {{"file", f.write("t.csv", "n,kind,flag,one,many\n1,b,no,k,q\n2,a,yes,k,r\n3,c,no,k,s\n4,a,no,k,t\n")},
                  {"value_cap", 4.0}});
  CHECK(d.column_names() == Texts{"n", "kind=a", "kind=b", "kind=c", "flag=yes", "one", "many"});
  CHECK(d.class_names().empty());
  CHECK(Opened("blobs", {}).column_names().empty());
}

TEST_CASE("columns that tell nothing or everything are named once", "[datasets]") {
  const Folder f;
  std::string text = "id,c,x,empty,half,key,many\n";
  for (int i = 0; i < 12; ++i)
    text += std::to_string(100 + 7 * i) + ",5," + std::to_string(i % 5) + ",," + std::to_string(i + 0.5) + ",k" +
            std::to_string(i) + ",m" + std::to_string(i) + "\n";
  const std::string file = f.write("t.csv", text);
  const auto log = [&](const Params& params) {
    told.log.clear();
    Opened("csv", params);
    return told.log;
  };
  const std::string constant = file + ": nothing changes in 'c', 'empty': drop what tells nothing";
  CHECK(log({{"file", file}}) ==
        Texts{constant, file + ": every row holds another whole number or text in 'id': drop what is an identifier",
              file + ": 12 different texts or more are read as their index in 'key', 'many': drop what is a name"});
  CHECK(log({{"file", file}, {"value_cap", 20.0}, {"types", "many:names"}}) ==
        Texts{constant,
              file + ": every row holds another whole number or text in 'id', 'key': drop what is an identifier"});
  CHECK(log({{"file", f.write("t.csv", "a,b\n1,2\n3,4\n")}}).empty());
}

TEST_CASE("a table that needs more memory than is allowed is refused, packed or not", "[datasets]") {
  const Folder f;
  std::string text = "a,b\n";
  for (int i = 0; i < 1000; ++i) text += "1,2\n";
  f.write("t.csv.gz", text, true);
  const auto refused = [&](const char* limit) {
    setenv("UBP_MAX_DATA", limit, 1);
    const std::string said = refusal_of("csv", {}, f, "t.csv.gz");
    unsetenv("UBP_MAX_DATA");
    return said;
  };
  CHECK_THAT(refused("2kB"), Catch::StartsWith("UBP_MAX_DATA: '2kB' is no size"));
  CHECK(refused("2KB") ==
        "t.csv.gz: needs 3.9 KiB of memory or more, 2.0 KiB are allowed: UBP_MAX_DATA sets another limit");
  CHECK_THAT(refused("10 KB"), Catch::StartsWith("t.csv.gz: needs 9."));       // the cells as texts
  CHECK_THAT(refused("30e3"), Catch::StartsWith("t.csv.gz: needs 35.2 KiB"));  // and as numbers
  CHECK(refused("1MiB") == "accepted");
  CHECK(refused("") == "accepted");
  for (const char* limit : {"many", "-5", "0", "5 bananas", "inf", "nan"})
    CHECK_THAT(refused(limit), Catch::Contains("is no size"));
}
