#!/usr/bin/env node
import { runCommand } from './command.js';

const EXIT_INTERRUPTED = 130;

// A reader that goes away, such as `head`, ends the run without complaint.
process.stdout.on('error', () => process.exit(EXIT_INTERRUPTED));
process.exitCode = await runCommand(process.argv.slice(2), {
  out: (content) => process.stdout.write(content),
  error: (text) => process.stderr.write(text),
});
