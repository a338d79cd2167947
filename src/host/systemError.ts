// Turns system errors into words that say what went wrong with a file, without error codes and stacks.
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or directory',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'it is a directory, not a file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the quota of the user is used up',
  EFBIG: 'it would be larger than a file may be',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'the links go in a circle',
  EMFILE: 'too many files are open',
};

/**
 * Turns a system error into an InputError such as `cannot read mine.json: there is no such file or
 * directory`.
 * @throws the given error itself if it is not a system error
 */
export function systemError(action: string, path: string, error: unknown): InputError {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) throw error;
  const code = String(error.code);
  return new InputError(`cannot ${action} ${showText(path)}: ${WORDS[code] ?? code}`, { cause: error });
}
