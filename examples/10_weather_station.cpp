// Step 10: parts. A weather station: a sensor, a display, a knob that turns the pages, and a button for the other units.

#include <uasync/uasync.hpp>
#include <uasync/board.hpp>
#include <uasync/device.hpp>

#include <charconv>

using namespace uasync;

struct Station {
    Result<Bme280::Reading> air = std::unexpected{Error::unavailable};
    int page = 0;
    bool imperial = false;
    Event changed;
};

Coro<> measure(Station& station, I2c& bus) {
    Bme280 sensor{bus};
    while (true) {
        station.air = co_await sensor.read();  // an error if it is unplugged; the next one may be a reading again
        station.changed.set();
        co_await sleep_ms(1000);
    }
}

Coro<> turn_pages(Station& station) {
    Encoder knob{Pin{10, Pin::in, Pin::pull_up}, Pin{11, Pin::in, Pin::pull_up}, {.min = 0, .max = 2}};
    knob.start();
    while (true) {
        station.page = co_await knob.wait_for_change();
        station.changed.set();
    }
}

Coro<> change_units(Station& station) {
    Pushbutton button{Pin{15, Pin::in, Pin::pull_up}};
    button.start();
    while (true) {
        co_await button.wait_for_press();
        station.imperial = !station.imperial;
        station.changed.set();
    }
}

// Draws hundredths with one decimal place, such as "-3.5 C".
void draw_value(FrameBuffer& display, int hundredths, std::string_view unit) {
    char text[16];
    char* end = text;
    if (hundredths < 0) *end++ = '-';
    const int tenths = (std::abs(hundredths) + 5) / 10;
    end = std::to_chars(end, std::end(text), tenths / 10).ptr;
    *end++ = '.';
    *end++ = static_cast<char>('0' + tenths % 10);
    *end++ = ' ';
    display.text({text, end}, 0, 24);
    display.text(unit, static_cast<int>(end - text) * 8, 24);
}

void draw(FrameBuffer& display, const Station& station) {
    const char* titles[] = {"Temperature", "Humidity", "Pressure"};
    display.fill(0);
    display.text(titles[station.page], 0, 0);
    display.hline(0, 10, 128);
    for (int page = 0; page < 3; ++page) display.rect(56 + 8 * page, 56, 5, 5, 1, page == station.page);
    if (!station.air) {
        display.text("no sensor", 0, 24);
    } else if (station.page == 1) {
        draw_value(display, station.air->humidity, "%");
    } else if (station.page == 0) {
        const int celsius = station.air->temperature;
        draw_value(display, station.imperial ? celsius * 9 / 5 + 3200 : celsius, station.imperial ? "\177F" : "\177C");
    } else {
        const int pascal = station.air->pressure;
        draw_value(display, station.imperial ? pascal * 100 / 3386 : pascal, station.imperial ? "inHg" : "hPa");
    }
}

Coro<> async_main() {
    static I2c bus{0, {.scl = 5, .sda = 4}};  // static, as the display uses it
    static Ssd1306 display{bus};              // static, as its picture takes half of the frame pool
    Station station;
    auto measuring = create_task(measure(station, bus));
    auto turning = create_task(turn_pages(station));
    auto changing = create_task(change_units(station));

    while (true) {
        co_await station.changed.wait();
        station.changed.clear();
        draw(display, station);
        auto shown = co_await display.show();
        if (!shown) print("display: {}\n", shown.error());
    }
}

int main() { run(async_main()); }
