// Reads a policy from a file.
import { showText } from '../base/show.ts';
import { parsePolicy } from '../policy/format.ts';
import type { TabularPolicy } from '../policy/tabular.ts';
import { readText } from './readFile.ts';

/**
 * Reads the policy of a `gradsplit/policy@1` file.
 * @throws InputError naming the file, the place and what was expected
 */
export function readPolicy(path: string): TabularPolicy {
  return parsePolicy(readText(path), showText(path));
}
