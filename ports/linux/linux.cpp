// Linux: the loop sleeps in epoll until its next deadline, or until somebody writes to its eventfd. Each mailbox has one of
// each, so several threads may run loops. They are never closed, because a thread or a signal handler may be about to write to
// one when its loop ends: later loops use the mailboxes again, with their descriptors. SIGINT cancels the main task of the loop
// that began first; a second SIGINT ends the program.

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <mutex>
#include <new>
#include <string>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <uasync/kernel/loop.hpp>

namespace uasync {
namespace {

constinit std::recursive_mutex critical;  // for what pins share

/// What a mailbox needs from the kernel.
struct Channel {
    int epoll = -1;
    int event = -1;
    Time alarm = never;
    bool takes_interrupts = false;
};

/// The loop that SIGINT is for, and whether SIGINT has come.
std::atomic<PortLoop*> interruptible{nullptr};
std::atomic<Mailbox*> interruptible_mailbox{nullptr};
std::atomic<bool> interrupted{false};
struct sigaction earlier_action;

[[noreturn]] void fail(const char* call) {
    const std::string message = std::string{call} + ": " + std::strerror(errno);
    port::fatal(message.c_str());
}

Channel& channel(PortLoop& loop) noexcept { return *static_cast<Channel*>(loop.port_state); }

// Only what a signal handler may do: atomics and write(). The loop polls when it wakes. If it has ended by then, its mailbox
// still exists.
void on_interrupt(int) {
    const int saved = errno;
    interrupted.store(true);
    if (Mailbox* mailbox = interruptible_mailbox.load()) mailbox->ring();
    errno = saved;
}

Channel* new_channel() noexcept {
    auto* c = new (std::nothrow) Channel;
    if (c == nullptr) port::fatal("no memory for a loop");
    c->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (c->epoll < 0) fail("epoll_create1");
    c->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (c->event < 0) fail("eventfd");
    epoll_event interest{};
    interest.events = EPOLLIN;
    if (epoll_ctl(c->epoll, EPOLL_CTL_ADD, c->event, &interest) < 0) fail("epoll_ctl");
    return c;
}

}  // namespace

namespace port {

void attach(PortLoop& loop) noexcept {
    Mailbox& mailbox = loop.mailbox();
    if (mailbox.port_state == nullptr) mailbox.port_state = new_channel();
    loop.port_state = mailbox.port_state;
    Channel& c = channel(loop);
    c.alarm = never;
    PortLoop* none = nullptr;
    if (interruptible.compare_exchange_strong(none, &loop)) {
        c.takes_interrupts = true;
        interruptible_mailbox.store(&mailbox);
        interrupted.store(false);
        struct sigaction action{};
        action.sa_handler = on_interrupt;
        action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
        sigaction(SIGINT, &action, &earlier_action);
    }
}

void detach(PortLoop& loop) noexcept {
    Channel& c = channel(loop);
    if (c.takes_interrupts) {
        c.takes_interrupts = false;
        sigaction(SIGINT, &earlier_action, nullptr);
        interruptible_mailbox.store(nullptr);
        interruptible.store(nullptr);
    }
    loop.port_state = nullptr;
    std::fflush(stdout);
}

Time now() noexcept {
    timespec t{};
    clock_gettime(CLOCK_MONOTONIC, &t);
    static const Time start = static_cast<Time>(t.tv_sec) * 1'000'000U + static_cast<Time>(t.tv_nsec) / 1000U;
    return static_cast<Time>(t.tv_sec) * 1'000'000U + static_cast<Time>(t.tv_nsec) / 1000U - start;
}

// A loop at rest has no channel, because it looks at everything when it begins to run.

void set_alarm(PortLoop& loop, Time deadline) noexcept {
    if (loop.port_state != nullptr) channel(loop).alarm = deadline;
}

void wake(Mailbox& mailbox) noexcept {
    if (mailbox.port_state == nullptr) return;  // its loop has never run by itself
    const std::uint64_t one = 1;
    // It fails only if the counter is full, and then the loop wakes anyway.
    [[maybe_unused]] const ssize_t written = ::write(static_cast<Channel*>(mailbox.port_state)->event, &one, sizeof one);
}

void poll(PortLoop& loop) noexcept {
    if (interrupted.load(std::memory_order_relaxed) && channel(loop).takes_interrupts) {
        interrupted.store(false);
        loop.interrupt();
    }
}

void idle(PortLoop& loop) noexcept {
    Channel& c = channel(loop);
    std::fflush(stdout);
    if (loop.signalled()) return;
    timespec wait{};
    timespec* limit = nullptr;
    if (c.alarm != never) {
        const Time present = now();
        const Time left = c.alarm > present ? c.alarm - present : 0;
        wait.tv_sec = static_cast<time_t>(left / 1'000'000U);
        wait.tv_nsec = static_cast<long>(left % 1'000'000U) * 1000;
        limit = &wait;
    }
    if (!loop.mailbox().fall_asleep()) return;
    epoll_event event{};
    const int events = epoll_pwait2(c.epoll, &event, 1, limit, nullptr);
    loop.mailbox().wake_up();
    if (events == 0) c.alarm = never;  // the loop sets the next one
    if (events > 0) {
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t size = ::read(c.event, &count, sizeof count);
    }
}

std::uint32_t enter_critical() noexcept {
    critical.lock();
    return 0;
}
void leave_critical(std::uint32_t) noexcept { critical.unlock(); }

void write(const char* text, std::size_t size) noexcept { std::fwrite(text, 1, size, stdout); }

// Does not call the destructors of static objects, because loops of other threads may be using them.
void fatal(const char* message) noexcept {
    std::fflush(stdout);
    std::fprintf(stderr, "uasync: %s\n", message);
    std::fflush(stderr);
    std::_Exit(1);
}

}  // namespace port
}  // namespace uasync
