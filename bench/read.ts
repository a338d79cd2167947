// Reads a gradsplit/bench@1 document, such as the baseline of a comparison.
import { InputError } from '../src/base/errors.ts';
import { suggest } from '../src/base/suggest.ts';
import type { BenchResult } from '../src/documents/bench.ts';
import { benchFields, benchSchema } from '../src/documents/bench.ts';

/** `results[2].ci95[0]` */
function showPath(path: readonly PropertyKey[]): string {
  return path.map((p, i) => (typeof p === 'number' ? `[${p}]` : `${i > 0 ? '.' : ''}${String(p)}`)).join('');
}

/**
 * Checks a parsed document.
 * @param place what to call it in a message: the file's name
 * @throws InputError naming the first thing that is wrong
 */
export function readBenchResult(document: unknown, place: string): BenchResult {
  const parsed = benchSchema.safeParse(document);
  if (parsed.success) return parsed.data as BenchResult;
  // A misspelt name is also a missing one; the spelling is what helps.
  const { issues } = parsed.error;
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!;
  const path = showPath(issue.path);
  const at = path === '' ? place : `${place}: ${path}`;
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys;
    throw new InputError(`${at} has an unknown field "${key}"${suggest(key!, benchFields)}`);
  }
  throw new InputError(`${at}: ${issue.message}`);
}
