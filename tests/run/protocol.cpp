// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

#include "run/protocol.hpp"

using namespace ubp;

namespace {

std::string line(const Message& message) {
  std::string out;
  encode(message, out);
  REQUIRE(out.back() == '\n');
  out.pop_back();
  CHECK(out.find('\n') == out.npos);
  return out;
}

template <class M>
M back(const M& message) {
  return std::get<M>(decode(line(message)).value());
}

}  // namespace

TEST_CASE("every double survives the stream bit for bit") {
  const double inf = std::numeric_limits<double>::infinity();
  for (double v : {0.1, -0.0, 1e-320, 1.7976931348623157e308, 1.0 / 3, inf, -inf}) {
    const MetricPoint p = back(MetricPoint{"train.loss", 1, v, 2});
    CHECK(std::signbit(p.value) == std::signbit(v));
    CHECK(p.value == v);
  }
  CHECK(std::isnan(back(MetricPoint{"x", 1, NAN, 2}).value));
}

TEST_CASE("every message comes back as it was") {
  const MetricPoint point = back(MetricPoint{"test.mse", 1'000'000'000'000, 0.0625, 1503});
  CHECK((point.metric == "test.mse" && point.step == 1'000'000'000'000 && point.value == 0.0625 && point.t_ms == 1503));
  CHECK(back(Started{812}).step == 812);
  CHECK(back(Checkpointed{3}).step == 3);
  const Made made = back(Made{"image", "a\tb.png", "image/png", 4});
  CHECK((made.kind == "image" && made.file == "a\tb.png" && made.mime == "image/png" && made.step == 4));
  const Note note = back(Note{2, "plugin", "two\nlines\\n and a \r"});
  CHECK((note.level == 2 && note.who == "plugin" && note.text == "two\nlines\\n and a \r"));
  const Progress progress = back(Progress{5, -1, 1234.5});
  CHECK((progress.step == 5 && progress.fraction == -1 && progress.rate == 1234.5));
  for (auto how : {TrialEnd::How::complete, TrialEnd::How::interrupted, TrialEnd::How::paused})
    CHECK(back(TrialEnd{how}).how == how);
  const TrialEnd end = back(TrialEnd{TrialEnd::How::failed, Failure::numeric, "loss is nan"});
  const TrialEnd refused = back(TrialEnd{TrialEnd::How::refused, Failure::none, "x.so is another one"});
  CHECK((refused.how == TrialEnd::How::refused && refused.error == "x.so is another one"));
  CHECK((end.how == TrialEnd::How::failed && end.failure == Failure::numeric && end.error == "loss is nan"));
  CHECK(line(MetricPoint{"test.mse", 812, 0.0625, 1503}) == "point\ttest.mse\t812\t0.0625\t1503");
}

TEST_CASE("what is no message is recognised as such") {
  for (const char* text : {"", "hello", "point", "point\tx\t1", "point\tx\t1\t2\t3\t4", "point\tx\tone\t2\t3",
                           "end\tmaybe\t\t", "end\tfailed\t\t", "end\tfailed\tnumeric\t", "end\tfailed\todd\tit broke",
                           "end\tcomplete\tcrash\tboom", "end\trefused\t\t", "started\t1.5", "started\t1 "})
    CHECK_FALSE(decode(text));
}
