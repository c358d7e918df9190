// Drivers and devices in a build that leaves them out, as a project of somebody's own does unless it sets UASYNC_DRIVERS.

#include <uasync/board.hpp>
#include <uasync/device.hpp>
#include <uasync/uasync.hpp>

using namespace uasync;

#if CASE == 1
// error: call to 'uasync::I2c::I2c
// error: call to 'uasync::Uart::Uart
// error: call to 'uasync::Pwm::Pwm
// error: call to 'uasync::port::adc_open
// error: call to 'uasync::Spi::Spi
// error: call to 'uasync::Pio::Pio
// error: call to 'uasync::NeoPixelStrip::NeoPixelStrip
// error: call to 'uasync::OneWire::OneWire
// error: call to 'uasync::Ds18b20::Ds18b20
// error: call to 'uasync::Dht22::Dht22
// error: call to 'uasync::Ultrasonic::Ultrasonic
// error: call to 'uasync::IrReceiver::IrReceiver
// error: call to 'uasync::IrSender::IrSender
// error: call to 'uasync::detail::claim_dma
// error: call to 'uasync::detail::Contact::start
// error: call to 'uasync::Encoder::start
// error: call to 'uasync::KeypadMatrix::start
// error: call to 'uasync::detail::EdgeWatch::start
// error: call to 'uasync::Watchdog::Watchdog
// error: call to 'uasync::Flash::Flash
// error: call to 'uasync::flash_unique_id
// error: call to 'uasync::detail::KeyValueStoreBase::KeyValueStoreBase
// error: call to 'uasync::Bme280::Bme280
// error: call to 'uasync::Ssd1306Display::Ssd1306Display
// error: call to 'uasync::MipiDisplay::MipiDisplay
// error: call to 'uasync::Led::Led
// error: call to 'uasync::RgbLed::RgbLed
// error: call to 'uasync::Servo::Servo
// error: call to 'uasync::Buzzer::Buzzer
// error: uasync: this build has no drivers and devices; write set(UASYNC_DRIVERS ON) before uasync is added
void bus() { I2c bus{0, {.scl = 5, .sda = 4}}; }
void line() { Uart line{1, {.tx = 4}}; }
void pulses() { Pwm pulses{2, {}}; }
constexpr PioProgram program = asm_pio("nop");
void machine() { Pio machine{program}; }
void pixels() { NeoPixel<1> pixels{16}; }
void sensors() { OneWire sensors{16}; }
void liquid(OneWire& bus) { Ds18b20 liquid{bus}; }
void humidity() { Dht22 air{16}; }
void distance() { Ultrasonic distance{14, 15}; }
void keys() { IrReceiver keys{16}; }
void light() { IrSender light{17}; }
void wires(unsigned pin) { Spi wires{0, {.sck = pin}}; }
void knob() { Adc knob{26}; }
void channel() { Dma channel; }
void door(Switch& door) { door.start(); }
void volume(Encoder& volume) { volume.start(); }
void keys(KeypadMatrix& keys) { keys.start(); }
void flow(Pin pin) { EdgeCounter<> flow{pin}; }
void store() { Flash store{4096}; }
auto number() { return flash_unique_id(); }
void settings(Flash& store) { KeyValueStore settings{store}; }
void dog() { Watchdog dog; }
void air(I2c& bus) { Bme280 air{bus}; }
void screen(I2c& bus) { Ssd1306 screen{bus}; }
void picture(Spi& bus) { St7735 picture{bus, {.cs = 5, .dc = 6}}; }
void lamp() { Led lamp{2}; }
void lamps() { RgbLed lamps{{.red = 2, .green = 3, .blue = 4}}; }
void arm() { Servo arm{2}; }
void beep() { Buzzer beep{2}; }
#else
// A pin is none of them.
void led(Pin& led) { led.toggle(); }
#endif
