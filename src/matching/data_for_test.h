// What the tests of this folder share: the seed of a run, the public data sets, truth and figures.
// Header only; no part of the library.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/seed_for_test.h"
#include "matching/match.h"

namespace filrouge::matching::test {

// Empty when the set is absent.
inline std::string data_folder(const std::string& name) {
    const char* given = std::getenv("FILROUGE_SHARED");
    std::string folder = given != nullptr ? given : FILROUGE_ROOT "/../shared";
    folder += "/data/";
    folder += name;
    return std::filesystem::is_directory(folder) ? folder : "";
}

// Rows without the heading, plain or gzip; quotes are dropped, no value of the sets has a comma.
inline std::vector<std::vector<std::string>> rows_of(const std::string& path) {
    std::vector<std::vector<std::string>> out;
    gzFile file = gzopen(path.c_str(), "rb");
    if (file == nullptr) return out;
    out.emplace_back(1);
    for (int c = gzgetc(file); c != -1; c = gzgetc(file)) {
        if (c == '\n') {
            out.emplace_back(1);
        } else if (c == ',') {
            out.back().emplace_back();
        } else if (c != '"' && c != '\r') {
            out.back().back() += static_cast<char>(c);
        }
    }
    gzclose(file);
    if (out.back().size() == 1) out.pop_back();
    out.erase(out.begin());
    return out;
}

// Of the pairs of rows that truth calls one person; truth[row] is a person.
struct Score {
    double precision = 0, recall = 0, f1 = 0;
};
inline std::uint64_t pairs_among(const std::map<std::string, std::uint64_t>& sizes) {
    std::uint64_t out = 0;
    for (const auto& [who, n] : sizes) out += n * (n - 1) / 2;
    return out;
}
inline Score score(const std::vector<Pair>& pairs, std::uint64_t taken,
                   const std::vector<std::string>& truth) {
    std::map<std::string, std::uint64_t> sizes;
    for (const std::string& who : truth) ++sizes[who];
    double right = 0;
    for (std::uint64_t i = 0; i < taken; ++i) {
        if (truth[pairs[i].a] == truth[pairs[i].b]) right += 1;
    }
    Score out;
    out.precision = taken == 0 ? 0 : right / static_cast<double>(taken);
    out.recall = right / static_cast<double>(pairs_among(sizes));
    out.f1 = right == 0 ? 0 : 2 * out.precision * out.recall / (out.precision + out.recall);
    return out;
}

// The pairs of rows that are one person once the first `taken` pairs are tied, as identity ties
// them: who is the same as a third is the same.
inline std::vector<Pair> tied(const std::vector<Pair>& pairs, std::uint64_t taken,
                              std::uint32_t rows) {
    std::vector<std::uint32_t> of(rows);
    for (std::uint32_t row = 0; row < rows; ++row) of[row] = row;
    const auto find = [&](std::uint32_t row) {
        while (of[row] != row) row = of[row] = of[of[row]];
        return row;
    };
    for (std::uint64_t i = 0; i < taken; ++i) of[find(pairs[i].a)] = find(pairs[i].b);
    std::map<std::uint32_t, std::vector<std::uint32_t>> groups;
    for (std::uint32_t row = 0; row < rows; ++row) groups[find(row)].push_back(row);
    std::vector<Pair> out;
    for (const auto& [head, group] : groups) {
        for (std::size_t i = 0; i < group.size(); ++i) {
            for (std::size_t j = i + 1; j < group.size(); ++j)
                out.push_back({group[i], group[j], 0, 0});
        }
    }
    return out;
}

}  // namespace filrouge::matching::test
