import type { Pico } from '../../../src/board/pico.js';
import { Bme280 } from '../../../src/devices/bme280.js';
import { NeoPixel } from '../../../src/devices/neopixel.js';
import { Ssd1306 } from '../../../src/devices/ssd1306.js';
import { REFERENCE_VOLTS } from '../../../src/peripherals/adc.js';
import type { Device, DisplayPixels, Request, Weather } from '../protocol.js';

const FIRST_ANALOG_PIN = 26;

/**
 * The devices around the chip, the voltages at its converter and what drives its pins. They are as the user has set them, whichever
 * board is powered on; only the devices themselves begin anew with it, as all have the same supply.
 */
export class Devices {
  private devices: readonly Device[] = [];
  private readonly weather = new Map<string, Weather>();
  private readonly volts = new Map<number, number>();
  private readonly driven = new Map<number, 0 | 1>();
  private readonly sensors = new Map<string, Bme280>();
  private readonly displays = new Map<string, Ssd1306>();
  private readonly strips = new Map<string, NeoPixel>();
  /** How often each strip had taken colours when it was last told. */
  private readonly toldFrames = new Map<string, number>();
  private readonly changed = new Set<string>();
  private pico: Pico | undefined;

  /** Connects everything to a board that is powered on. */
  connect(pico: Pico): void {
    this.pico = pico;
    this.sensors.clear();
    this.displays.clear();
    this.strips.clear();
    this.toldFrames.clear();
    this.changed.clear();
    for (const [channel, volts] of this.volts) pico.setAnalog(channel, volts);
    for (const [pin, level] of this.driven) pico.drive(pin, level);
    for (const device of this.devices) this.attach(pico, device);
  }

  /** Does what the page asks for, if it is for the devices. */
  handle(request: Request): void {
    switch (request.kind) {
      case 'devices':
        this.devices = request.devices;
        break;
      case 'analog':
        this.setVolts(request.pin - FIRST_ANALOG_PIN, request.value * REFERENCE_VOLTS);
        break;
      case 'drive':
        if (request.level === undefined) this.driven.delete(request.pin);
        else this.driven.set(request.pin, request.level);
        this.pico?.drive(request.pin, request.level);
        break;
      case 'weather': {
        this.weather.set(request.id, request.weather);
        const sensor = this.sensors.get(request.id);
        if (sensor !== undefined) sensor.weather = request.weather;
        break;
      }
    }
  }

  /** What the displays show that have changed since the last time; each is told once at least. */
  takeChanged(): DisplayPixels[] {
    const ids = [...this.changed];
    this.changed.clear();
    return [...this.takeStrips(), ...this.takeDisplays(ids)];
  }

  /** Those that have taken colours since. */
  private takeStrips(): DisplayPixels[] {
    return [...this.strips].flatMap(([id, strip]) => {
      const { colours } = strip; // first, as it is then that it may find that it has taken some
      if (this.toldFrames.get(id) === strip.frames) return [];
      this.toldFrames.set(id, strip.frames);
      const lamps = colours.flatMap(({ red, green, blue, white }) => [red, green, blue].map((lamp) => Math.min(255, lamp + white)));
      return [{ id, width: colours.length, height: 1, pixels: Uint8Array.from(lamps) }];
    });
  }

  private takeDisplays(ids: readonly string[]): DisplayPixels[] {
    return ids.flatMap((id) => {
      const display = this.displays.get(id);
      return display === undefined ? [] : [{ id, width: display.width, height: display.height, pixels: display.pixels }];
    });
  }

  private setVolts(channel: number, volts: number): void {
    this.volts.set(channel, volts);
    this.pico?.setAnalog(channel, volts);
  }

  private attach(pico: Pico, device: Device): void {
    if (device.kind === 'neopixel') {
      const strip = new NeoPixel(device.pixels, device.order);
      this.strips.set(device.id, strip);
      return pico.pin(device.din).attach(strip);
    }
    const { kind, id, sda, scl, address } = device;
    const bus = pico.i2c(((sda >> 1) & 1) as 0 | 1);
    if (kind === 'ssd1306') {
      const display = new Ssd1306();
      display.onChange = () => this.changed.add(id);
      this.displays.set(id, display);
      this.changed.add(id);
      bus.attach(address, display, { sda, scl });
    } else {
      const sensor = new Bme280();
      sensor.weather = this.weather.get(id) ?? sensor.weather;
      this.sensors.set(id, sensor);
      bus.attach(address, sensor, { sda, scl });
    }
  }
}
