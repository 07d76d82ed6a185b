/* SPDX-License-Identifier: MIT
 * A library that is taken away. */
int doctor_absent(void) { return 1; }
