import type { Pico } from '../board/pico.js';
import { parseButtonPin, parseTime, UsageError } from '../board/units.js';
import { printable } from '../printable.js';

const HELP = `monitor help               print this text
monitor time               print the simulated time and the processor's cycles since power-on
monitor press PIN TIME     press the button between PIN and ground for TIME, as GP15 100ms, from when the firmware goes on
monitor reset              reset the chip; time and RAM stay. Then: maintenance flush register-cache
`;

/** Does what gdb's `monitor` asks for, and answers in words. */
export function monitor(command: string, pico: Pico): string {
  const [name = '', ...operands] = command.trim().split(/\s+/);
  try {
    if (name === 'press' && operands.length === 2) return press(operands as [string, string], pico);
    if (operands.length > 0 && (name !== 'reset' || operands[0] !== 'halt')) throw new UsageError(`'monitor ${command}' cannot be understood; see monitor help`);
    switch (name) {
      case '':
      case 'help':
        return HELP;
      case 'time':
        return `${(pico.nanos / 1e9).toFixed(9)} s, ${pico.cycles} cycles\n`;
      case 'reset':
        pico.reset();
        return pico.ending === undefined ? 'The chip is reset and stands before its first instruction.\n' : `The firmware ${pico.ending.text}.\n`;
      default:
        throw new UsageError(`'monitor ${name}' is unknown; see monitor help`);
    }
  } catch (error) {
    if (error instanceof UsageError) return `${printable(error.message)}\n`;
    throw error;
  }
}

function press([pinText, timeText]: [string, string], pico: Pico): string {
  const [pin, nanos] = [parseButtonPin(pinText), parseTime(timeText)];
  if (nanos === 0) throw new UsageError(`'${timeText}' is no time at all`);
  pico.schedulePress(pin, pico.nanos, nanos);
  return '';
}
