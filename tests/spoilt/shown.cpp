// SPDX-License-Identifier: MIT
// Prints what a data set plugin reads: shown ID NAME=TEXT..., its parameters. Exit code 0: the shape of a row, the
// names of columns and classes as bytes in hexadecimal, then each row's numbers as hexadecimal floats ("?": missing)
// and its class. Exit code 2: the refusal.
#include "../datasets/dataset.hpp"

namespace {
using namespace harness;

void print_names(const char* what, const std::vector<std::string>& names) {
  std::printf("%s", what);
  for (const std::string& name : names) {
    std::printf(" =");
    for (const char ch : name) std::printf("%02x", static_cast<unsigned char>(ch));
  }
  std::printf("\n");
}

void print_split(const Opened& d, const std::string& split) {
  const auto rows = static_cast<std::size_t>(d.count(split));
  if (rows == 0) return;
  const std::vector<double> x = d.all(split, d.names[0]), mask = d.all(split, "mask"), label = d.all(split, "label");
  const std::size_t width = x.size() / rows;
  for (std::size_t r = 0; r < rows; ++r) {
    std::printf("%s", split.c_str());
    for (std::size_t at = r * width; at < (r + 1) * width; ++at) {
      if (mask.empty() || mask[at] != 0)
        std::printf(" %a", x[at]);
      else
        std::printf(" ?");
    }
    if (label.empty())
      std::printf("\n");
    else
      std::printf(" class %d\n", static_cast<int>(label[r]));
  }
}

}  // namespace

int main(int argc, char** argv) try {
  Params params;
  for (int i = 2; i < argc; ++i) {
    const std::string text = argv[i];
    params[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
  }
  const Opened d(argv[1], params);
  std::printf("shape");
  for (int axis = 0; axis < d.fields[0].shape.nd; ++axis)
    std::printf(" %lld", static_cast<long long>(d.fields[0].shape.dim[axis]));
  std::printf("\n");
  print_names("columns", d.column_names());
  print_names("classes", d.class_names());
  for (const char* split : {"train", "test"}) print_split(d, split);
  return 0;
} catch (const Refusal& refusal) {
  std::printf("%s\n", refusal.what());
  return 2;
}
