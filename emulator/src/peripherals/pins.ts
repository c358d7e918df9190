import type { GPIOPin, RP2040 } from 'rp2040js';

const PAD_RESET_VALUE = 0x56;
const INTERRUPT_LEVEL_LOW = 1 << 0;
const INTERRUPT_LEVEL_HIGH = 1 << 1;

/** The pins as levels on their pads, and the buttons that pull some of them to ground. */
export interface Pins {
  /** The level on the pad of a pin: 0 or 1. */
  level(pin: number): number;
  /** Whether the chip drives a pin. */
  isOutput(pin: number): boolean;
  /** Connects a pin to ground, or lets go of it. */
  setGrounded(pin: number, grounded: boolean): void;
  /** Drives a pin from outside, or lets go of it. An output of the chip is stronger. */
  setDriven(pin: number, level: number | undefined): void;
  /** Connects two pins with a wire, or takes one such wire away. Of two outputs that disagree, the one with the lower number is stronger. */
  setWired(pin: number, other: number, isConnected?: boolean): void;
  isWired(pin: number): boolean;
}

/** The private parts of a pin that the corrections need. */
interface PinState {
  rawInputValue: boolean;
}

/**
 * Gives every pin one level, which its input sees whoever causes it: a button to ground, the pin's own output, a pull.
 * A pad that nothing drives and no resistor pulls reads 0, where silicon would read noise.
 *
 * Faults put right here:
 *
 * - An input set to the level it has already latches the edge again.
 * - An output cannot be read back, nor cause an edge interrupt, and the pad's "output disable" is ignored.
 * - The pulls have no effect on the input.
 * - Pads come out of reset with their input disabled; on silicon it is enabled.
 * - The "level low" interrupt status is clear after reset, though the pins are low.
 *
 * @param onChange called with every change of a pad's level
 */
export function correctPins(chip: RP2040, onChange: (pin: number, level: number) => void): Pins {
  const grounded = new Set<number>();
  const driven = new Map<number, number>();
  const levels = chip.gpio.map(() => 0);
  let wires: readonly Wire[] = [];
  /** All pins that are connected with each pin, itself among them, in ascending order. */
  const nets: (readonly GPIOPin[])[] = chip.gpio.map((pin) => [pin]);

  const isOutput = (pin: GPIOPin): boolean => pin.outputEnable && !pin.outputDisable;

  /** The level of a pin that nothing but the chip has to do with; undefined where more is to be looked at. */
  const ownLevel = (net: readonly GPIOPin[], pin: GPIOPin): number | undefined =>
    net.length === 1 && isOutput(pin) && !grounded.has(pin.index) ? (pin.outputValue ? 1 : 0) : undefined;

  const levelOf = (net: readonly GPIOPin[], first: GPIOPin): number => {
    if (net.some(({ index }) => grounded.has(index))) return 0;
    const output = net.find(isOutput);
    if (output !== undefined) return output.outputValue ? 1 : 0;
    const outside = net.find(({ index }) => driven.has(index));
    if (outside !== undefined) return driven.get(outside.index) as number;
    const pulledUp = net.some(({ pullupEnabled }) => pullupEnabled);
    if (pulledUp && net.some(({ pulldownEnabled }) => pulldownEnabled)) return levels[first.index] as number; // the bus keeper, or about halfway
    return pulledUp ? 1 : 0;
  };

  const update = (changed: GPIOPin): void => {
    const net = nets[changed.index] as readonly GPIOPin[];
    const own = ownLevel(net, changed);
    if (own !== undefined && own === levels[changed.index]) return;
    const level = own ?? levelOf(net, changed);
    for (const pin of net) {
      if (level === levels[pin.index]) continue;
      levels[pin.index] = level;
      onChange(pin.index, level);
      pin.setInputValue(level === 1);
    }
  };

  for (const pin of chip.gpio) {
    pin.padValue = PAD_RESET_VALUE;
    pin.irqStatus = INTERRUPT_LEVEL_LOW;

    const latch = pin.setInputValue.bind(pin);
    pin.setInputValue = (value) => {
      const seen = value && pin.inputEnable;
      const before = (pin.irqStatus & INTERRUPT_LEVEL_HIGH) !== 0;
      if (seen === before) (pin as unknown as PinState).rawInputValue = value;
      else latch(value);
    };

    const notify = pin.checkForUpdates.bind(pin);
    pin.checkForUpdates = () => {
      notify();
      update(pin);
    };
  }

  return {
    level: (pin) => levels[pin] as number,
    isOutput: (pin) => isOutput(chip.gpio[pin] as GPIOPin),
    setGrounded(pin, isGrounded) {
      if (isGrounded) grounded.add(pin);
      else grounded.delete(pin);
      update(chip.gpio[pin] as GPIOPin);
    },
    setDriven(pin, level) {
      if (level === undefined) driven.delete(pin);
      else driven.set(pin, level);
      update(chip.gpio[pin] as GPIOPin);
    },
    isWired: (pin) => (nets[pin]?.length ?? 0) > 1,
    setWired(pin, other, isConnected = true) {
      const before = nets[pin] as readonly GPIOPin[];
      wires = isConnected ? [...wires, [pin, other]] : withoutOne(wires, pin, other);
      for (const { index } of new Set([...before, ...(nets[other] as readonly GPIOPin[])])) nets[index] = netOf(index, wires).map((connected) => chip.gpio[connected] as GPIOPin);
      update(chip.gpio[pin] as GPIOPin);
      for (const apart of before) if (!nets[pin]?.includes(apart)) update(apart);
    },
  };
}

type Wire = readonly [pin: number, other: number];

/** Two buttons may connect the same pins: letting go of one leaves the other's wire. */
function withoutOne(wires: readonly Wire[], pin: number, other: number): readonly Wire[] {
  const index = wires.findIndex((wire) => wire.includes(pin) && wire.includes(other));
  return wires.filter((_, at) => at !== index);
}

/** All pins that are connected with a pin, itself among them, in ascending order. */
function netOf(pin: number, wires: readonly Wire[]): readonly number[] {
  const net = new Set([pin]);
  for (const reached of net) {
    for (const [one, other] of wires) {
      if (one === reached) net.add(other);
      else if (other === reached) net.add(one);
    }
  }
  return [...net].sort((a, b) => a - b);
}
