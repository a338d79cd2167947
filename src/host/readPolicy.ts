// Reads a policy from a file or from stdin.
import { showText } from '../base/show.ts';
import { parsePolicy } from '../policy/format.ts';
import type { TabularPolicy } from '../policy/tabular.ts';
import { readStdin, readText } from './readFile.ts';

/**
 * Reads the policy of a `gradsplit/policy@1` file; `-` is stdin.
 * @throws InputError naming the file, the place and what was expected
 */
export function readPolicy(path: string): TabularPolicy {
  return path === '-' ? parsePolicy(readStdin(), 'stdin') : parsePolicy(readText(path), showText(path));
}
