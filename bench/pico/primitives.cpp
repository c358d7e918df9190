// What each primitive costs in flash and RAM: linked as many times as there are primitives, each time with one of these as `use_primitive`, and
// once with nothing. A user is the smallest coroutine that uses a primitive for what it is for.

#include <string_view>

#include <uasync/board.hpp>
#include <uasync/device.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

// The primitive's own bytes of RAM, for bench/ledger.py to read from the object file.
#define RAM(name, ...) \
    extern "C" [[gnu::used]] constinit const char ram_##name[sizeof(__VA_ARGS__)] {}
#define USER(name)                                               \
    static Coro<> name##_user();                                 \
    extern "C" void use_##name() { create_task(name##_user()); } \
    static Coro<> name##_user()

namespace {
volatile int input;
int in() { return input; }
void out(int value) { input = value; }

Coro<int> work() {
    co_await yield();
    co_return in();
}
Coro<> nothing_more() { co_await yield(); }
}  // namespace

USER(nothing) {
    out(in());
    co_return;
}

USER(gather) {
    auto [a, b] = co_await gather(work(), work());
    out(a + b);
}
USER(wait_for) {
    const auto r = co_await wait_for(work(), 5ms);
    out(r.value_or(0));
}
USER(catch_cancelled) {
    const auto r = co_await catch_cancelled(work());
    out(r.value_or(0));
}
USER(timeout) {
    auto limit = timeout(5ms);
    const auto r = co_await limit(work());
    out(r.value_or(0));
}
USER(select) {
    const auto first = co_await select(work(), sleep_ms(5));
    out(static_cast<int>(first.index()));
}
USER(wait) {
    std::array tasks{create_task(work()), create_task(work())};
    out(static_cast<int>(co_await wait(tasks, first_completed)));
}
USER(as_completed) {
    auto completed = as_completed(work(), work());
    while (auto task = co_await completed.next()) out(co_await *task);
}
USER(shield) {
    auto task = create_task(work());
    out(co_await shield(task));
}
RAM(task_group, TaskGroup);
USER(task_group) {
    TaskGroup group;
    auto body = [](TaskGroup& tasks) -> Coro<> {
        tasks.create_task(nothing_more());
        co_return;
    };
    const Result<> r = co_await group(body(group));
    out(r ? 1 : 0);
}
RAM(task_local, TaskLocal<int>);
USER(task_local) {
    TaskLocal<int> variable;
    auto scope = variable.set(in());
    co_await yield();
    out(variable.get());
}
AsyncGenerator<int> numbers() {
    while (true) co_yield in();
}
USER(async_generator) {
    auto values = numbers();
    while (auto value = co_await values.next()) out(*value);
}
USER(defer) { out(co_await defer(work(), nothing_more)); }
USER(call_later) {
    running_loop().call_later(5ms, [] { out(1); });
    co_return;
}
RAM(callback, Callback);
USER(callback) {
    static Callback* shared;
    Callback callback{[](void*) { out(1); }};
    shared = &callback;
    running_loop().call_soon_threadsafe(*shared);
    co_await yield();
}

RAM(event, Event);
USER(event) {
    Event event;
    if (in()) event.set();
    co_await event.wait();
}
RAM(thread_safe_flag, ThreadSafeFlag);
USER(thread_safe_flag) {
    ThreadSafeFlag flag;
    if (in()) flag.set();
    co_await flag.wait();
}
RAM(lock, Lock);
USER(lock) {
    Lock lock;
    auto guard = co_await lock.scoped_lock();
    out(1);
}
RAM(rw_lock, RwLock);
USER(rw_lock) {
    RwLock lock;
    if (in()) {
        auto guard = co_await lock.scoped_read();
        out(1);
    } else {
        auto guard = co_await lock.scoped_write();
        out(2);
    }
}
RAM(semaphore, Semaphore);
USER(semaphore) {
    Semaphore semaphore{2};
    auto guard = co_await semaphore.scoped_lock();
    out(1);
}
RAM(condition, Condition);
USER(condition) {
    Condition condition;
    auto guard = co_await condition.scoped_lock();
    co_await condition.wait_for([] { return in() != 0; });
    condition.notify_all();
}
RAM(barrier, Barrier);
USER(barrier) {
    Barrier barrier{2};
    out(static_cast<int>(co_await barrier.wait()));
}
RAM(once, Once);
USER(once) {
    Once once;
    co_await once.call(nothing_more);
}
USER(wait_any) {
    Event a;
    Event b;
    out(co_await WaitAny{a, b}.wait() == &a ? 1 : 0);
}
RAM(future, Future<int>);
USER(future) {
    Future<int> future;
    if (in()) (void)future.set_result(in());
    out(co_await future);
}

