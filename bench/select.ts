// Which cases a run measures.
import { InputError } from '../src/base/errors.ts';
import { showValue } from '../src/base/show.ts';
import { suggest } from '../src/base/suggest.ts';
import type { BenchCase, Suite } from './suite.ts';
import { suites } from './suites/index.ts';

/** A case and where it belongs. */
export interface Selected {
  readonly suite: Suite;
  readonly benchCase: BenchCase;
}

/** The suites of these names, all if there are none. @throws InputError for an unknown name */
export function selectSuites(names: readonly string[]): Suite[] {
  if (names.length === 0) return Object.values(suites);
  return [...new Set(names)].map((name) => {
    const suite = Object.hasOwn(suites, name) ? suites[name] : undefined;
    if (suite === undefined) {
      throw new InputError(
        `unknown suite "${name}"${suggest(name, Object.keys(suites))}; known: ${Object.keys(suites).join(', ')}`,
      );
    }
    return suite;
  });
}

/**
 * Their cases, or only those whose name contains a text.
 * @throws InputError if none does
 */
export function selectCases(names: readonly string[], only = ''): Selected[] {
  const chosen = selectSuites(names);
  const selected = chosen.flatMap((suite) =>
    suite.cases.filter(({ name }) => name.includes(only)).map((benchCase) => ({ suite, benchCase })),
  );
  if (selected.length > 0) return selected;
  const first = chosen[0]!.cases[0]!.name;
  throw new InputError(
    `--only: no case contains ${showValue(only)}; a case is called "${first}", for instance`,
  );
}
