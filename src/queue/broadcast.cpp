#include <uasync/queue/broadcast.hpp>

namespace uasync::detail {

SubscriberBase::SubscriberBase(BroadcastBase& source, std::size_t unread) noexcept
    : unread_{static_cast<Index>(unread)}, source_{&source} {
    SubscriberBase** link = &source.first_;
    while (*link != nullptr) link = &(*link)->next_;
    *link = this;
}

SubscriberBase::~SubscriberBase() {
    side_.waiters.release();
    if (source_ == nullptr) return;
    SubscriberBase** link = &source_->first_;
    while (*link != this) link = &(*link)->next_;
    *link = next_;
}

void SubscriberBase::Awaiter::await_suspend(Frame self) noexcept {
    if (subscriber_->source_ == nullptr) {
        detail::current_loop().fail(self, Error::destroyed);
        return;
    }
    suspended_ = true;
    subscriber_->side_.waiters.suspend(self, "Broadcast::get");
}

BroadcastBase::~BroadcastBase() {
    for (SubscriberBase* subscriber = first_; subscriber != nullptr; subscriber = subscriber->next_) {
        subscriber->source_ = nullptr;
        subscriber->side_.waiters.release();
        subscriber->unread_ = subscriber->side_.kept = 0;
    }
}

void BroadcastBase::announce(std::size_t capacity) noexcept {
    for (SubscriberBase* subscriber = first_; subscriber != nullptr; subscriber = subscriber->next_) {
        if (subscriber->unread_ == capacity) {
            ++subscriber->missed_;  // as many messages as before, without the oldest
        } else {
            ++subscriber->unread_;
            subscriber->side_.offer();
        }
    }
}

void BroadcastBase::let_in(std::size_t capacity) noexcept {
    std::size_t most = 0;
    for (const SubscriberBase* subscriber = first_; subscriber != nullptr; subscriber = subscriber->next_) {
        if (subscriber->unread_ > most) most = subscriber->unread_;
    }
    std::size_t places = capacity - most - putters_.kept;
    for (; places != 0 && !putters_.waiters.empty(); --places) putters_.hand_over();
    free_ = static_cast<Index>(places);
}

}  // namespace uasync::detail
