#include "files/plan.h"

#include <fnmatch.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "files/byte_stream.h"

namespace filrouge::files {
namespace {

struct Part {
    bool lookup;
    std::size_t index;
    const std::string& name;
    const std::string& pattern;
};

std::vector<Part> parts_of(const ImportMap& map, bool all) {
    std::vector<Part> parts;
    for (std::size_t i = 0; i < map.lookups.size(); ++i) {
        parts.push_back({true, i, map.lookups[i].name, map.lookups[i].file});
    }
    for (std::size_t i = 0; i < map.inputs.size(); ++i) {
        if (all || map.inputs[i].import)
            parts.push_back({false, i, map.inputs[i].name, map.inputs[i].file});
    }
    return parts;
}

bool fits(const Part& part, const std::filesystem::path& path) {
    return ::fnmatch(part.pattern.c_str(), path.filename().c_str(), 0) == 0;
}

void take(const Part& part, const std::string& path, Plan& plan) {
    std::vector<Plan::One>& to = part.lookup ? plan.lookups : plan.inputs;
    const bool there = std::any_of(to.begin(), to.end(), [&](const Plan::One& o) {
        return o.index == part.index && o.path == path;
    });
    if (!there) to.push_back({part.index, path});
}

std::vector<std::string> files_in(const std::string& folder) {
    std::vector<std::string> out;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.is_regular_file(error)) out.push_back(entry.path().string());
    }
    std::sort(out.begin(), out.end());
    return out;
}

// True when some part took the file.
bool take_by_name(const std::vector<Part>& parts, const std::string& path, Plan& plan) {
    bool taken = false;
    for (const Part& part : parts) {
        if (!fits(part, path)) continue;
        take(part, path, plan);
        taken = true;
    }
    return taken;
}

Result<void> place(const ImportMap& map, const std::vector<Part>& parts, const std::string& given,
                   Plan& plan) {
    const std::size_t equals = given.find('=');
    if (equals != std::string::npos) {
        for (const Part& part : parts) {
            if (part.name != given.substr(0, equals)) continue;
            take(part, given.substr(equals + 1), plan);
            return {};
        }
    }
    std::error_code error;
    if (std::filesystem::is_directory(given, error)) {
        bool any = false;
        for (const std::string& path : files_in(given))
            any = take_by_name(parts, path, plan) || any;
        if (any) return {};
        return Error{"files.no_file",
                     "the folder " + given + " has no file that the map " + map.path + " names",
                     ""};
    }
    if (!std::filesystem::exists(given, error)) {
        return Error{"files.unreadable", given + ": there is no such file", "Check the path."};
    }
    if (take_by_name(parts, given, plan)) return {};
    std::string names;
    for (const Part& part : parts)
        names += (names.empty() ? "" : ", ") + part.name + " (" + part.pattern + ")";
    return Error{"files.no_input", given + " fits no input of " + map.path,
                 "Write name=path with one of: " + names + "."};
}

}  // namespace

Result<Plan> plan_files(const ImportMap& map, const std::vector<std::string>& given, bool all) {
    Plan plan;
    const std::vector<Part> parts = parts_of(map, all);
    if (given.empty()) {
        return Error{"files.no_file", "no file was given",
                     "Give the files, or the folder that holds them."};
    }
    for (const std::string& one : given) TRY(place(map, parts, one, plan));
    const auto by_index = [](const Plan::One& a, const Plan::One& b) { return a.index < b.index; };
    std::stable_sort(plan.inputs.begin(), plan.inputs.end(), by_index);
    std::stable_sort(plan.lookups.begin(), plan.lookups.end(), by_index);
    if (plan.inputs.empty()) {
        return Error{"files.no_file", "no given file is an input of " + map.path,
                     "Lookups alone import nothing."};
    }
    for (std::size_t i = 1; i < plan.lookups.size(); ++i) {
        if (plan.lookups[i - 1].index != plan.lookups[i].index) continue;
        return Error{
            "files.lookup",
            "the lookup '" + map.lookups[plan.lookups[i].index].name + "' was given two files", ""};
    }
    for (const Plan::One& one : plan.inputs) plan.bytes_total += TRY(file_size(one.path));
    return plan;
}

}  // namespace filrouge::files
