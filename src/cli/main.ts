#!/usr/bin/env node
// The gradsplit command: runs one command line and turns whatever ends it into an exit code.
import { endOnInterrupt } from '../host/interrupt.ts';
import { lostOutput, watchOutputs } from '../host/lostOutput.ts';
import { ending } from './ending.ts';
import { runProgram } from './program.ts';

const debug = process.env.GRADSPLIT_DEBUG === '1';
endOnInterrupt();
// What is running ends as it does at Ctrl-C; the end of the process says why.
watchOutputs(() => process.emit('SIGINT'));
process.on('exit', () => {
  const loss = lostOutput();
  if (loss !== undefined) sayEnding(loss);
});

function sayEnding(error: unknown): void {
  const { exitCode, message } = ending(error, debug);
  if (message !== '') process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}

try {
  await runProgram(process.argv.slice(2));
} catch (error) {
  if (lostOutput() === undefined) sayEnding(error);
}
