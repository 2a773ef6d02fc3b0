#include "files/importer.h"

#include <utility>

#include "collect/incoming_codec.h"
#include "files/map.h"
#include "files/pipeline.h"
#include "files/plan.h"

namespace filrouge::files {
namespace {

constexpr std::size_t kFixedBytes = 96;  // what every item takes beside its texts

class Sender final : public RowListener {
  public:
    explicit Sender(ImportSink& sink) : sink_(sink) {}
    Result<void> begin(RowLayout&, RowMapper*) override { return {}; }
    void row(const Row&, const RowPlace&) override {}
    void unfit() override {}
    Result<void> end() override { return {}; }
    Result<void> item(const InputMap&, const collect::Item& item) override {
        const std::size_t bytes = bytes_of_item(item);
        if (bytes_ + bytes > kImportBatchBytesMax) TRY(send());
        bytes_ += bytes;
        batch_.add(item);
        if (batch_.items() < kImportBatchMax) return {};
        return send();
    }
    Result<void> send() {
        if (batch_.items() == 0) return {};
        bytes_ = 0;
        return batch_.states_consents() ? sink_.send_in_turn(batch_.take())
                                        : sink_.send(batch_.take());
    }

  private:
    ImportSink& sink_;
    collect::BatchWriter batch_;
    std::size_t bytes_ = 0;
};

}  // namespace

std::size_t bytes_of_item(const collect::Item& item) {
    if (const auto* unfit = std::get_if<collect::Unfit>(&item)) {
        return kFixedBytes + unfit->code.size() + unfit->message.size() + unfit->raw.size() +
               unfit->message_id.size();
    }
    const auto& incoming = std::get<collect::Incoming>(item);
    const Event& e = incoming.event;
    std::size_t n = kFixedBytes + e.properties.size() + e.traits.size() + e.name.size() +
                    e.message_id.size() + e.product.size() + e.place.size();
    for (const Identifier& identifier : e.identifiers) n += identifier.value.size() + 8;
    for (const collect::NamedConsent& consent : incoming.consents) n += consent.name.size() + 8;
    return n;
}

Result<std::string> import_source_of(const std::string& map_path) {
    ImportMap map = TRY(load_map(map_path));
    return std::move(map.source);
}

Result<ImportReport> run_import(const ImportOptions& options, ImportSink& sink) {
    const ImportMap map = TRY(load_map(options.map_path));
    const Plan plan = TRY(plan_files(map, options.files, false));
    Sender sender(sink);
    auto figures = run_pipeline(map, plan, options.now_us, options.progress, sender);
    // What was read before an error is sound: it is imported, and a later run goes on from there.
    if (figures.ok() || figures.error().code.starts_with("files.")) TRY(sender.send());
    auto done = sink.finish();
    if (!figures.ok()) return std::move(figures).error();
    const PipelineFigures& f = figures.value();
    ImportReport report;
    report.rows = f.rows;
    report.items = f.items;
    report.bad_rows = f.unfit_rows;
    report.skipped_rows = f.skipped_rows;
    report.bad_lookup_rows = f.unfit_lookup_rows;
    report.reopened_groups = f.reopened_groups;
    report.done = TRY(std::move(done));
    report.seconds = f.seconds;
    return report;
}

}  // namespace filrouge::files
