const ROUNDS = 5;

/** Runs both until they are compiled. */
export function warmUp(run, cyclesARound) {
  for (const name of Object.keys(run)) run[name](cyclesARound[name]);
}

/**
 * Runs both in turns.
 *
 * @param micros tells the time that is used up so far
 * @returns how many megahertz each has simulated by that time
 */
export function compare(run, cyclesARound, micros) {
  const spent = { ours: 0, rp2040js: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of Object.keys(run)) {
      const before = micros();
      run[name](cyclesARound[name]);
      spent[name] += micros() - before;
    }
  }
  const megahertz = (name) => (ROUNDS * cyclesARound[name]) / spent[name];
  return { ours: megahertz('ours'), rp2040js: megahertz('rp2040js') };
}
