// Turns system errors into words that say what went wrong with a file, without error codes and stacks.
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';

/** `OutputLost` is thrown when a place that could be written to no longer can. The exit code is then 74, that of EX_IOERR. */
export class OutputLost extends Error {
  override readonly name: string = 'OutputLost';
}

/** The errors of a place that was right when the command began. */
const LOSSES: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the quota of the user is used up',
  EFBIG: 'it would be larger than a file may be',
  EIO: 'the device has failed',
  EPIPE: 'its reader has closed it',
};

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or directory',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'it is a directory, not a file',
  EEXIST: 'something of that name is there',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'the links go in a circle',
  EMFILE: 'too many files are open',
};

/**
 * Turns a system error into an InputError such as `cannot read mine.json: there is no such file or
 * directory`, or into an OutputLost if the place can no longer be written to.
 * @throws the given error itself if it is not a system error
 */
export function systemError(action: 'read' | 'write', path: string, error: unknown): InputError | OutputLost {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) throw error;
  const code = String(error.code);
  const text = `cannot ${action} ${showText(path)}: ${LOSSES[code] ?? WORDS[code] ?? code}`;
  return action === 'write' && code in LOSSES
    ? new OutputLost(text, { cause: error })
    : new InputError(text, { cause: error });
}
