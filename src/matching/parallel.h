// Runs work(0) ... work(n - 1), each in a thread of its own, the last one in the caller's.
#pragma once

#include <thread>
#include <vector>

namespace filrouge::matching {

template <class Work>
void in_parallel(unsigned n, Work work) {
    std::vector<std::jthread> others;
    for (unsigned i = 0; i + 1 < n; ++i) others.emplace_back([&work, i] { work(i); });
    work(n - 1);
}

}  // namespace filrouge::matching
