import { FLASH_END, FLASH_START } from '../memory-map.js';

/**
 * Whether the processor can read the flash as memory.
 *
 * `end` is for the fast path of the bus: a single comparison says that an address is in flash and can be read. Whatever else keeps code of
 * the flash ready to run must look at it, too.
 */
export class FlashWindow {
  /** The end of the flash; its start while it cannot be read. */
  end = FLASH_END;

  /** @param isReadable asks the parts that decide */
  constructor(private readonly isReadable: () => boolean) {}

  /** To be called when something has happened that may close it, and before an access while it is closed: it opens by itself. */
  update(): boolean {
    const isReadable = this.isReadable();
    this.end = isReadable ? FLASH_END : FLASH_START;
    return isReadable;
  }
}
