// Users as in primitives.cpp, each in an object of its own: what they use is in a program as soon as one of its objects refers to it, whether or
// not the function that does is linked. That is the loop that looks at levels or at long steps, and the interrupts of controllers.

#include <uasync/board.hpp>
#include <uasync/device.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;
using namespace std::chrono_literals;

#define USER(name)                                               \
    static Coro<> name##_user();                                 \
    extern "C" void use_##name() { create_task(name##_user()); } \
    static Coro<> name##_user()

[[maybe_unused]] static volatile int input;
[[maybe_unused]] static void out(int value) { input = value; }

#if USES_priority
static Coro<> nothing_more() { co_await yield(); }

USER(priority) { co_await create_task(nothing_more(), Priority{1}); }
#elif USES_report_long_steps
USER(report_long_steps) {
    report_long_steps(10ms);
    co_await yield();
}
#elif USES_dma
USER(dma) {
    Dma dma;
    std::uint32_t from[4] = {}, to[4];
    const auto r = co_await dma.transfer(to, from);
    out(r ? static_cast<int>(to[3]) : 0);
}
#elif USES_edge_counter
USER(edge_counter) {
    EdgeCounter<1> edges{Pin{15, Pin::in, Pin::pull_up}};
    const auto edge = co_await edges.next();
    out(edge.level + static_cast<int>(edges.count()));
}
#elif USES_keypad
USER(keypad) {
    Keypad pad{{2, 3, 4, 5}, {6, 7, 8, 9}};
    pad.start();
    const auto event = co_await pad.next_event();
    out(event.key);
}
#elif USES_pio
static constexpr PioProgram program = asm_pio("pull\n mov isr, osr\n push");

USER(pio) {
    Pio machine{program};
    machine.active(true);
    co_await machine.put(1);
    const auto word = co_await machine.get();
    out(word ? static_cast<int>(*word) : 0);
}
#elif USES_neopixel
USER(neopixel) {
    NeoPixel<1> strip{16};
    strip[0] = {1, 2, 3};
    const auto r = co_await strip.write();
    out(r ? 1 : 0);
}
#elif USES_onewire
USER(onewire) {
    OneWire bus{16};
    std::uint8_t bytes[9] = {0xbe};
    const auto r = co_await bus.transfer(nullptr, bytes, bytes);
    out(r ? bytes[0] : 0);
}
#elif USES_ds18b20
USER(ds18b20) {
    OneWire bus{16};
    Ds18b20 thermometer{bus};
    const auto r = co_await thermometer.read();
    out(r ? *r : 0);
}
#elif USES_dht22
USER(dht22) {
    Dht22 sensor{16};
    const auto r = co_await sensor.read();
    out(r ? r->temperature + r->humidity : 0);
}
#elif USES_ultrasonic
USER(ultrasonic) {
    Ultrasonic sensor{14, 15};
    const auto r = co_await sensor.read();
    out(r ? static_cast<int>(*r) : 0);
}
#elif USES_ir_receiver
USER(ir_receiver) {
    IrReceiver keys{16};
    const auto r = co_await keys.next();
    out(r ? r->command : 0);
}
#elif USES_ir_sender
USER(ir_sender) {
    IrSender light{17};
    const auto r = co_await light.send({.address = 1, .command = 2});
    out(r ? 1 : 0);
}
#elif USES_spi
USER(spi) {
    Spi bus{0, {.sck = 2, .mosi = 3, .miso = 4}};
    SpiDevice device{bus, {.cs = 5}};
    std::uint8_t bytes[4] = {};
    const auto r = co_await device.transfer(bytes, bytes);
    out(r ? bytes[3] : 0);
}
#elif USES_flash
USER(flash) {
    Flash storage{4096};
    std::uint8_t bytes[4] = {1, 2, 3, 4};
    auto r = co_await storage.erase(0, 4096);
    if (r) r = co_await storage.program(0, bytes);
    if (r) r = co_await storage.read(0, bytes);
    out(r ? bytes[3] : 0);
}
#elif USES_key_value_store
USER(key_value_store) {
    Flash storage{8192};
    static KeyValueStore settings{storage};
    auto r = co_await settings.open();
    if (r) r = co_await settings.set("starts", settings.get<int>("starts").value_or(0) + 1);
    out(r ? 1 : 0);
}
#elif USES_bme280
USER(bme280) {
    I2c bus{0, {.scl = 5, .sda = 4}};
    Bme280 sensor{bus};
    const auto r = co_await sensor.read();
    out(r ? r->temperature + r->pressure + r->humidity : 0);
}
#elif USES_ssd1306
USER(ssd1306) {
    I2c bus{0, {.scl = 5, .sda = 4}};
    static Ssd1306 display{bus};
    display.text("uasync", 0, 0);
    const auto r = co_await display.show();
    out(r ? 1 : 0);
}
#elif USES_st7735
USER(st7735) {
    Spi bus{0, {.sck = 2, .mosi = 3}};
    St7735 display{bus, {.cs = 5, .dc = 6}};
    static ColorFrame<64, 8> line;
    line.text("uasync", 0, 0, 0xffff);
    const auto r = co_await display.show(line, 0, 0);
    out(r ? 1 : 0);
}
#elif USES_ili9341
USER(ili9341) {
    Spi bus{0, {.sck = 2, .mosi = 3}};
    Ili9341 display{bus, {.cs = 5, .dc = 6}};
    const auto r = co_await display.fill_rect(0, 0, 9, 9, 0xffff);
    out(r ? 1 : 0);
}
#elif USES_led
USER(led) {
    Led light{2};
    co_await light.fade(255, std::chrono::seconds{1});
}
#elif USES_rgb_led
USER(rgb_led) {
    RgbLed light{{.red = 2, .green = 3, .blue = 4}};
    co_await light.fade(Color{255, 128, 0}, std::chrono::seconds{1});
}
#elif USES_servo
USER(servo) {
    Servo arm{2};
    co_await arm.move(90, std::chrono::seconds{1});
}
#elif USES_buzzer
USER(buzzer) {
    Buzzer buzzer{2};
    co_await buzzer.play("C4:4 E4:4 G4:2 R:4");
}
#endif
