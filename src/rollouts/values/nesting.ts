// How deep a value of a file may be nested where it is written as JSON again, which takes a call for every level.
import type { Fields } from '../../base/fields.ts';
import type { Path } from './tokenArrays.ts';

/** Far deeper than any trainer writes, and far from the depth of the stack. */
const DEEPEST = 1000;

/**
 * Refuses a value that is nested too deeply.
 * @throws InputError naming the field
 */
export function refuseDeep(fields: Fields, path: Path, value: unknown): void {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) fields.failAt(path, `at most ${DEEPEST} levels of arrays and objects`, value);
    level = level.flatMap((outer) =>
      typeof outer === 'object' && outer !== null
        ? Object.values(outer).filter((inner) => typeof inner === 'object' && inner !== null)
        : [],
    );
  }
}
