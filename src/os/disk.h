// The machine's file system behind seam/disk.h. Stateless: one object serves every thread.
// Error codes: "disk.full" (no space or quota), "disk.not_found", "disk.exists", "disk.denied",
// "disk.locked", and "disk.io" for everything else; each message names the path and the call. A
// folder's sync never answers "disk.full": after it nobody knows what will last.
#pragma once

#include <memory>

#include "seam/disk.h"

namespace filrouge::os {

std::unique_ptr<Disk> make_disk();

}  // namespace filrouge::os
