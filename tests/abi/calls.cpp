// SPDX-License-Identifier: MIT
// The functions of the host's tables, called as a plugin calls them.
#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "plugin/loader.hpp"
#include "story.hpp"

namespace {

using namespace ubp;
using Numbers = std::vector<double>;

/// A callback of a trial.
struct Call {
  testing::Bench bench{
      "[dataset]\nuse = \"blobs\"\n[objective]\nuse = \"mistaken\"\n[optimizer]\nuse = \"sgd\"\nlr = 0.1\n[train]\n"
      "dtype = \"f64\"\n"};
  Callback callback{bench.parts.engine, bench.services, "self"};
  ubp_ctx* ctx = callback.get();

  template <class T>
  std::vector<T> numbers(ubp_tensor t) {
    ubp_view view{};
    REQUIRE(kTensorApi.map(ctx, t, UBP_MAP_READ, &view) == UBP_OK);
    std::int64_t n = 1;
    for (int axis = 0; axis < view.ndim; ++axis) n *= view.shape[axis];
    const auto* from = static_cast<const T*>(view.data);
    std::vector<T> all(from, from + n);
    REQUIRE(kTensorApi.unmap(ctx, t) == UBP_OK);
    return all;
  }
};

struct Line {
  int level;
  std::string who, text;
};

}  // namespace

TEST_CASE("the host gives a table for each id that it has, and NULL for others", "[calls]") {
  const ubp_host& host = host_face();
  for (const char* id : {UBP_API_TENSOR, UBP_API_MATH, UBP_API_GRAD, UBP_API_PARAM, UBP_API_RNG, UBP_API_RUN,
                         UBP_API_TABLE, UBP_API_ENV}) {
    const auto* size = static_cast<const std::uint32_t*>(host.get_api(&host, id));
    REQUIRE(size);
    CHECK(*size > sizeof(void*));
  }
  CHECK(host.get_api(&host, "ubp.math/2") == nullptr);
  CHECK(host.get_api(&host, nullptr) == nullptr);
  CHECK(host.abi_major == UBP_ABI_MAJOR);
  CHECK(host.abi_minor == UBP_ABI_MINOR);
}

TEST_CASE("a log line is harmless, and of a level that there is", "[calls]") {
  const ubp_host& host = host_face();
  std::vector<Line> lines;
  set_log_sink(
      [](void* to, int level, const char* who, const char* text) {
        static_cast<std::vector<Line>*>(to)->push_back({level, who, text});
      },
      &lines);
  for (const std::int32_t level : {-1, 0, 1, 2, 3, 99}) host.log(&host, level, "mine", "a\x1b[31mword");
  host.log(&host, UBP_LOG_INFO, nullptr, nullptr);
  set_log_sink(nullptr, nullptr);
  REQUIRE(lines.size() == 7);
  const int levels[] = {UBP_LOG_DEBUG, UBP_LOG_DEBUG, UBP_LOG_INFO, UBP_LOG_WARN, UBP_LOG_ERROR, UBP_LOG_ERROR};
  for (std::size_t i = 0; i < 6; ++i) CHECK(lines[i].level == levels[i]);
  CHECK(lines[0].who == "mine");
  CHECK(lines[0].text == "a\\x1b[31mword");
  CHECK(lines[6].text.empty());
}

TEST_CASE("lines of several threads come one at a time", "[calls]") {
  const ubp_host& host = host_face();
  struct {
    std::atomic<int> inside{0}, together{0}, lines{0};
  } seen;
  set_log_sink(
      [](void* to, int, const char*, const char*) {
        auto& now = *static_cast<decltype(seen)*>(to);
        if (++now.inside > 1) ++now.together;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        --now.inside, ++now.lines;
      },
      &seen);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) host.log(&host, UBP_LOG_INFO, "mine", "a sentence");
    });
  for (std::thread& thread : threads) thread.join();
  set_log_sink(nullptr, nullptr);
  CHECK(seen.lines == 100);
  CHECK(seen.together == 0);
}

TEST_CASE("the sentence behind a status is its thread's", "[calls]") {
  const ubp_host& host = host_face();
  host.set_error(&host, UBP_E_SHAPE, "here");
  std::thread([&] {
    host.set_error(&host, UBP_E_SHAPE, "there");
    CHECK(std::strcmp(host.last_error(&host), "there") == 0);
  }).join();
  CHECK(std::strcmp(host.last_error(&host), "here") == 0);
}

