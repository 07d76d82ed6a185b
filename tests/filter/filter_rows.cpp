// SPDX-License-Identifier: MIT
// filter_rows DATABASE NOW < FILTERS: of each line of filters its SQL, what is bound and the trials that match, or its
// error. NOW: unix seconds.
#include <iostream>
#include <string>

#include "query/findings.hpp"

using namespace ubp;

int main(int, char** words) {
  Reader reader(words[1]);
  const Selection::Clock::time_point now{std::chrono::seconds(std::stoll(words[2]))};
  for (std::string filter; std::getline(std::cin, filter);) {
    std::cout << "$ " << filter << "\n";
    try {
      Selection selection(reader, {}, {}, now);
      selection.require(filter);
      const Query query{selection.trial_ids() + "\nORDER BY t.trial_id", selection.arguments()};
      std::cout << explained(query) << "=";
      for (const Row& row : reader.rows(query)) std::cout << " " << text_of(row[0]);
      std::cout << "\n\n";
    } catch (const Error& e) {
      std::cout << "! " << e.what() << "\n= exit " << static_cast<int>(e.code()) << "\n\n";
    }
  }
  return 0;
}
