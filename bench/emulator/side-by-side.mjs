const ROUNDS = 5;

/** Runs both until they are compiled. */
export function warmUp(run, cyclesARound) {
  for (const name of Object.keys(run)) run[name](cyclesARound[name]);
}

/** Runs both in turns, and prints how many megahertz each has simulated by the processor time of this process. */
export function compare(run, cyclesARound) {
  const micros = { ours: 0, rp2040js: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of Object.keys(run)) {
      const before = process.cpuUsage().user;
      run[name](cyclesARound[name]);
      micros[name] += process.cpuUsage().user - before;
    }
  }
  const megahertz = (name) => (ROUNDS * cyclesARound[name]) / micros[name];
  console.log(JSON.stringify({ ours: megahertz('ours'), rp2040js: megahertz('rp2040js') }));
}
