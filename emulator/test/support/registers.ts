import { addRegister, type Code, ldr, set, store, str } from './thumb.js';

export const TIMER = 0x40054000;
export const ALARM0 = TIMER + 0x10;
const TIMERAWL = TIMER + 0x28;
const TIMER_INTR = TIMER + 0x34;
export const TIMER_INTE = TIMER + 0x38;
export const ISER = 0xe000e100;
export const ISPR = 0xe000e200;
export const SIO = 0xd0000000;
export const GPIO_OUT_XOR = SIO + 0x1c;
const GPIO_OE_SET = SIO + 0x24;

export const gpioControl = (pin: number): number => 0x40014004 + 8 * pin;
export const pad = (pin: number): number => 0x4001c004 + 4 * pin;
export const PAD_INPUT = 1 << 6;
export const PAD_PULL_UP = 1 << 3;
const SIO_FUNCTION = 5;

/** Makes a pin an output. */
export const output = (pin: number): Code => [store(gpioControl(pin), SIO_FUNCTION), store(GPIO_OE_SET, 1 << pin)];
/** Toggles an output. */
export const toggle = (pin: number): Code => store(GPIO_OUT_XOR, 1 << pin);
/** Has alarm 0 interrupt some microseconds from now. */
export const alarmIn = (micros: number): Code => [
  store(TIMER_INTE, 1), store(ISER, 1), set(0, TIMERAWL), ldr(1, 0), set(2, micros), addRegister(1, 1, 2), set(0, ALARM0), str(1, 0),
];
export const clearTimer = store(TIMER_INTR, 1);