TEST_CASE("a tensor is mapped to be read, to be written, or both", "[calls]") {
  Call call;
  const ubp_shape shape{0, 1, {3}};
  ubp_tensor t{};
  ubp_view view{};
  REQUIRE(kTensorApi.empty(call.ctx, &shape, &t) == UBP_OK);
  for (const std::uint32_t mode : {0u, 4u, 7u}) CHECK(kTensorApi.map(call.ctx, t, mode, &view) == UBP_E_INVALID_ARG);
  CHECK(last_plugin_error() == "map: no mode: found 7, expected UBP_MAP_READ, UBP_MAP_WRITE or both");
  for (const std::uint32_t mode : {1u, 2u, 3u}) {
    REQUIRE(kTensorApi.map(call.ctx, t, mode, &view) == UBP_OK);
    CHECK(((view.flags & UBP_VIEW_READONLY) != 0) == (mode == UBP_MAP_READ));
    CHECK(kTensorApi.unmap(call.ctx, t) == UBP_OK);
  }
}

TEST_CASE("tensors are made of the types that there are, and of no reserved one", "[calls]") {
  Call call;
  ubp_tensor t{};
  for (const std::int32_t dtype : {UBP_F32, UBP_F64, UBP_I64, UBP_U8}) {
    const ubp_shape shape{dtype, 1, {2}};
    CHECK(kTensorApi.full(call.ctx, &shape, 1, &t) == UBP_OK);
  }
  for (const std::int32_t dtype : {int(UBP_I32), int(UBP_BF16), int(UBP_F16), 99}) {
    const ubp_shape shape{dtype, 1, {2}};
    CHECK(kTensorApi.full(call.ctx, &shape, 1, &t) == UBP_E_DTYPE);
  }
  REQUIRE(kTensorApi.eye(call.ctx, 2, &t) == UBP_OK);
  CHECK(call.numbers<double>(t) == Numbers{1, 0, 0, 1});
  REQUIRE(kTensorApi.arange(call.ctx, 0, 2, 0.5, 3, &t) == UBP_OK);
  CHECK(call.numbers<double>(t) == Numbers{2, 2.5, 3});
}

TEST_CASE("a plugin's memory is copied as what its view says it is", "[calls]") {
  Call call;
  const std::int64_t three = 3, one = 1;
  std::int64_t data[] = {7, 8, 9};
  ubp_view view{};
  view.size = sizeof view, view.flags = UBP_VIEW_CONTIGUOUS, view.data = data, view.device_type = UBP_DEV_CPU;
  view.ndim = 1, view.dtype_code = 0, view.dtype_bits = 64, view.dtype_lanes = 1, view.shape = &three;
  view.strides = &one;
  ubp_tensor t{};
  REQUIRE(kTensorApi.from_host(call.ctx, &view, &t) == UBP_OK);
  data[0] = 0;
  CHECK(call.numbers<std::int64_t>(t) == std::vector<std::int64_t>{7, 8, 9});
  view.dtype_code = 2, view.dtype_bits = 16;
  CHECK(kTensorApi.from_host(call.ctx, &view, &t) == UBP_E_DTYPE);
  CHECK(last_plugin_error() == "this host has no tensors of DLPack's type {2, 16, 1}");
  view.dtype_bits = 64, view.flags = 0;
  CHECK(kTensorApi.from_host(call.ctx, &view, &t) == UBP_E_UNSUPPORTED);
}

TEST_CASE("the host says which codes it has", "[calls]") {
  const ubp_host& host = host_face();
  const std::int32_t last[] = {0, UBP_U_SILU, UBP_B_EQ, UBP_R_ARGMAX, UBP_S_PAD};
  for (std::int32_t family = 1; family <= 4; ++family) {
    CHECK(kMathApi.supports(&host, family, 1));
    CHECK(kMathApi.supports(&host, family, last[family]));
    CHECK_FALSE(kMathApi.supports(&host, family, 0));
    CHECK_FALSE(kMathApi.supports(&host, family, last[family] + 1));
  }
  CHECK_FALSE(kMathApi.supports(&host, 0, 1));
  CHECK_FALSE(kMathApi.supports(&host, 5, 1));
}

