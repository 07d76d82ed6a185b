// SPDX-License-Identifier: MIT
// TFRecord, the frame of event files: for each record its length (8 bytes), the masked CRC-32C of that (4), the record,
// the masked CRC-32C of the record (4); all little-endian.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ubp::tensorboard {

std::uint32_t crc32c(std::string_view);  ///< Castagnoli's polynomial, as in RFC 3720

std::string framed(std::string_view record);

}  // namespace ubp::tensorboard
