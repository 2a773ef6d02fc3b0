// The StaffDesk's parts put together; private to engine/.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/admission.h"
#include "engine/queries.h"
#include "engine/staff_desk.h"

namespace filrouge::engine {

// What the desk needs of the runtime.
struct StaffSeams {
    Random& random;
    std::function<IngestTime()> now;
    // Returns once the records are durable and folded.
    std::function<Result<void>(std::vector<Prepared>)> write;
    std::mutex& commands;  // one at a time, from validation to folded
};

// What accounts and tokens are called, for those who work beside them. The fold's lock must be
// held while it is made.
class StaffNames {
  public:
    explicit StaffNames(const Fold& fold);
    std::string_view of(std::string_view id) const;  // empty: removed since

  private:
    std::map<std::string, std::string, std::less<>> names_;  // by id
};

class StaffDeskImpl final : public StaffDesk {
  public:
    StaffDeskImpl(const Library& library, StaffSeams seams)
        : library_(library), seams_(std::move(seams)) {}

    Result<std::string> actors() override;
    Result<std::string> boards(const Caller& who) override;
    Result<std::string> board(std::string_view id, const Caller& who) override;
    Result<std::string> make_board(std::string_view json, const Caller& who) override;
    Result<std::string> change_board(std::string_view id, std::string_view json,
                                     const Caller& who) override;
    Result<std::string> remove_board(std::string_view id, const Caller& who) override;
    Result<std::string> metrics(const Caller& who, const Mask& mask) override;
    Result<std::string> metric(std::string_view name, const Caller& who, const Mask& mask) override;
    Result<std::string> make_metric(std::string_view json, const Caller& who,
                                    const Mask& mask) override;
    Result<std::string> change_metric(std::string_view name, std::string_view json,
                                      const Caller& who, const Mask& mask) override;
    Result<std::string> remove_metric(std::string_view name, bool even_in_use, const Caller& who,
                                      const Mask& mask) override;
    Result<std::string> notes(std::string_view profile, std::string_view brand) override;
    Result<std::string> add_note(std::string_view profile, std::string_view json,
                                 const Caller& who) override;
    Result<std::string> remove_note(std::string_view profile, std::string_view id,
                                    const Caller& who) override;
    std::optional<std::string> brand_of_note(std::string_view profile,
                                             std::string_view id) override;
    std::optional<std::string> brand_of_task(std::string_view id) override;
    Result<std::string> tasks(const TaskQuestion& question) override;
    Result<std::string> add_task(std::string_view json, const Caller& who) override;
    Result<std::string> change_task(std::string_view id, std::string_view json,
                                    const Caller& who) override;
    Result<std::string> remove_task(std::string_view id) override;
    Result<std::string> greet(const GreetQuestion& question) override;

  private:
    Result<void> put_board(std::string_view id, std::string json);     // empty: removed
    Result<void> put_metric(std::string_view name, std::string json);  // likewise
    Result<std::vector<FragmentNo>> room_for(std::vector<FragmentNo> person, StaffKind kind) const;
    // As a new one of the person, or as a change of one of that fragment.
    Result<void> put_item(StaffKind kind, const std::vector<FragmentNo>& fragments, StaffItem item);
    Result<std::string> told(StaffKind kind, const StaffItemId& id) const;

    Library library_;
    StaffSeams seams_;
};

}  // namespace filrouge::engine
