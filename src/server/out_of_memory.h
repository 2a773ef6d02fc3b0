// What happens when memory runs out: the process ends at once.
#pragma once

namespace filrouge::server {

constexpr int kExitOutOfMemory = 6;

// From now on an allocation that fails writes one diagnostic line and ends the process with
// kExitOutOfMemory, without unwinding: half of a change in memory is never seen by anybody, and
// what was answered is in the log. Who restarts the process (systemd does) gets the state of the
// log.
void end_when_memory_runs_out();

}  // namespace filrouge::server
