/* SPDX-License-Identifier: MIT
 * A shared library that has nothing to do with ubp. */
__attribute__((visibility("default"))) int answer(void) { return 42; }