TEST_CASE("an op without its functions is refused when it is registered", "[calls]") {
  ubp_custom_op_desc desc{};
  desc.size = sizeof desc, desc.id = "half";
  ubp_obj op{};
  CHECK(kGradApi.register_op(&host_face(), &desc, &op) == UBP_E_INVALID_ARG);
  CHECK(last_plugin_error() == "register_op: infer, forward and backward are needed");
}

TEST_CASE("parameters and state are found by name, and keep their shape", "[calls]") {
  Call call;
  const ubp_shape two{0, 1, {2}}, three{0, 1, {3}};
  ubp_tensor a{}, b{};
  REQUIRE(kParamApi.param(call.ctx, "fresh", &two, UBP_INIT_CONST, 4, 0, 0, &a) == UBP_OK);
  REQUIRE(kParamApi.param(call.ctx, "fresh", nullptr, 0, 0, 0, 0, &b) == UBP_OK);
  CHECK(a.id == b.id);
  CHECK(call.numbers<double>(a) == Numbers{4, 4});
  CHECK(kParamApi.param(call.ctx, "fresh", &three, UBP_INIT_ZERO, 0, 0, 0, &b) == UBP_E_STATE);
  CHECK(kParamApi.param(call.ctx, "frehs", nullptr, 0, 0, 0, 0, &b) == UBP_E_NOT_FOUND);
  CHECK_THAT(last_plugin_error(), Catch::Contains("fresh"));
  REQUIRE(kParamApi.state(call.ctx, "queue", &two, 1, &a) == UBP_OK);
  CHECK(kParamApi.state(call.ctx, "queue", &three, 1, &a) == UBP_E_STATE);
  CHECK(kParamApi.state(call.ctx, "cue", nullptr, 0, &a) == UBP_E_NOT_FOUND);
}

TEST_CASE("a stream gives words, and indices by their weights", "[calls]") {
  Call call, again;
  const auto words = [](Call& c, const char* name) {
    ubp_obj stream{};
    REQUIRE(kRngApi.stream(c.ctx, name, &stream) == UBP_OK);
    std::vector<std::uint64_t> all(4);
    REQUIRE(kRngApi.fill_u64(c.ctx, stream, all.data(), all.size()) == UBP_OK);
    return all;
  };
  const auto first = words(call, "words");
  CHECK(words(call, "words") != first);
  CHECK(words(again, "words") == first);
  CHECK(words(again, "other") != first);
  const ubp_shape shape{0, 2, {2, 3}};
  ubp_obj stream{};
  ubp_tensor logits{}, drawn{};
  REQUIRE(kTensorApi.empty(call.ctx, &shape, &logits) == UBP_OK);
  ubp_view view{};
  REQUIRE(kTensorApi.map(call.ctx, logits, UBP_MAP_WRITE, &view) == UBP_OK);
  const double weights[] = {-1e9, 0, -1e9, -1e9, -1e9, 0};
  std::memcpy(view.data, weights, sizeof weights);
  REQUIRE(kTensorApi.unmap(call.ctx, logits) == UBP_OK);
  REQUIRE(kRngApi.stream(call.ctx, "choice", &stream) == UBP_OK);
  REQUIRE(kRngApi.categorical(call.ctx, stream, logits, &drawn) == UBP_OK);
  CHECK(call.numbers<std::int64_t>(drawn) == std::vector<std::int64_t>{1, 2});
}

TEST_CASE("an optimizer keeps nothing but its slots", "[calls]") {
  for (const std::string what : {"param", "state", "stream", "kmeans"})
    CHECK(testing::refusal(
              "[dataset]\nuse = \"blobs\"\n[objective]\nuse = \"mistaken\"\n[optimizer]\nuse = \"keeper\"\nlr = 0.1\n"
              "what = \"" +
              what + "\"\n[train]\nepochs = 1\n") ==
          "optimizer 'keeper', step: " + what +
              ": an optimizer has no parameters, state or random numbers of its own: it remembers in its slots");
}

TEST_CASE("parallel_for covers each index once", "[calls]") {
  Call call;
  std::vector<std::atomic<int>> seen(1000);
  kRunApi.parallel_for(
      call.ctx, 1000, 10,
      [](void* user, std::int64_t lo, std::int64_t hi) {
        for (std::int64_t i = lo; i < hi; ++i) ++(*static_cast<std::vector<std::atomic<int>>*>(user))[std::size_t(i)];
      },
      &seen);
  CHECK(std::all_of(seen.begin(), seen.end(), [](const std::atomic<int>& n) { return n == 1; }));
}
