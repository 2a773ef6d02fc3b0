// Free values as tables hold them: private to the fold.
#pragma once

#include <string>
#include <string_view>

#include "history/dictionary.h"
#include "history/scan.h"
#include "model/packed.h"

namespace filrouge::engine {

// One value; its key is the caller's to set. What a table cannot hold is Missing.
history::Cell cell_of(PackedView value, history::Dictionary& dictionary);

// Walks the values of an object, nested ones under dotted names; an array is one value.
template <class F>
void each_value(PackedView object, std::string& path, int depth, F&& f) {
    object.each([&](std::string_view key, const PackedView& value) {
        const std::size_t length = path.size();
        if (length != 0) path.push_back('.');
        path.append(key);
        if (value.kind() == PackedKind::Object) {
            if (depth < 3) each_value(value, path, depth + 1, f);
        } else if (value.kind() != PackedKind::Null) {
            f(std::string_view(path), value);
        }
        path.resize(length);
    });
}

}  // namespace filrouge::engine
