#pragma once
// Broadcast<T, N>: every message to every subscriber, from its subscription on. It keeps the last N messages for those who are
// slow.
//
//     Broadcast<Event, 8> events;                  // or Broadcast<Event, 8, Lag::wait>
//     Coro<> listener() {
//         auto subscriber = events.subscribe();
//         while (true) handle(co_await subscriber.get());
//     }
//     ... events.publish(event);                   // Lag::wait: co_await events.publish(event)
//
// A subscriber that is more than N messages behind: with Lag::overwrite, the default, it loses the oldest, and `lagged()` says how
// many; publishing never waits. With Lag::wait publishing waits for the slowest; it waits for nobody if there is no subscriber.
// Neighbours: Channel, where each message goes to one receiver; Watch, where each reader wants only the newest.
// Subscribers are served in the order of their subscription, tasks that wait on one subscriber first in, first out, each a message
// of its own.
// Cost: N * sizeof(T) + 6 words, a subscriber 5 words; no allocation; O(subscribers). Messages are copied out. Not ISR-safe.
// Cancel-safe: a cancelled `get` has taken nothing and a cancelled `publish` has published nothing, even just as they were woken.
// Destroying it ends who waits for it, or later asks a subscriber that is left, with Error::destroyed.

#include <uasync/queue/queue.hpp>

namespace uasync {

/// What happens when a subscriber of a Broadcast is too slow.
enum class Lag : std::uint8_t { overwrite, wait };

namespace detail {

class BroadcastBase;

/// One who gets all messages: how many it has not read, and which tasks wait for them.
class SubscriberBase {
public:
    SubscriberBase(const SubscriberBase&) = delete;
    SubscriberBase& operator=(const SubscriberBase&) = delete;

    /// Messages that can be had without waiting.
    std::size_t qsize() const noexcept { return static_cast<std::size_t>(unread_ - side_.kept); }
    bool empty() const noexcept { return unread_ == side_.kept; }
    /// How many messages it has missed since this was last asked.
    std::uint32_t lagged() noexcept { return std::exchange(missed_, 0); }

protected:
    friend class BroadcastBase;

    SubscriberBase(BroadcastBase& source, std::size_t unread) noexcept;
    ~SubscriberBase();

    class Awaiter {
    public:
        explicit Awaiter(SubscriberBase& subscriber) noexcept : subscriber_{&subscriber} {}
        Awaiter(Awaiter&&) noexcept = default;
        ~Awaiter() {
            if (suspended_) [[unlikely]]
                subscriber_->side_.abandon();
        }
        bool await_ready() const noexcept { return !subscriber_->empty(); }
        void await_suspend(Frame self) noexcept;

    protected:
        void resumed() noexcept {
            if (!suspended_) return;
            suspended_ = false;
            subscriber_->side_.waiters.taken();
            --subscriber_->side_.kept;
        }
        SubscriberBase* subscriber_;

    private:
        detail::Suspended suspended_;
    };

    Side side_;
    Index unread_;  ///< messages, also those that are kept
    std::uint32_t missed_ = 0;
    BroadcastBase* source_;  ///< null: it is gone
    SubscriberBase* next_ = nullptr;
};

/// Who subscribes, and, where publishing waits, who waits to publish.
class BroadcastBase : protected QueueBase {
protected:
    explicit BroadcastBase(std::size_t capacity) noexcept : free_{static_cast<Index>(capacity)} {}
    ~BroadcastBase();

    /// One more message is there, for every subscriber.
    void announce(std::size_t capacity) noexcept;
    /// Lets in as many publishers as the slowest subscriber allows.
    void let_in(std::size_t capacity) noexcept;

    SubscriberBase* first_ = nullptr;
    Index free_;        ///< places for whoever comes to publish
    Index tail_ = 0;    ///< where the next message goes
    Index filled_ = 0;  ///< places that hold a message, read or not

private:
    friend class SubscriberBase;
};

}  // namespace detail

template <class T, std::size_t N, Lag lag = Lag::overwrite>
class Broadcast : protected detail::BroadcastBase {
    static_assert(N >= 1 && N <= 65535, "a Broadcast keeps 1 to 65535 messages");
    static_assert(std::is_nothrow_move_constructible_v<T>, "a message for many must not throw when it is moved");
    static constexpr bool nothrow_copy = std::is_nothrow_copy_constructible_v<T>;

public:
    Broadcast() noexcept : BroadcastBase{N} {}
    Broadcast(const Broadcast&) = delete;
    Broadcast& operator=(const Broadcast&) = delete;
    ~Broadcast() {
        while (filled_ != 0) std::destroy_at(place(--filled_));
    }

