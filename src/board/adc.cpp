#include <uasync/board/adc.hpp>

namespace uasync::detail {
namespace {

/// The series that the converter does, and behind it those that wait. Changed with interrupts masked.
constinit AdcAwaiter* first_conversion = nullptr;

}  // namespace

void AdcAwaiter::start_next() noexcept {
    if (first_conversion != nullptr) port::adc_start(first_conversion->series_);
}

void AdcAwaiter::await_suspend(Frame self) noexcept {
    if (series_.into == nullptr) series_.into = &sample_;  // from here on the awaiter stays where it is
    loop_ = &current_loop();
    const LocalSection section;
    AdcAwaiter** end = &first_conversion;
    while (*end != nullptr) end = &(*end)->next_;
    *end = this;
    listed_ = true;
    loop_->wait_in_shared(waiter_, self, series_.rate == 0 ? "Adc::read" : "Adc::read_many");
    if (first_conversion == this) start_next();
}

void AdcAwaiter::leave() noexcept {
    const LocalSection section;
    if (!listed_) return;  // the interrupt was faster
    const bool is_first = first_conversion == this;
    if (is_first) port::adc_stop();
    AdcAwaiter** link = &first_conversion;
    while (*link != this) link = &(*link)->next_;
    *link = next_;
    if (is_first) start_next();
}

void adc_interrupt() noexcept {
    const LocalSection section;
    AdcAwaiter* const awaiter = first_conversion;
    if (awaiter == nullptr || port::adc_service(awaiter->series_) == port::AdcEvent::none) return;
    first_conversion = awaiter->next_;
    awaiter->listed_ = false;
    if (WaitNode* task = awaiter->waiter_.front()) {  // unless it was cancelled, but has not had its turn
        awaiter->waiter_ = WaitList{};
        awaiter->loop_->post(*task);
    }
    AdcAwaiter::start_next();
}

}  // namespace uasync::detail
