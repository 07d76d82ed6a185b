// SPDX-License-Identifier: MIT
// shapes: pictures of one shape each, drawn from factors that are known: for scores of what codes say of the factors.
//
//   factor      numbers                                                  held at, if it does not vary
//   shape       those of `shapes`; ellipse 2 : 1, triangle isosceles     the first of them
//   size        0.2 .. 0.35: root of the area, in sides of the picture   0.275
//   angle       0 .. turn degrees, clockwise                             0
//   x, y        0.35 .. 0.65: the centroid, in sides, from the top left  0.5
//   brightness  0.4 .. 1, on black                                       1
//   hue         0 .. 0.75 turns: red, yellow, green, cyan, blue, violet  0 (three channels only)
//   noise       0 .. noise: deviation of what is added to each pixel     noise
//   each uniform, and independent but for a stated pair
//
// | parameter   | type   | range      | default | meaning |
// |-------------|--------|------------|---------|---------|
// | rows        | int    | [1, 1e+07] | 2000    | Rows of the training split. |
// | valid_rows  | int    | [0, 1e+07] | 0       | Rows of the validation split. |
// | test_rows   | int    | [0, 1e+07] | 1000    | Rows of the test split. |
// | side        | int    | [16, 64]   | 32      | Pixels of a side. |
// | channels    | int    | [1, 3]     | 1       | 1: grey, 3: red, green, blue. |
// | factors     | string | any        | shape,size,angle,x,y | What varies, as a list; the rest is held. |
// | shapes      | string | any        | square,ellipse,heart | Some of square, ellipse, heart, triangle, as a list. |
// | turn        | float  | (0, 360)   | 60      | Largest angle, in degrees. |
// | noise       | float  | [0, 1]     | 0       | Deviation of the noise; the largest one where noise varies. |
// | grid        | int    | [0, 1000]  | 0       | Evenly spaced values of a factor, ends included; 0: all between. |
// | correlated  | string | any        |         | Two factors that are not independent, as a list. |
// | correlation | float  | [-1, 1]    | 0       | Of these two. |
// | seed        | int    | [0, 1e+09] | 0       | Chooses the rows. |
//
// Row i is a pure function of the parameters and (seed, split, i); what a factor draws does not depend on which others
// vary. Each factor that varies is a field of its name that metrics see and objectives do not, in the order above;
// shape is a class, by its place in `shapes`, and the label. Edges are smooth: a pixel is the share of 5 x 5 points in
// it that the shape covers.
// The pair: x = Phi(g), y = Phi(h) of normals whose correlation is 2 sin(pi r / 6), so that the uniform numbers have
// the correlation r; a grid, or classes, keep it but for their steps.
// Limits: an angle is known only up to the symmetry of its shape. A square is itself again after 90 degrees, an
// ellipse after 180, heart and triangle after 360: a `turn` from which on one of `shapes` looks as it did is refused,
// and as `turn` nears that angle, its ends look alike. Noise is cut off at black and white.
// Source: after dSprites (Matthey, Higgins, Hassabis, Lerchner, 2017), whose factors are these on a grid.
//
//   [dataset]
//   use     = "shapes"
//   factors = "shape,size,x,y"
//   rows    = 5000
#include <ubp/sdk.hpp>

#include <algorithm>
#include <array>

