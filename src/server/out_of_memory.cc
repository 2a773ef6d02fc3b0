#include "server/out_of_memory.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <new>

namespace filrouge::server {

namespace {

// Nothing here may allocate or take a lock: any thread may have failed anywhere.
[[noreturn]] void end_process() {
    using namespace std::chrono;
    const auto now = floor<milliseconds>(system_clock::now());
    const auto day = floor<days>(now);
    const year_month_day date(day);
    const hh_mm_ss time(now - day);
    std::array<char, 128> line;
    const int length = std::snprintf(
        line.data(), line.size(),
        R"({"time":"%04d-%02u-%02uT%02d:%02d:%02d.%03dZ","level":"error","event":"out of memory"})"
        "\n",
        static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
        static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
        static_cast<int>(time.subseconds().count()));
    // A line that cannot be written leaves the exit code.
    [[maybe_unused]] const auto written =
        ::write(STDERR_FILENO, line.data(), static_cast<std::size_t>(length));
    ::_exit(kExitOutOfMemory);
}

}  // namespace

void end_when_memory_runs_out() { std::set_new_handler(end_process); }

}  // namespace filrouge::server
