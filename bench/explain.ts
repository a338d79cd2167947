// What `gradsplit bench --explain` prints: which kernel variant computes which shape.
import { loadWasmKernelsSync } from '../src/host/loadKernels.ts';
import { selectSuites } from './select.ts';

/** A paragraph a suite, then one line each. @throws InputError for an unknown suite or kernels that have not been built */
export function explainBench(names: readonly string[]): string {
  const chosen = selectSuites(names);
  const kernels = loadWasmKernelsSync();
  return chosen
    .map((suite) => {
      const lines = [...suite.explain(kernels), `Ceiling, ${suite.ceilingHow}.`];
      return `${suite.name}: ${suite.sentence}\n${lines.map((line) => `  - ${line}\n`).join('')}`;
    })
    .join('\n');
}