namespace {
using namespace ubp;

enum Kind { kShape, kSize, kAngle, kX, kY, kBrightness, kHue, kNoise, kFactors };
constexpr std::array<const char*, kFactors> kNames{"shape", "size", "angle", "x", "y", "brightness", "hue", "noise"};

constexpr std::array<const char*, 4> kShapes{"square", "ellipse", "heart", "triangle"};
constexpr std::array<double, 4> kItselfAfter{90, 180, 360, 360};  // degrees

/// Whether a shape of area 1, centred on its centroid, covers the point; v points down.
bool covers(int shape, double u, double v) {
  switch (shape) {
    case 0:
      return std::abs(u) <= 0.5 && std::abs(v) <= 0.5;
    case 1: {  // half axes a and a / 2, pi a^2 / 2 = 1
      constexpr double kA2 = 0.6366197723675814;
      return u * u + 4 * v * v <= kA2;
    }
    case 2: {  // (x^2 + y^2 - 1)^3 <= x^2 y^3, of area 3.6611 and centroid (0, 0.29348)
      constexpr double kScale = 1.9134;
      const double x = kScale * u, y = 0.29348 - kScale * v, r = x * x + y * y - 1;
      return r * r * r <= x * x * y * y * y;
    }
    default: {  // base b, height 1.1 b, the apex up
      constexpr double kBase = 1.3483997249264842, kHeight = 1.1 * kBase;
      const double up = kHeight / 3 - v;  // from the base
      return up >= 0 && up <= kHeight && std::abs(u) <= kBase / 2 * (1 - up / kHeight);
    }
  }
}
constexpr double kRadius = 0.99;  // no shape of area 1 reaches farther from its centroid

/// Of full saturation and value, [3].
std::array<double, 3> colour(double turns) {
  std::array<double, 3> out;
  for (int c = 0; c < 3; ++c) {
    const double k = std::fmod(5 - 2 * c + 6 * turns, 6);
    out[c] = 1 - std::clamp(std::min(k, 4 - k), 0.0, 1.0);
  }
  return out;
}

class Shapes : public Dataset {
 public:
  static void describe(Describe<Shapes>& d) {
    d.id("shapes")
        .title("Shapes of known factors")
        .cite("github.com/deepmind/dsprites-dataset")
        .tag("synthetic")
        .tag("images")
        .doc("Pictures of one shape each, drawn from known factors: shape, size, angle, place, brightness, hue, noise.")
        .param(&Shapes::rows_, "rows", 2000, {1, 1e7}, 0, "Rows of the training split.")
        .param(&Shapes::valid_rows_, "valid_rows", 0, {0, 1e7}, 0, "Rows of the validation split.")
        .param(&Shapes::test_rows_, "test_rows", 1000, {0, 1e7}, 0, "Rows of the test split.")
        .param(&Shapes::side_, "side", 32, {16, 64}, 0, "Pixels of a side.")
        .param(&Shapes::channels_, "channels", 1, {1, 3}, 0, "1: grey, 3: red, green, blue.")
        .param(&Shapes::list_, "factors", "shape,size,angle,x,y", 0, "What varies, as a list; the rest is held.")
        .param(&Shapes::shape_list_, "shapes", "square,ellipse,heart", 0,
               "Some of square, ellipse, heart, triangle, as a list.")
        .param(&Shapes::turn_, "turn", 60, {0, 360}, open_min | open_max, "Largest angle, in degrees.")
        .param(&Shapes::noise_, "noise", 0, {0, 1}, 0, "Deviation of the noise; the largest one where noise varies.")
        .param(&Shapes::grid_, "grid", 0, {0, 1000}, 0,
               "Evenly spaced values of a factor, ends included; 0: all between.")
        .param(&Shapes::pair_list_, "correlated", "", 0, "Two factors that are not independent, as a list.")
        .param(&Shapes::correlation_, "correlation", 0, {-1, 1}, 0, "Of these two.")
        .param(&Shapes::seed_, "seed", 0, {0, 1e9}, 0, "Chooses the rows.");
  }

