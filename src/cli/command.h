// A subcommand is a row: what it is called, what it takes, an example, and the function that runs
// it. A new one is one file with its rows and one line in commands.cc.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace filrouge::cli {

// Exit codes; docs/cli.md tells them to users.
constexpr int kExitOk = 0;
constexpr int kExitRefused = 1;      // by the server, or the input cannot be used
constexpr int kExitUsage = 2;        // the command line is not understood
constexpr int kExitUnreachable = 3;  // no server, or no folder that can be opened
constexpr int kExitDamaged = 4;      // stored bytes are not what was written
constexpr int kExitStorage = 5;      // the disk failed while serving
// 6 is server/out_of_memory.h's

struct Param {
    enum class Kind { Value, Flag, Many };
    std::string_view name;  // "--purpose", or "id" by its place
    std::string_view help;
    Kind kind = Kind::Value;
    bool required = false;
};

class Args {
  public:
    bool has(std::string_view name) const { return values_.contains(name); }
    std::string text(std::string_view name, std::string_view otherwise = "") const;
    std::vector<std::string> many(std::string_view name) const;
    // A number that is no number is told, and the program ends with kExitUsage.
    std::uint64_t number(std::string_view name, std::uint64_t otherwise) const;
    void add(std::string_view name, std::string value);

  private:
    std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

class Context;

struct Command {
    std::string_view name;  // "audience create": a group and a verb, or one word
    std::string_view help;
    std::string_view example;
    std::vector<Param> params;
    int (*run)(Context& context, const Args& args);
};

const std::vector<Command>& all_commands();

}  // namespace filrouge::cli
