// Writes what the debug information of ELF files says of awaiters, as JSON: for each file a list of their types.
import { readFileSync } from 'node:fs';

import { parseImage } from '../../emulator/dist/firmware/load.js';
import { Coroutines } from '../../emulator/dist/tasks/coroutines.js';

const awaiters = {};
for (const file of process.argv.slice(2)) {
  const image = parseImage(readFileSync(file));
  const coroutines = new Coroutines(image, () => undefined);
  const found = new Set();
  for (const { name, address } of image.symbols.all) {
    if (!/\.actor$/.test(name)) continue;
    for (const { name: member, type } of coroutines.at(address).frame?.members ?? []) {
      if (/^Aw\d+_/.test(member)) found.add(type?.name ?? '');
    }
  }
  awaiters[file] = [...found];
}
console.log(JSON.stringify(awaiters));