  void created() override {
    for (const int k : places_in(kNames, "factors", "factor", list_)) varies_[k] = true;
    shapes_ = places_in(kShapes, "shapes", "shape", shape_list_);
    for (const int k : places_in(kNames, "correlated", "factor", pair_list_)) {
      if (!varies_[k]) refuse("correlated: " + std::string(kNames[k]) + " is not among factors");
      pair_.push_back(k);
    }
    if (!pair_.empty() && pair_.size() != 2)
      refuse("correlated: " + std::to_string(pair_.size()) + " factors, expected two, as in \"size,brightness\"");
    if (pair_.empty() && correlation_ != 0) refuse("correlation: of no factors, expected two in correlated");
    if (channels_ == 2) refuse("channels: 2, expected 1 or 3");
    if (channels_ == 1 && varies_[kHue]) refuse("factors: hue needs channels = 3");
    if (grid_ == 1) refuse("grid: 1 value does not vary, expected 0 or at least 2");
    if (shapes_.empty()) refuse("shapes: none, expected some of " + listed(kShapes));
    if (varies_[kShape] && shapes_.size() == 1) refuse("factors: shape does not vary: shapes has one");
    if (varies_[kNoise] && noise_ == 0) refuse("factors: noise does not vary up to noise = 0");
    for (std::size_t i = 0; i < (varies_[kShape] ? shapes_.size() : 1); ++i)
      if (varies_[kAngle] && turn_ >= kItselfAfter[shapes_[i]])
        refuse("turn: " + std::string(kShapes[shapes_[i]]) + " is itself again after " +
               std::to_string(static_cast<int>(kItselfAfter[shapes_[i]])) + " degrees, expected less");
  }

  std::vector<ubp_field> fields() override {
    std::vector<ubp_field> all{
        field("image", {channels_, side_, side_}, UBP_FIELD_INPUT | UBP_FIELD_IMAGE_CHW | UBP_FIELD_UNIT_BYTES, UBP_U8),
        field("label", {}, UBP_FIELD_LABEL, UBP_I64)};
    for (int k = 0; k < kFactors; ++k)
      if (varies_[k]) all.push_back(field(kNames[k], {}, UBP_FIELD_FACTOR, k == kShape ? UBP_I64 : UBP_F32));
    return all;
  }
  std::vector<std::string> class_names() override {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < (varies_[kShape] ? shapes_.size() : 1); ++i) names.emplace_back(kShapes[shapes_[i]]);
    return names;
  }
  std::int64_t count(const std::string& split) override {
    return split == "train" ? rows_ : split == "valid" ? valid_rows_ : split == "test" ? test_rows_ : 0;
  }

  void read(const std::string& split, const std::int64_t* rows, std::uint32_t n,
            const std::vector<FieldOut>& out) override {
    for (std::uint32_t i = 0; i < n; ++i) {
      if (rows[i] < 0 || rows[i] >= count(split))
        throw Error("shapes: row " + std::to_string(rows[i]) + " does not exist");
      const Factors f = draw(split, rows[i]);
      Hash grains(seed_, split, rows[i], "noise");
      paint(f, grains, out[0].bytes(i));
      *out[1].view().row<std::int64_t>(i) = static_cast<std::int64_t>(f[kShape]);
      std::size_t at = 2;
      for (int k = 0; k < kFactors; ++k) {
        if (!varies_[k]) continue;
        const View& to = out[at++].view();
        if (k == kShape)
          *to.row<std::int64_t>(i) = static_cast<std::int64_t>(f[k]);
        else
          *to.row<float>(i) = static_cast<float>(f[k]);
      }
    }
  }

 private:
  using Factors = std::array<double, kFactors>;
  static constexpr int kPoints = 5;  // of a pixel's side

  [[noreturn]] static void refuse(const std::string& what) { throw Error("shapes: " + what); }

  template <std::size_t n>
  static std::string listed(const std::array<const char*, n>& names) {
    std::string text;
    for (const char* name : names) text += (text.empty() ? "" : ", ") + std::string(name);
    return text;
  }
  /// "size, x" -> their places in `names`.
  template <std::size_t n>
  static std::vector<int> places_in(const std::array<const char*, n>& names, const std::string& parameter,
                                    const std::string& noun, const std::string& list) {
    std::vector<int> places;
    for (std::size_t at = 0; at < list.size();) {
      const std::size_t comma = std::min(list.find(',', at), list.size());
      std::string word = list.substr(at, comma - at);
      word.erase(0, word.find_first_not_of(' '));
      word.erase(word.find_last_not_of(' ') + 1);
      const auto found = std::find(names.begin(), names.end(), word);
      if (found == names.end())
        refuse(parameter + ": there is no " + noun + " '" + word + "', expected some of " + listed(names));
      const int place = static_cast<int>(found - names.begin());
      if (std::find(places.begin(), places.end(), place) != places.end())
        refuse(parameter + ": " + word + " is named twice");
      places.push_back(place);
      at = comma + 1;
    }
    return places;
  }

