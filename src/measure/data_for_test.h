// What the tests of this folder share: the seed of a run and the public data sets. Header only; no
// part of the library.
#pragma once

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/seed_for_test.h"
#include "measure/chance.h"

namespace filrouge::measure::test {

// Empty when the set is absent.
inline std::string data_folder(const std::string& name) {
    const char* given = std::getenv("FILROUGE_SHARED");
    const std::string shared = given != nullptr ? given : FILROUGE_ROOT "/../shared";
    std::string folder = shared + "/data/" + name;
    return std::filesystem::is_directory(folder) ? folder : "";
}

inline double normal(Chance& chance) {  // Box and Muller
    const double radius = std::sqrt(-2 * std::log(1 - chance.uniform()));
    return radius * std::cos(2 * M_PI * chance.uniform());
}

// Lines without their heading, cut at commas: the sets have no quoted fields.
inline std::vector<std::vector<std::string>> rows_of_csv(std::istream& in) {
    std::vector<std::vector<std::string>> out;
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        std::vector<std::string>& row = out.emplace_back(1);
        for (const char c : line) {
            if (c == ',') {
                row.emplace_back();
            } else {
                row.back() += c;
            }
        }
    }
    return out;
}

}  // namespace filrouge::measure::test