    class Subscriber : public detail::SubscriberBase {
    public:
        explicit Subscriber(Broadcast& source) noexcept : Subscriber{source, 0} {}
        ~Subscriber() {
            if constexpr (lag == Lag::wait) {
                unread_ = side_.kept = 0;  // waits for nothing any more; who waits for it ends with the base
                if (source_ != nullptr) source().let_in(N);
            }
        }

        class GetAwaiter : public Awaiter {
        public:
            explicit GetAwaiter(Subscriber& subscriber) noexcept : Awaiter{subscriber} {}
            T await_resume() noexcept(nothrow_copy) {
                this->resumed();
                return static_cast<Subscriber*>(this->subscriber_)->take();
            }
        };

        /// Waits for the next message that it has not read.
        [[nodiscard("co_await it")]] GetAwaiter get() noexcept { return GetAwaiter{*this}; }

        /// That message, or Error::unavailable if it has read all.
        Result<T> get_nowait() noexcept(nothrow_copy) {
            if (empty()) return std::unexpected{Error::unavailable};
            return take();
        }

    protected:
        Subscriber(Broadcast& source, std::size_t unread) noexcept : SubscriberBase{source, unread} {}

    private:
        /// It has read the message when it has its copy.
        T copy() noexcept(nothrow_copy) {
            if constexpr (nothrow_copy) {
                return T(source().at(this->unread_--));
            } else {
                detail::OfferIfThrown next{this->side_};
                T message(source().at(this->unread_));
                next.succeeded();
                --this->unread_;
                return message;
            }
        }
        Broadcast& source() const noexcept { return *static_cast<Broadcast*>(source_); }
        /// Where there is one.
        T take() noexcept(nothrow_copy) {
            T message = copy();
            if constexpr (lag == Lag::wait) source().let_in(N);
            return message;
        }
    };

    /// Gets all messages from now on.
    [[nodiscard("it gets messages until the end of its life: give it a name")]] Subscriber subscribe() noexcept {
        return Subscriber{*this};
    }

    /// Gives the message to every subscriber; one that has N unread ones loses the oldest.
    void publish(T message) noexcept
        requires(lag == Lag::overwrite)
    {
        add(std::move(message));
    }

    class PublishAwaiter : public detail::QueueBase::Awaiter<&Broadcast::putters_> {
    public:
        PublishAwaiter(Broadcast& broadcast, T&& message) noexcept
            : detail::QueueBase::Awaiter<&Broadcast::putters_>{broadcast}, message_{std::move(message)} {}
        bool await_ready() const noexcept { return broadcast().free_ != 0; }
        void await_suspend(Frame self) noexcept {
            this->wait(self, "Broadcast::publish");
            broadcast().let_in(N);  // one that was let in and then cancelled has left its place
        }
        void await_resume() noexcept {
            this->resumed();
            broadcast().add(std::move(message_));
            broadcast().let_in(N);
        }

    private:
        Broadcast& broadcast() const noexcept { return static_cast<Broadcast&>(this->base()); }
        T message_;
    };

    /// Waits until every subscriber has room for the message, and gives it to all.
    [[nodiscard("co_await it")]] PublishAwaiter publish(T message) noexcept
        requires(lag == Lag::wait)
    {
        return PublishAwaiter{*this, std::move(message)};
    }

    /// The same without waiting: Error::unavailable, the message dropped, if it would have to.
    Result<void> publish_nowait(T message) noexcept
        requires(lag == Lag::wait)
    {
        if (free_ == 0) let_in(N);  // as for one that waits
        if (free_ == 0) return std::unexpected{Error::unavailable};
        add(std::move(message));
        let_in(N);
        return {};
    }

protected:
    /// The message `back` places before the end: 1 is the newest.
    T& at(std::size_t back) noexcept { return *place(tail_ >= back ? tail_ - back : tail_ + N - back); }

private:
    T* place(std::size_t index) noexcept { return reinterpret_cast<T*>(places_) + index; }
    void add(T&& message) noexcept {
        if (filled_ == N) {
            std::destroy_at(place(tail_));
        } else {
            ++filled_;
        }
        std::construct_at(place(tail_), std::move(message));
        tail_ = static_cast<detail::Index>(tail_ + 1U == N ? 0U : tail_ + 1U);
        announce(N);
    }

    alignas(T) std::byte places_[N * sizeof(T)];
};

}  // namespace uasync
