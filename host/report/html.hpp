// SPDX-License-Identifier: MIT
// Records as HTML. Nothing of a record can become markup.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "query/reader.hpp"

namespace ubp::html {

/// Rows as a table with a caption. Numbers are as human() writes them; what they are in full is in no report.
class HtmlTable : public RowSink {
 public:
  explicit HtmlTable(std::string caption) : caption_(std::move(caption)) {}
  void columns(const std::vector<std::string>& names) override;
  void row(const Row&) override;
  std::size_t rows() const { return rows_; }
  std::string text() const;  ///< "" without a row

 private:
  std::string caption_, head_, body_;
  std::size_t rows_ = 0;
};

}  // namespace ubp::html
