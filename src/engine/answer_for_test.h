// What a desk answers, read as the JSON that it is.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>

#include "base/result.h"

namespace filrouge::engine {

// A refusal is a failure of the test, and an object without members.
inline boost::json::object parsed(const Result<std::string>& told) {
    EXPECT_TRUE(told.ok()) << (told.ok() ? "" : told.error().message);
    return told.ok() ? boost::json::parse(told.value()).as_object() : boost::json::object();
}

}  // namespace filrouge::engine
