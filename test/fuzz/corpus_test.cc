// What the fuzz programs have been given before, and some small changes of each: no sanitizer and
// no assertion objects. The long runs are `./dev fuzz`.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "base/seed_for_test.h"

// The entry of each <name>_fuzz.cc, under the name that CMakeLists.txt gives it here.
extern "C" {
int fuzz_csv(const std::uint8_t* data, std::size_t size);
int fuzz_event(const std::uint8_t* data, std::size_t size);
int fuzz_http(const std::uint8_t* data, std::size_t size);
int fuzz_import_batch(const std::uint8_t* data, std::size_t size);
int fuzz_log(const std::uint8_t* data, std::size_t size);
int fuzz_record(const std::uint8_t* data, std::size_t size);
int fuzz_request(const std::uint8_t* data, std::size_t size);
int fuzz_rule(const std::uint8_t* data, std::size_t size);
int fuzz_tcf(const std::uint8_t* data, std::size_t size);
}

namespace {

constexpr int kChangesOfEach = 60;

struct Target {
    const char* name;
    int (*run)(const std::uint8_t* data, std::size_t size);
};
constexpr Target kTargets[] = {{"csv", fuzz_csv},         {"event", fuzz_event},
                               {"http", fuzz_http},       {"import_batch", fuzz_import_batch},
                               {"log", fuzz_log},         {"record", fuzz_record},
                               {"request", fuzz_request}, {"rule", fuzz_rule},
                               {"tcf", fuzz_tcf}};

std::uint32_t seed() { return static_cast<std::uint32_t>(filrouge::test_seed(1)); }

void run(const Target& target, const std::string& bytes) {
    target.run(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

// A byte changed, a piece cut out, or a piece said twice.
std::string changed(std::string bytes, std::mt19937& random) {
    for (int changes = 1 + static_cast<int>(random() % 3); changes > 0 && !bytes.empty();
         --changes) {
        const std::size_t at = random() % bytes.size();
        const std::size_t length = std::min<std::size_t>(1 + random() % 16, bytes.size() - at);
        switch (random() % 4) {
            case 0: bytes[at] = static_cast<char>(random()); break;
            case 1: bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8)); break;
            case 2: bytes.erase(at, length); break;
            default: bytes.insert(at, bytes.substr(at, length));
        }
    }
    return bytes;
}

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, BringsNothingDown) {
    const std::filesystem::path folder = std::filesystem::path(FILROUGE_CORPUS) / GetParam().name;
    std::mt19937 random(seed());
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        SCOPED_TRACE(entry.path().filename());
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes(std::istreambuf_iterator<char>(file), {});
        run(GetParam(), bytes);
        for (int i = 0; i < kChangesOfEach; ++i) run(GetParam(), changed(bytes, random));
        ++files;
    }
    EXPECT_GT(files, 0u);
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Corpus, testing::ValuesIn(kTargets),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
