#include <ubp/sdk.hpp>
using namespace ubp;

struct VicReg : Objective {  // invariance, variance, covariance of two views' projections
  double invariance, variance, covariance;
  static void describe(Describe<VicReg>& d) {
    d.id("vicreg")
        .doc("Variance-invariance-covariance regularisation.")
        .cite("arXiv:2105.04906")
        .views(2)
        .flags(UBP_OBJ_MIN_BATCH_2)
        .role("encoder", "encode,project")
        .logs("spread")
        .param(&VicReg::invariance, "invariance", 25, {0, 1e3}, tunable, "Weight of the views' distance.")
        .param(&VicReg::variance, "variance", 25, {0, 1e3}, tunable, "Weight of the hinge on the deviation.")
        .param(&VicReg::covariance, "covariance", 1, {0, 1e3}, tunable, "Weight of the off-diagonal.");
  }
  Tensor hinge(Tensor z) { return mean(relu(1.0 - sqrt(mean(square(z), 0) + 1e-4))); }
  Tensor off_diagonal(Ctx& c, Tensor z, double n) {
    Tensor cov = matmul(z, z, transpose_a) / (n - 1);
    return sum(square(cov) * (1.0 - c.eye(cov.dim(0)))) / double(cov.dim(0));
  }
  Tensor loss(Ctx& c, const Batch& b) override {
    Tensor a = c.call("encoder", "project", b.view(0)), z = c.call("encoder", "project", b.view(1));
    Tensor same = mse(a, z), ac = a - mean(a, 0, keep), zc = z - mean(z, 0, keep);
    Tensor spread = (hinge(ac) + hinge(zc)) / 2;
    c.log("spread", spread);
    return invariance * same + variance * spread +
           covariance * (off_diagonal(c, ac, double(b.size())) + off_diagonal(c, zc, double(b.size())));
  }
};
UBP_EXPORT_PLUGIN("vicreg", "1.0.0", "MIT", VicReg);
