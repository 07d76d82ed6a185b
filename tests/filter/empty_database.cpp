// SPDX-License-Identifier: MIT
// empty_database FILE: a database of this ubp without a record, for scripts that fill one.
#include "record/store.hpp"

int main(int, char** words) {
  ubp::Store store(words[1]);
  return 0;
}