RAM(queue, Queue<int, 8>);
USER(queue) {
    Queue<int, 8> queue;
    co_await queue.put(in());
    out(co_await queue.get());
}
RAM(joinable_queue, JoinableQueue<int, 8>);
USER(joinable_queue) {
    JoinableQueue<int, 8> queue;
    (void)co_await queue.put(in());
    out((co_await queue.get()).value_or(0));
    queue.task_done();
    co_await queue.join();
}
RAM(priority_queue, PriorityQueue<int, 8>);
USER(priority_queue) {
    PriorityQueue<int, 8> queue;
    co_await queue.put(in());
    out(co_await queue.get());
}
RAM(lifo_queue, LifoQueue<int, 8>);
USER(lifo_queue) {
    LifoQueue<int, 8> queue;
    co_await queue.put(in());
    out(co_await queue.get());
}
RAM(ring_queue, RingQueue<int, 8>);
USER(ring_queue) {
    RingQueue<int, 8> queue;
    queue.put_from_isr(in());
    out(co_await queue.get());
}
RAM(channel, Channel<int, 8>);
USER(channel) {
    Channel<int, 8> channel;
    (void)co_await channel.send(in());
    out((co_await channel.receive()).value_or(0));
    channel.close();
}
RAM(broadcast, Broadcast<int, 8>);
USER(broadcast) {
    Broadcast<int, 8> broadcast;
    auto subscriber = broadcast.subscribe();
    broadcast.publish(in());
    out(co_await subscriber.get());
}
RAM(latest, Latest<int>);
USER(latest) {
    Latest<int> latest;
    latest.put(in());
    out(co_await latest.get());
}
RAM(watch, Watch<int>);
USER(watch) {
    Watch<int> watch;
    auto reader = watch.reader();
    watch.put(in());
    out(co_await reader.get());
}
RAM(pipe, Pipe<64>);
USER(pipe) {
    Pipe<64> pipe;
    std::array<std::byte, 8> bytes{};
    co_await pipe.write(std::as_bytes(std::span{"hello"}));
    out(static_cast<int>(co_await pipe.read(bytes)));
}

RAM(ticker, Ticker);
USER(ticker) {
    Ticker ticker{10ms};
    out(static_cast<int>(co_await ticker.tick()));
}
RAM(delay, Delay);
USER(delay) {
    Delay delay{10ms};
    delay.trigger();
    co_await delay.wait();
}
RAM(schedule, Schedule);
USER(schedule) {
    constexpr Schedule schedule{"0 30 6 * * mon-fri"};
    co_await schedule.wait([] { return std::chrono::sys_seconds{std::chrono::seconds{in()}}; });
}

// Drivers, and what one wires to pins.
RAM(i2c, I2c);
USER(i2c) {
    I2c bus{0, {.scl = 5, .sda = 4}};
    std::uint8_t id[1];
    const auto r = co_await bus.read_mem(0x76, 0xd0, id);
    out(r ? id[0] : 0);
}
RAM(uart, Uart);
USER(uart) {
    Uart line{1, {.tx = 4, .rx = 5}};
    char text[16];
    co_await line.write("hello");
    const auto r = co_await line.readline(text);
    out(r ? static_cast<int>(r->size()) : 0);
}
RAM(adc, Adc);
USER(adc) {
    Adc knob{26};
    out(co_await knob.read_u16());
}
RAM(pwm, Pwm);
USER(pwm) {
    Pwm led{2, {}};
    co_await led.wait_for_wrap();
}
RAM(dma, Dma);
RAM(pio, Pio);
RAM(neopixel, NeoPixel<1>);
RAM(onewire, OneWire);
RAM(ds18b20, Ds18b20);
RAM(dht22, Dht22);
RAM(ultrasonic, Ultrasonic);
RAM(ir_receiver, IrReceiver);
RAM(ir_sender, IrSender);
RAM(spi, Spi);
RAM(flash, Flash);
RAM(key_value_store, KeyValueStore<>);
RAM(bme280, Bme280);
RAM(ssd1306, Ssd1306<>);
RAM(st7735, St7735);
RAM(ili9341, Ili9341);
RAM(color_frame, ColorFrame<128, 160>);
RAM(led, Led);
RAM(rgb_led, RgbLed);
RAM(servo, Servo);
RAM(buzzer, Buzzer);
RAM(switch, Switch);
USER(switch) {
    Switch door{Pin{14, Pin::in, Pin::pull_up}};
    door.start();
    co_await door.wait_for_close();
}
RAM(pushbutton, Pushbutton);
USER(pushbutton) {
    Pushbutton button{Pin{15, Pin::in, Pin::pull_up}};
    button.start();
    co_await button.wait_for_click();
}
RAM(edge_counter, EdgeCounter<1>);
RAM(keypad, Keypad<4, 4>);
RAM(encoder, Encoder);
USER(encoder) {
    Encoder knob{Pin{16, Pin::in, Pin::pull_up}, Pin{17, Pin::in, Pin::pull_up}};
    knob.start();
    co_await knob.wait_for_change();
    out(static_cast<int>(knob.position()));
}

extern "C" void use_primitive();

int main() {
    auto async_main = []() -> Coro<> {
        use_primitive();
        co_await sleep_ms(1);
    };
    run(async_main());
}
