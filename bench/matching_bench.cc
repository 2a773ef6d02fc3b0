// Matches generated people's records against each other: time, pairs compared a second, F1 beside
// what was expected of the threshold, and peak memory.
//   matching_bench [records [threads [seed]]]      1,000,000 records, 2 threads, seed 1
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unordered_map>
#include <vector>

#include "matching/match.h"
#include "matching/people_for_test.h"

namespace {

using namespace filrouge::matching;

constexpr std::uint32_t kTowns = 8'000;
constexpr std::size_t kSecondRecordOneIn = 5;

double now_s() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

long peak_mib() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1'024;
}

double cpu_s() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Shop {
    Records records = Records::open(test::fields_of_people()).value();
    std::vector<std::uint32_t> person;  // by row
    std::uint64_t matches = 0;

    void add(const test::PersonValues& values, std::uint32_t who) {
        const std::vector<std::string_view> texts(values.begin(), values.end());
        if (!records.add(texts).ok()) std::abort();
        person.push_back(who);
    }
};

Shop generate(std::uint32_t rows, std::uint64_t seed) {
    Shop out;
    test::People people(seed, kTowns);
    for (std::uint32_t who = 0; out.records.rows() < rows; ++who) {
        const test::PersonValues person = people.person();
        out.add(people.record(person, false), who);
        if (!people.chance().one_in(kSecondRecordOneIn) || out.records.rows() == rows) continue;
        out.add(people.record(person, true), who);
        ++out.matches;
    }
    return out;
}

void tell(const char* what, const Shop& shop, const Matches& got, const Expected& at) {
    double right = 0;
    for (std::uint64_t i = 0; i < at.pairs; ++i)
        right += shop.person[got.pairs[i].a] == shop.person[got.pairs[i].b] ? 1 : 0;
    const double precision = right / static_cast<double>(at.pairs);
    const double recall = right / static_cast<double>(shop.matches);
    std::printf("%s: precision %.4f (expected %.4f), recall %.4f (expected %.4f), F1 %.4f\n", what,
                precision, at.precision, recall, at.recall,
                2 * precision * recall / (precision + recall));
}

}  // namespace

int main(int argc, char** argv) {
    const auto number = [&](int i, std::uint64_t otherwise) {
        return argc > i ? std::strtoull(argv[i], nullptr, 10) : otherwise;
    };
    const auto rows = static_cast<std::uint32_t>(number(1, 1'000'000));
    MatchOptions options;
    options.threads = static_cast<unsigned>(number(2, 2));
    options.seed = number(3, 1);
    const double begun = now_s();
    const Shop shop = generate(rows, options.seed);
    std::printf("%u records of %u people, %.1f s to make them, %ld MiB\n", shop.records.rows(),
                shop.person.back() + 1, now_s() - begun, peak_mib());
    double trained = 0;
    const double from = now_s(), cpu = cpu_s();
    options.progress = [&](std::string_view stage, std::uint64_t done, std::uint64_t) {
        if (stage == "comparing" && done == 0) trained = now_s();
        return true;
    };
    const Matches got = match(shop.records, options).value();
    const double seconds = now_s() - from;
    std::printf("%.1f s on %u threads (%.1f s of CPU), %.1f s of it training\n", seconds,
                options.threads, cpu_s() - cpu, trained - from);
    std::printf("%llu pairs compared, %.2f million a second; of %llu possible; peak %ld MiB\n",
                static_cast<unsigned long long>(got.compared),
                static_cast<double>(got.compared) / 1e6 / (seconds - (trained - from)),
                static_cast<unsigned long long>(got.possible), peak_mib());
    std::printf("%llu matches, %.0f expected, of which %.4f met; %llu kept pairs dropped\n",
                static_cast<unsigned long long>(shop.matches), got.expected, got.met,
                static_cast<unsigned long long>(got.dropped));
    tell("at expected precision 0.99", shop, got, at_precision(got, 0.99));
    tell("at the best expected F1", shop, got, at_best_f1(got));
}
