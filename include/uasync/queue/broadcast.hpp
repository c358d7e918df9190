#pragma once

#include <uasync/queue/queue.hpp>

namespace uasync {

/// What happens when a subscriber of a Broadcast is too slow.
enum class Lag : std::uint8_t {
    overwrite,  ///< it loses its oldest messages; publishing never waits
    wait,       ///< publishing waits for it; nothing is lost
};

namespace detail {

class BroadcastBase;

/// The part of a subscriber that does not depend on the messages: how many it has not read, and which tasks wait for
/// them.
class SubscriberBase {
public:
    SubscriberBase(const SubscriberBase&) = delete;
    SubscriberBase& operator=(const SubscriberBase&) = delete;

    /// Number of messages that can be taken without waiting. @return 0 to N
    std::size_t qsize() const noexcept { return static_cast<std::size_t>(unread_ - side_.kept); }
    /// Whether get() would wait. @return true if this subscriber has read all messages
    bool empty() const noexcept { return unread_ == side_.kept; }
    /// Number of messages that were overwritten before this subscriber read them; asking resets it to 0.
    /// @return the number since the last call
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
    Index unread_;  ///< messages, including those that are kept
    std::uint32_t missed_ = 0;
    BroadcastBase* source_;  ///< null once the Broadcast has been destroyed
    SubscriberBase* next_ = nullptr;
};

/// The subscribers, and, where publishing waits, the tasks that wait to publish.
class BroadcastBase : protected QueueBase {
protected:
    explicit BroadcastBase(std::size_t capacity) noexcept : free_{static_cast<Index>(capacity)} {}
    ~BroadcastBase();

    /// There is one more message, for every subscriber.
    void announce(std::size_t capacity) noexcept;
    /// Wakes as many publishers as the slowest subscriber has room for.
    void let_in(std::size_t capacity) noexcept;

    SubscriberBase* first_ = nullptr;
    Index free_;        ///< places for the next publishers
    Index tail_ = 0;    ///< where the next message goes
    Index filled_ = 0;  ///< places that hold a message, read or not

private:
    friend class SubscriberBase;
};

}  // namespace detail

/// Every message to every subscriber, from its subscription on; the last N messages are kept for slow subscribers.
///
/// @par Use it for
/// Events that several parts of a program react to, each at its own pace.
/// @par Instead use
/// Channel if each message is for one receiver; Watch if readers want only the newest value; Event if there is no
/// message.
/// @par Cost
/// N * sizeof(T) + 32 bytes on a board and 24 bytes for each Subscriber; no allocation; publish() is O(subscribers), and
/// so is get() with Lag::wait. Messages are copied to the subscribers.
/// @par From an interrupt
/// Not allowed.
/// @par When cancelled
/// A cancelled get() has taken no message and a cancelled publish() has published none, even if the task had already been
/// woken.
/// @par Fairness
/// Subscribers are served in the order in which they subscribed; tasks that wait on one subscriber, and tasks that wait
/// to publish, first in, first out.
/// @par Errors
/// With Lag::overwrite a subscriber that is more than N messages behind loses the oldest ones, and Subscriber::lagged()
/// says how many. With Lag::wait publish() waits for the slowest subscriber. Tasks that wait when the Broadcast is
/// destroyed, and tasks that wait on a remaining subscriber later, end with Error::destroyed.
///
/// @tparam T type of the messages; copyable, and its move must not throw
/// @tparam N number of messages that are kept, 1 to 65535
/// @tparam lag what happens when a subscriber is N messages behind
/// @par Example
/// @code{.cpp}
/// #include <uasync/uasync.hpp>
///
/// using namespace uasync;
///
/// Coro<> listen(Broadcast<int, 2>& numbers, int id, int pause_ms) {
///     auto subscriber = numbers.subscribe();
///     while (true) {
///         const int number = co_await subscriber.get();
///         print("{} ms: {} heard {}, missed {}\n", ticks_ms(), id, number, subscriber.lagged());
///         co_await sleep_ms(pause_ms);
///     }
/// }
///
/// Coro<> async_main() {
///     Broadcast<int, 2> numbers;
///     auto fast = create_task(listen(numbers, 1, 0));
///     auto slow = create_task(listen(numbers, 2, 45));
///     for (int i = 1; i <= 5; ++i) {
///         co_await sleep_ms(10);
///         numbers.publish(i);
///     }
///     co_await sleep_ms(100);
///     fast.cancel();
///     slow.cancel();
///     co_await sleep_ms(1);
/// }
///
/// int main() { run(async_main()); }
/// @endcode
/// @code{.unparsed}
/// 10 ms: 1 heard 1, missed 0
/// 10 ms: 2 heard 1, missed 0
/// 20 ms: 1 heard 2, missed 0
/// 30 ms: 1 heard 3, missed 0
/// 40 ms: 1 heard 4, missed 0
/// 50 ms: 1 heard 5, missed 0
/// 55 ms: 2 heard 4, missed 2
/// 100 ms: 2 heard 5, missed 0
/// @endcode
template <class T, std::size_t N, Lag lag = Lag::overwrite>
class Broadcast : protected detail::BroadcastBase {
    static_assert(N >= 1 && N <= 65535, "a Broadcast keeps 1 to 65535 messages");
    static_assert(std::is_nothrow_move_constructible_v<T>, "a message for many must not throw when it is moved");
    static constexpr bool nothrow_copy = std::is_nothrow_copy_constructible_v<T>;

public:
    /// A Broadcast without messages and subscribers.
    Broadcast() noexcept : BroadcastBase{N} {}
    Broadcast(const Broadcast&) = delete;
    Broadcast& operator=(const Broadcast&) = delete;
    ~Broadcast() {
        while (filled_ != 0) std::destroy_at(place(--filled_));
    }

