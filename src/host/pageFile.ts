// A temporary file that holds the pages of columns which do not fit into memory.
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../base/errors.ts';
import { systemError } from './systemError.ts';

/** A file of pages of one size that goes away when it is closed, and when the process ends. */
export interface TemporaryPages {
  /** @throws InputError if there is no room for the page */
  write(place: number, bytes: Uint8Array): void;
  /** Fills `bytes` with a page that was written before. @throws InputError if it cannot be read */
  read(place: number, bytes: Uint8Array): void;
  close(): void;
}

/** What is left of an error of the system once it is said that nothing can be written there. */
function noRoom(folder: string, error: unknown): InputError {
  const { message } = systemError('write', folder, error);
  return new InputError(
    `${message}. An audit of many trajectories keeps numbers of each in a temporary file; TMPDIR says in which folder`,
    { cause: error },
  );
}

/**
 * The file, which is made when the first page is written. Where the system allows it, it loses its name at once, so that nothing is left
 * of it whatever happens to the process.
 * @param folder the folder of temporary files
 */
export function temporaryPages(folder = tmpdir()): TemporaryPages {
  let file: number | undefined;
  let own: string | undefined;
  const remove = (): void => {
    if (own !== undefined) rmSync(own, { recursive: true, force: true });
    own = undefined;
  };
  const open = (): number => {
    own = mkdtempSync(join(folder, 'gradsplit-columns-'));
    process.once('exit', remove);
    const opened = openSync(join(own, 'pages'), 'wx+', 0o600);
    if (process.platform !== 'win32') remove();
    return opened;
  };
  return {
    write(place, bytes) {
      try {
        file ??= open();
        let done = 0;
        while (done < bytes.length)
          done += writeSync(file, bytes, done, bytes.length - done, place * bytes.length + done);
      } catch (error) {
        throw noRoom(own ?? folder, error);
      }
    },
    read(place, bytes) {
      try {
        let done = 0;
        while (done < bytes.length) {
          const read = readSync(file!, bytes, done, bytes.length - done, place * bytes.length + done);
          if (read === 0) throw new Error('a page of the temporary file is missing');
          done += read;
        }
      } catch (error) {
        throw systemError('read', folder, error);
      }
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
      remove();
      process.off('exit', remove);
    },
  };
}
