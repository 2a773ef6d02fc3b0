// What the literature prints for the CDNOW sample (2,357 customers, 39 weeks), beside ours.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "measure/buying.h"
#include "measure/data_for_test.h"
#include "measure/spend.h"

namespace filrouge::measure {
namespace {

struct Cdnow {
    std::vector<BuyingRow> buying;
    std::vector<SpendRow> spend;
    History customer_1516;
};

Cdnow cdnow() {
    Cdnow out;
    std::ifstream in(test::data_folder("cdnow") + "/cdnow_summary.csv");
    for (const std::vector<std::string>& f : test::rows_of_csv(in)) {
        const History h{static_cast<std::uint32_t>(std::stoul(f[1])), std::stod(f[2]),
                        std::stod(f[3])};
        out.buying.push_back({h, 1});
        if (h.repeats > 0) out.spend.push_back({h.repeats, std::stod(f[4]), 1});
        if (f[0] == "1516") out.customer_1516 = h;
    }
    return out;
}

void beside(const char* what, double ours, double published, double tolerance) {
    std::printf("%-34s ours %11.4f   published %11.4f\n", what, ours, published);
    EXPECT_NEAR(ours, published, tolerance) << what;
}

class PublishedValues : public testing::Test {
  protected:
    void SetUp() override {
        data_ = cdnow();
        if (data_.buying.empty()) GTEST_SKIP() << "cdnow is absent: no ../shared/data";
        ASSERT_EQ(data_.buying.size(), 2'357u);
    }
    Cdnow data_;
};

TEST_F(PublishedValues, BgNbdOfCdnow) {  // Fader, Hardie, Lee 2005, table 2
    const auto fit = fit_bg_nbd(data_.buying).value();
    EXPECT_TRUE(fit.converged);
    beside("BG/NBD r", fit.model.r, 0.243, 0.0006);
    beside("BG/NBD alpha", fit.model.alpha, 4.414, 0.002);
    beside("BG/NBD a", fit.model.a, 0.793, 0.001);
    beside("BG/NBD b", fit.model.b, 2.426, 0.004);
    beside("BG/NBD log-likelihood", fit.log_likelihood, -9582.4, 0.05);
}

TEST_F(PublishedValues, ParetoNbdOfCdnow) {  // vignette of the R package BTYD
    const auto fit = fit_pareto_nbd(data_.buying).value();
    EXPECT_TRUE(fit.converged);
    beside("Pareto/NBD r", fit.model.r, 0.553, 0.001);
    beside("Pareto/NBD alpha", fit.model.alpha, 10.580, 0.01);
    beside("Pareto/NBD s", fit.model.s, 0.606, 0.001);
    beside("Pareto/NBD beta", fit.model.beta, 11.656, 0.02);
    beside("Pareto/NBD log-likelihood", fit.log_likelihood, -9594.976, 0.005);
    beside("new customer, 52 weeks", expected_purchases(fit.model, 52), 1.473, 0.001);
    const History& h = data_.customer_1516;
    beside("customer 1516, 52 weeks", expected_purchases(fit.model, h, 52), 25.456, 0.01);
    beside("customer 1516, alive", p_alive(fit.model, h), 0.9979, 0.0001);
}

TEST_F(PublishedValues, GammaGammaOfCdnow) {  // tests of the Python package lifetimes
    ASSERT_EQ(data_.spend.size(), 946u);
    const auto fit = fit_gamma_gamma(data_.spend).value();
    EXPECT_TRUE(fit.converged);
    beside("gamma-gamma p", fit.model.p, 6.25, 0.02);
    beside("gamma-gamma q", fit.model.q, 3.74, 0.01);
    beside("gamma-gamma v", fit.model.v, 15.44, 0.05);
    beside("gamma-gamma log-likelihood", fit.log_likelihood, -4055.923, 0.005);
}

}  // namespace
}  // namespace filrouge::measure
