// What `gradsplit bench --explain` prints: which kernel variant computes which shape.
import { selectSuites } from './run.ts';

/** A paragraph a suite, then one line each. @throws InputError for an unknown suite */
export function explainBench(names: readonly string[]): string {
  return selectSuites(names)
    .map((suite) => {
      const lines = [...suite.explain, `Ceiling, ${suite.ceilingHow}.`];
      return `${suite.name}: ${suite.sentence}\n${lines.map((line) => `  - ${line}\n`).join('')}`;
    })
    .join('\n');
}
