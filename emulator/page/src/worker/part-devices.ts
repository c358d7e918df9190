import type { Pico } from '../../../src/board/pico.js';
import { REFERENCE_VOLTS } from '../../../src/peripherals/adc.js';
import type { SimulatedPart } from '../board/kinds/index.js';
import type { DisplayPixels, Reading, Request } from '../protocol.js';
import { simulate } from './parts/index.js';
import type { Simulation, Values } from './parts/simulation.js';

const FIRST_ANALOG_PIN = 26;

/**
 * The devices around the chip, and the voltages at its converter. They are as the user has set them, whichever board is powered on; only the
 * devices themselves begin anew with it, as all have the same supply.
 */
export class Devices {
  private parts: readonly SimulatedPart[] = [];
  /** What each part has been made to sense, by its id. */
  private readonly sensed = new Map<string, Values>();
  private readonly volts = new Map<number, number>();
  private readonly simulations = new Map<string, Simulation>();
  /** What each part was last told to do. */
  private readonly told = new Map<string, string>();
  private pico: Pico | undefined;

  /** Connects everything to a board that is powered on. */
  connect(pico: Pico): void {
    this.pico = pico;
    this.simulations.clear();
    this.told.clear();
    for (const [channel, volts] of this.volts) pico.setAnalog(channel, volts);
    for (const part of this.parts) this.simulations.set(part.id, simulate(pico, part, this.sensed.get(part.id) ?? {}));
  }

  /** Does what the page asks for, if it is for the devices. */
  handle(request: Request): void {
    switch (request.kind) {
      case 'devices':
        this.parts = request.devices;
        break;
      case 'analog':
        this.setVolts(request.pin - FIRST_ANALOG_PIN, request.value * REFERENCE_VOLTS);
        break;
      case 'sense':
        this.sensed.set(request.id, { ...this.sensed.get(request.id), ...request.values });
        this.simulations.get(request.id)?.sense?.(request.values);
        break;
    }
  }

  /** What the displays show that have changed since the last time; each is told once at least. */
  takeChanged(): DisplayPixels[] {
    return [...this.simulations].flatMap(([id, simulation]) => {
      const shown = simulation.takePixels?.();
      return shown === undefined ? [] : [{ id, ...shown }];
    });
  }

  /** What the parts do that do something else than the last time; each is told once at least. */
  takeReadings(): Reading[] {
    return [...this.simulations].flatMap(([id, simulation]) => {
      const values = simulation.takeReadings?.();
      const text = JSON.stringify(values);
      if (values === undefined || this.told.get(id) === text) return [];
      this.told.set(id, text);
      return [{ id, values }];
    });
  }

  private setVolts(channel: number, volts: number): void {
    this.volts.set(channel, volts);
    this.pico?.setAnalog(channel, volts);
  }
}
