#!/usr/bin/env node
// The gradsplit command: runs one command line and turns whatever ends it into an exit code.
import { endOnInterrupt } from '../host/interrupt.ts';
import { ending } from './ending.ts';
import { createProgram } from './program.ts';

// A reader that went away (`gradsplit claims | head -1`) is not an error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}
endOnInterrupt();

try {
  await createProgram().parseAsync();
} catch (error) {
  const { exitCode, message } = ending(error, process.env.GRADSPLIT_DEBUG === '1');
  if (message !== '') process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}
