import type { RP2040 } from 'rp2040js';

/** The voltage of full scale, which a Pico makes from its supply. */
export const REFERENCE_VOLTS = 3.3;
/** Channels 0 to 3 are GP26 to GP29, channel 4 is the temperature sensor of the chip. */
export const ANALOG_CHANNELS = 5;

const STEPS = 4096;
const ADC_CS = 0x00;
const ADC_FIFO = 0x0c;
const AINSEL_SHIFT = 12;
const AINSEL_MASK = 0x7;
const START_ONCE = 1 << 2;

/** The voltage of the temperature sensor at a temperature. */
export function sensorVolts(celsius: number): number {
  return 0.706 - (celsius - 27) * 0.001721;
}

/** What the converter makes of a voltage: the middle of the step that it is in has that number. */
export function convert(volts: number): number {
  return Math.max(0, Math.min(STEPS - 1, Math.round((volts / REFERENCE_VOLTS) * STEPS)));
}

/** The private parts of the converter that the corrections need. */
interface AdcState {
  cs: number;
  checkInterrupts(): void;
}

/**
 * Faults of the converter put right here:
 *
 * - Round-robin sampling takes the wrong channels: the number is masked with the field's place instead of its width.
 * - The interrupt stays up when the FIFO has been read.
 * - The bit that starts a conversion does not clear itself.
 */
export function correctAdc(chip: RP2040): void {
  const { adc } = chip;
  const state = adc as unknown as AdcState;
  Object.defineProperty(adc, 'activeChannel', {
    get: () => (state.cs >> AINSEL_SHIFT) & AINSEL_MASK,
    set: (channel: number) => (state.cs = (state.cs & ~(AINSEL_MASK << AINSEL_SHIFT)) | (channel << AINSEL_SHIFT)),
  });
  const read = adc.readUint32.bind(adc);
  adc.readUint32 = (offset) => {
    const value = read(offset);
    if (offset === ADC_FIFO) state.checkInterrupts();
    return value;
  };
  const write = adc.writeUint32.bind(adc);
  adc.writeUint32 = (offset, value) => {
    write(offset, value);
    if (offset === ADC_CS) state.cs &= ~START_ONCE;
  };
}
