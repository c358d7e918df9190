#include <uasync/device/switch.hpp>

namespace uasync {

void Switch::settled(Contact& contact, bool changed, Time) noexcept {
    if (!changed) return;
    auto& self = static_cast<Switch&>(contact);
    ++self.changes_;
    (self.closed() ? self.closing_ : self.opening_).wake_all();
    self.changing_.wake_all();
}

}  // namespace uasync
