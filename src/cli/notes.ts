// What is said on stderr besides errors: notes and progress. `--quiet` turns both off.

let quiet = false;

/** Says whether notes and progress are left out from now on. */
export function setQuiet(value: boolean): void {
  quiet = value;
}

/** Returns whether notes and progress are left out. */
export function isQuiet(): boolean {
  return quiet;
}

/** Says something on stderr that is neither a result nor an error. */
export function note(text: string): void {
  if (!quiet) process.stderr.write(`${text}\n`);
}
