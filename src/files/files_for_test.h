// A folder of small files with a map beside them, and what an import makes of it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "files/collecting_sink.h"
#include "files/importer.h"
#include "files/record.h"
#include "model/packed.h"

namespace filrouge::files {

class Folder {
  public:
    Folder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "filrouge-files-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "no temporary folder";
        path_ = name;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path_); }
    std::string write(const std::string& name, const std::string& bytes) const {
        std::string path = path_ + "/" + name;
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

constexpr std::int64_t kTestNowUs = 1'780'000'000'000'000;  // in 2026

inline ImportOptions options_of(const std::string& map_path, std::vector<std::string> files) {
    ImportOptions options;
    options.map_path = map_path;
    options.files = std::move(files);
    options.now_us = kTestNowUs;
    return options;
}

// One import of `csv` by a map whose [[input]] holds `input` beside its name and file.
struct Imported {
    ImportReport report;
    std::vector<collect::Item> items;
    std::string error;  // "code: message", empty when it went well

    const collect::Incoming& incoming(std::size_t i) const {
        return std::get<collect::Incoming>(items.at(i));
    }
    const Event& event(std::size_t i) const { return incoming(i).event; }
    const collect::Unfit& unfit(std::size_t i) const {
        return std::get<collect::Unfit>(items.at(i));
    }
    std::string properties(std::size_t i) const { return PackedView(event(i).properties).json(); }
    std::string traits(std::size_t i) const { return PackedView(event(i).traits).json(); }
    std::vector<std::string> ids() const {
        std::vector<std::string> out;
        for (const collect::Item& item : items) {
            const auto* e = std::get_if<collect::Incoming>(&item);
            out.push_back(e != nullptr ? e->event.message_id
                                       : std::get<collect::Unfit>(item).message_id);
        }
        return out;
    }
};

inline Imported import_files(const std::string& map, const std::vector<std::string>& files) {
    CollectingSink sink;
    Imported out;
    auto report = run_import(options_of(map, files), sink);
    if (report.ok())
        out.report = report.value();
    else
        out.error = report.error().code + ": " + report.error().message;
    out.items = std::move(sink.items);
    return out;
}

inline Imported import_text(const std::string& csv, const std::string& input,
                            const std::string& source = "") {
    const Folder folder;
    const std::string map =
        folder.write("map.toml", "[source]\nid = \"shop\"\n" + source +
                                     "\n[[input]]\nname = \"rows\"\nfile = \"rows.*\"\n" + input);
    return import_files(map, {folder.write("rows.csv", csv)});
}

// Records of a text as "a|b", unfit ones as "code@line".
inline std::vector<std::string> records_of(std::unique_ptr<RecordReader> reader) {
    std::vector<std::string> out;
    Record record;
    for (;;) {
        const auto read = reader->next(record);
        if (!read.ok()) return {"error " + read.error().code};
        if (read.value() == Read::End) return out;
        if (read.value() == Read::Unfit) {
            out.push_back(record.code + "@" + std::to_string(record.line));
            continue;
        }
        std::string text;
        for (const std::string_view field : record.fields)
            text += (text.empty() ? "" : "|") + std::string(field);
        out.push_back(text);
    }
}
inline std::vector<std::string> csv_records(const std::string& text, CsvFormat format = {},
                                            std::size_t step = 1 << 20) {
    auto reader = open_csv(stream_of(text, step), std::move(format));
    if (!reader.ok()) return {"error " + reader.error().code + " " + reader.error().message};
    return records_of(std::move(reader).value());
}

}  // namespace filrouge::files
