/**
 * A firmware that never sleeps, on the emulated Pico and on rp2040js as it is.
 *
 * @param {{ parseImage: Function, Pico: Function }} emulator
 * @param {Function} RP2040 of rp2040js
 * @param {Uint8Array} firmware an ELF file
 * @returns {Record<'ours' | 'rp2040js', (cycles: number) => void>} what runs so many cycles of each
 */
export function busyPair({ parseImage, Pico }, RP2040, firmware) {
  const image = parseImage(firmware);
  const pico = new Pico(image);
  pico.awaitsInput = true;
  const chip = chipWith(image, RP2040);
  return {
    ours(cycles) {
      pico.run(pico.nanos + cycles * NANOS_PER_CYCLE);
      if (pico.ending !== undefined || pico.asleepCycles > 0) throw new Error('the firmware does not stay busy');
    },
    rp2040js(cycles) {
      const { core, clock } = chip;
      for (let left = cycles; left > 0; ) {
        if (core.waiting) throw new Error('the firmware does not stay busy');
        const spent = core.executeInstruction();
        clock.tick(spent * NANOS_PER_CYCLE);
        left -= spent;
      }
    },
  };
}

/** How many cycles each runs in a round, so that the rounds take about as long. */
export const BUSY_CYCLES = { ours: 25e6, rp2040js: 5e6 };

const FLASH = 0x10000000;
const BOOT2_BYTES = 0x100;
const NANOS_PER_CYCLE = 8;

function chipWith(image, RP2040) {
  const chip = new RP2040();
  chip.logger = { debug() {}, info() {}, warn() {}, error() {} };
  for (const { address, bytes } of image.segments) chip.flash.set(bytes, address - FLASH);
  chip.core.VTOR = FLASH + BOOT2_BYTES;
  chip.core.SP = chip.readUint32(chip.core.VTOR);
  chip.core.PC = chip.readUint32(chip.core.VTOR + 4) & ~1;
  chip.uart[0].onByte = () => {};
  return chip;
}
