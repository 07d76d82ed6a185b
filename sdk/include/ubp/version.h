/* The version of ubp; CMake reads it from here. SPDX-License-Identifier: MIT */
#ifndef UBP_VERSION_H
#define UBP_VERSION_H
#define UBP_VERSION "0.1.0"
#endif
