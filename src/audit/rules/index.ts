// The rules of the audit, a file each.
import type { Rule } from '../rule.ts';

/** Every rule, in alphabetical order of the codes. */
export const rules: readonly Rule[] = [];