    /// One subscriber of a Broadcast: it gets all messages until the end of its life, so give it a name.
    class Subscriber : public detail::SubscriberBase {
    public:
        /// Subscribes: it gets all messages from now on.
        /// @param source what it subscribes to; subscribe() is shorter
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

        /// Takes the next message that this subscriber has not read; waits until there is one.
        /// @return an awaitable; `co_await` gives a copy of the message
        [[nodiscard("co_await it")]] GetAwaiter get() noexcept { return GetAwaiter{*this}; }

        /// Takes the next message without waiting.
        /// @return a copy of the message, or Error::unavailable if all have been read
        Result<T> get_nowait() noexcept(nothrow_copy) {
            if (empty()) return std::unexpected{Error::unavailable};
            return take();
        }

    protected:
        /// Subscribes with older messages unread, for Watch.
        /// @param source what it subscribes to
        /// @param unread number of older messages that it still gets
        Subscriber(Broadcast& source, std::size_t unread) noexcept : SubscriberBase{source, unread} {}

    private:
        /// The message counts as read once it has been copied.
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
        /// Call it when there is an unread message.
        T take() noexcept(nothrow_copy) {
            T message = copy();
            if constexpr (lag == Lag::wait) source().let_in(N);
            return message;
        }
    };

    /// Subscribes.
    /// @return a subscriber that gets all messages from now on; give it a name, since it subscribes until the end of its
    ///   life
    [[nodiscard("it gets messages until the end of its life: give it a name")]] Subscriber subscribe() noexcept {
        return Subscriber{*this};
    }

    /// Gives a message to every subscriber without waiting; one that has N unread messages loses its oldest. With
    /// Lag::overwrite. O(subscribers).
    /// @param message the message to publish
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

    /// Gives a message to every subscriber; waits until each has room for it. With Lag::wait; waits for nobody if there
    /// are no subscribers.
    /// @param message the message to publish; it is published when every subscriber has room
    /// @return an awaitable; `co_await` gives nothing
    [[nodiscard("co_await it")]] PublishAwaiter publish(T message) noexcept
        requires(lag == Lag::wait)
    {
        return PublishAwaiter{*this, std::move(message)};
    }

    /// Gives a message to every subscriber without waiting. With Lag::wait.
    /// @param message the message to publish; it is dropped if a subscriber has no room
    /// @return success, or Error::unavailable if it would have to wait
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
    /// A message that is still kept, for Watch.
    /// @param back how old it is: 1 is the newest, up to N
    /// @return reference, valid until the message is overwritten
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

UASYNC_WAITS_FOR(Broadcast::Subscriber::GetAwaiter, "Broadcast::get");
UASYNC_WAITS_FOR(Broadcast::PublishAwaiter, "Broadcast::publish");

}  // namespace uasync
