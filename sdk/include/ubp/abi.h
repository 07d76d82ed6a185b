/* ubp/abi.h - the contract between the ubp host and its plugins, in plain C. SPDX-License-Identifier: MIT
 *
 * A plugin is a shared library that holds components: models, objectives, optimizers, data sets, metrics, transforms,
 * environments. It exports one constant, `ubp_entry_v1`. This file only includes the contract's parts, each of which
 * stands alone and can be read alone; a plugin in C includes this one, a plugin in C++ includes <ubp/sdk.hpp>.
 *
 * Where to begin
 *   What a plugin is                 entry.h: the exported constant and the description of a component
 *   What every component has         lifecycle.h: made, destroyed, saved;  params.h: its hyperparameters
 *   The kind that you write          model.h objective.h optimizer.h dataset.h metric.h transform.h environment.h
 *   What you may call                host.h: get_api() gives tensor.h math.h grad.h param.h rng.h run.h table.h env.h
 *   The words that all of them use   core.h: versions, statuses;  types.h: handles, shapes, views
 *
 * How to read it
 *   "|0" after a pointer: it may be NULL. Every other pointer may not. Results come last.
 *   "Test: FILE" names what fails when the sentence before it is no longer true; tests/abi/promises.py looks that each
 *   of these files exists, and that no flag or code of these headers is one that the host does not know.
 *   A tag in front of what is said of a function is its thread. The plugin may rely on it for functions that it gives,
 *   and must keep to it for functions that it calls:
 *     [loader]  one thread, before any trial, no ctx
 *     [trial]   the thread of the trial; host functions with a ctx: only inside the callback that was given the ctx
 *     [worker]  any thread, several at once, on one instance: it must not write to itself
 *     [any]     any thread, at any time; re-entrant
 *   But for [worker] and [any], no instance is entered twice at once.
 *
 * Rules (both sides)
 *   R1  Append only: from 1.0 on, a released struct never loses, moves, resizes or re-types a field.
 *       While UBP_ABI_DRAFT is not 0 (0.x), host and plugin must agree exactly: a plugin of another draft is refused
 *       with what has changed since. Test: tests/abi/loader.cpp, tests/abi/layout.py
 *   R2  A struct that crosses by pointer starts with `size`, set by its producer to its own sizeof; consumers test
 *       UBP_HAS before they use a field. Test: tests/abi/trials.cpp (column_mean.c has a short table)
 *   R3  Fixed-width integers, double, pointers; enums travel as int32. By value only handles. Test: tests/abi/layout.py
 *   R4  Strings are UTF-8 and end with NUL. What a plugin says is printed without control characters.
 *       Test: tests/abi/descriptions.cpp
 *   R5  No exception, longjmp or thread cancellation crosses, either way: errors are a status and a message that the
 *       host keeps (set_error, last_error). Test: tests/fault/misbehaviour.py
 *   R6  The side that allocated frees.
 *   R7  A ubp_ctx is valid until its callback returns, on that thread; elsewhere it is refused. It points to nothing.
 *       Test: tests/abi/mistakes.cpp
 *   R8  A tensor dies with its ctx's scope unless it is a parameter, named state or a target copy: those belong to the
 *       host, which initialises, checkpoints and restores them by name. Test: tests/abi/trials.cpp
 *   R9  A loaded plugin stays mapped until the process ends: it is never asked to leave, and may keep what it has made.
 *       Trials are processes of their own, so that nothing adds up.
 *   R10 A plugin links nothing of ubp and exports one symbol, the constant `ubp_entry_v1`. Test: tests/abi/exports.py
 */
#ifndef UBP_ABI_H
#define UBP_ABI_H
#include <ubp/abi/core.h>
#include <ubp/abi/dataset.h>
#include <ubp/abi/entry.h>
#include <ubp/abi/env.h>
#include <ubp/abi/environment.h>
#include <ubp/abi/grad.h>
#include <ubp/abi/host.h>
#include <ubp/abi/lifecycle.h>
#include <ubp/abi/math.h>
#include <ubp/abi/metric.h>
#include <ubp/abi/model.h>
#include <ubp/abi/objective.h>
#include <ubp/abi/optimizer.h>
#include <ubp/abi/param.h>
#include <ubp/abi/params.h>
#include <ubp/abi/rng.h>
#include <ubp/abi/run.h>
#include <ubp/abi/table.h>
#include <ubp/abi/tensor.h>
#include <ubp/abi/transform.h>
#include <ubp/abi/types.h>
#endif