  Factors draw(const std::string& split, std::int64_t row) const {
    Hash random(seed_, split, row);
    Factors u;
    for (double& one : u) one = random.uniform();
    if (!pair_.empty()) {
      const double r = 2 * std::sin(3.141592653589793 * correlation_ / 6), g = random.normal(), e = random.normal();
      const double h = r * g + std::sqrt(std::max(0.0, 1 - r * r)) * e;
      u[pair_[0]] = below_one(g), u[pair_[1]] = below_one(h);
    }
    const Factors low{0, 0.2, 0, 0.35, 0.35, 0.4, 0, 0}, high{0, 0.35, turn_, 0.65, 0.65, 1, 0.75, noise_},
        held{0, 0.275, 0, 0.5, 0.5, 1, 0, noise_};
    Factors f = held;
    for (int k = kSize; k < kFactors; ++k) {
      if (!varies_[k]) continue;
      const double share =
          grid_ ? std::floor(u[k] * static_cast<double>(grid_)) / static_cast<double>(grid_ - 1) : u[k];
      f[k] = low[k] + share * (high[k] - low[k]);
    }
    if (varies_[kShape]) f[kShape] = std::floor(u[kShape] * static_cast<double>(shapes_.size()));
    return f;
  }
  /// Phi(g), in [0, 1).
  static double below_one(double g) { return std::min(0.5 * std::erfc(-g / 1.4142135623730951), 1 - 0x1p-53); }

  void paint(const Factors& f, Hash& grains, std::uint8_t* to) const {
    const int shape = shapes_[static_cast<std::size_t>(f[kShape])];
    const auto side = static_cast<double>(side_);
    const double angle = f[kAngle] * 3.141592653589793 / 180, cos = std::cos(angle), sin = std::sin(angle);
    const double size = f[kSize] * side, cx = f[kX] * side, cy = f[kY] * side, reach = kRadius * size;
    const std::array<double, 3> tint = channels_ == 1 ? std::array<double, 3>{1, 1, 1} : colour(f[kHue]);
    for (std::int64_t c = 0; c < channels_; ++c)
      for (std::int64_t row = 0; row < side_; ++row)
        for (std::int64_t column = 0; column < side_; ++column) {
          const double y = static_cast<double>(row), x = static_cast<double>(column);
          int covered = 0;
          if (x + 1 > cx - reach && x < cx + reach && y + 1 > cy - reach && y < cy + reach)
            for (int p = 0; p < kPoints * kPoints; ++p) {
              const double dx = x + (p % kPoints + 0.5) / kPoints - cx, dy = y + (p / kPoints + 0.5) / kPoints - cy;
              covered += covers(shape, (cos * dx + sin * dy) / size, (cos * dy - sin * dx) / size);
            }
          double ink = tint[c] * f[kBrightness] * covered / (kPoints * kPoints);
          if (f[kNoise] > 0) ink = std::clamp(ink + f[kNoise] * grains.normal(), 0.0, 1.0);
          *to++ = static_cast<std::uint8_t>(std::lround(255 * ink));
        }
  }

  std::int64_t rows_ = 0, valid_rows_ = 0, test_rows_ = 0, side_ = 0, channels_ = 0, grid_ = 0, seed_ = 0;
  double turn_ = 0, noise_ = 0, correlation_ = 0;
  std::string list_, shape_list_, pair_list_;
  std::array<bool, kFactors> varies_{};
  std::vector<int> shapes_, pair_;  // places in kShapes, in kNames
};

}  // namespace

UBP_EXPORT_PLUGIN("shapes", "1.0.0", "MIT", Shapes);
