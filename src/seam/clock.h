// What the machine's clock says. Only os/ and test/fake/ implement it; the fold never sees it.
#pragma once

#include "base/time.h"

namespace filrouge {

struct Clock {
    virtual ~Clock() = default;
    virtual IngestTime now() = 0;      // wall clock, UTC; may jump
    virtual Duration monotonic() = 0;  // since an unknown start; never goes back
};

}  // namespace filrouge
