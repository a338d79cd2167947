// What ends a command line early: its exit code and the one message on stderr.
import { CommanderError } from 'commander';
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import { Interrupted, STOP_SIGNALS } from '../host/interrupt.ts';
import { OutputLost } from '../host/systemError.ts';

/** Longest message; paths and values inside are cut much earlier. */
const LONGEST = 2000;

/** The exit code if an output was lost: EX_IOERR of sysexits.h. */
const LOST = 74;

/** How the process ends. */
export interface Ending {
  readonly exitCode: number;
  /** `''` where everything has been said. */
  readonly message: string;
}

/**
 * Exit codes: 0 help or version was shown, 2 bad usage or bad input, 130, 143 or 129 interrupted, 74 an output was lost, 70 a defect of gradsplit.
 * @param debug show the stack of a defect
 */
export function ending(error: unknown, debug: boolean): Ending {
  if (error instanceof CommanderError) return ofCommander(error);
  if (error instanceof InputError) {
    const lines = error.lines === '' ? '' : `\n\n${error.lines}`;
    return { exitCode: 2, message: `gradsplit: ${oneLine(error.message)}${lines}` };
  }
  if (error instanceof OutputLost) return { exitCode: LOST, message: `gradsplit: ${oneLine(error.message)}` };
  if (error instanceof Interrupted) {
    return { exitCode: STOP_SIGNALS[error.signal], message: `gradsplit: ${oneLine(error.message)}` };
  }
  const what = error instanceof Error ? error : new Error(String(error));
  const detail = debug
    ? (what.stack ?? what.message)
    : `${oneLine(what.message)} (GRADSPLIT_DEBUG=1 shows the stack)`;
  return { exitCode: 70, message: `gradsplit: internal error, a defect of gradsplit: ${detail}` };
}

function ofCommander(error: CommanderError): Ending {
  if (error.exitCode === 0) return { exitCode: 0, message: '' };
  // `gradsplit` alone: the help has been written to stderr.
  if (error.code === 'commander.help') return { exitCode: 2, message: '' };
  const message = error.message.replace(/^error: /, '').replace(/\n\(/g, ' (');
  return { exitCode: 2, message: `gradsplit: ${oneLine(message)}` };
}

function oneLine(message: string): string {
  return showText(message, LONGEST);
}
