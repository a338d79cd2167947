// Who holds a lock: the process that its text names, and whether that process is still at work.
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** The process that a lock names. */
export interface Holder {
  /** The text of the lock; every lock has another. */
  readonly text: string;
  /** 0 in the empty lock of a machine that lost power. */
  readonly pid: number;
  readonly host: string;
  /** When the process began, as its system counts; undefined where that is not known. */
  readonly began: string | undefined;
}

/** PID HOST BEGAN ID; version 0.2.0 wrote the PID alone. */
const TEXT = /^(\d{1,15})(?: (\S+) (\S+) [\w-]+)?\n?$/;

/** What stands for a beginning that is not known. */
const UNKNOWN = '-';

/** Returns when a process began in ticks since the start of the system, or undefined if it has ended; `-` where nothing says so. */
function beginningOf(pid: number): string | undefined {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return isKnown(pid) ? UNKNOWN : undefined;
  }
  // Behind the name, which is in brackets: the state, and after 18 more fields the beginning.
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  // A process that has ended and that nobody has asked about is a zombie.
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

/** Returns whether the system knows a process of this number. */
function isKnown(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM means that the process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The text for this process, without what tells its locks apart. */
export function thisProcess(): string {
  return `${process.pid} ${hostname()} ${beginningOf(process.pid) ?? UNKNOWN}`;
}

/** Reads the text of a lock. Returns undefined if it is not one of gradsplit. */
export function parseHolder(text: string): Holder | undefined {
  if (text === '') return { text, pid: 0, host: hostname(), began: undefined };
  const found = TEXT.exec(text);
  if (found === null) return undefined;
  const [, pid, host = hostname(), began = UNKNOWN] = found;
  return { text, pid: Number(pid), host, began: began === UNKNOWN ? undefined : began };
}

/** Returns whether the process is at work, or may be: of other machines nothing is known. */
export function isAtWork({ pid, host, began }: Holder): boolean {
  if (pid === 0) return false;
  if (host !== hostname()) return true;
  const found = beginningOf(pid);
  // Numbers of processes are used again.
  return found !== undefined && (began === undefined || found === UNKNOWN || found === began);
}
