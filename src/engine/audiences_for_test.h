// New audiences are filled by ticks: until that is over another record may come at any time.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "engine/runtime.h"

namespace filrouge::engine {

inline void wait_for_audiences(Runtime& runtime) {
    for (int i = 0; i < 1'000; ++i) {
        const std::string told = runtime.audiences("", 0).value();
        if (told.find(R"("complete":false)") == told.npos) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ADD_FAILURE() << "an audience does not come to its end";
}

}  // namespace filrouge::engine
