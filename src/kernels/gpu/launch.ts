// What is computed on a GPU, as data: programs in the JavaScript that gpu.js translates, and launches, which are what a kernel at
// given sizes runs. All modes run the same launches.
import type { Crossover } from '../../documents/kernels.ts';

/** One pass of a kernel, for one shape. */
export interface Program {
  /** Name and sizes: programs of equal keys are the same program. */
  readonly key: string;
  /** A function of its operands, flat arrays; text, because a bundler may rename what is in a function. */
  readonly source: string;
  /** Extents of the result, fastest first: [x, y, z]. */
  readonly output: readonly [number, number, number];
  readonly constants: Readonly<Record<string, number>>;
}

/** A program that computes `result`, an expression of v, from every element v of its one operand [length]. */
export function elementwise(name: string, result: string, length: number): Program {
  const source = `function ${name}(x) { let v = x[this.thread.x]; return ${result}; }`;
  return { key: `${name} ${length}`, source, output: [length, 1, 1], constants: {} };
}

/** What a GPU runs: each program reads the operands and the results of those before it; the last gives the result. */
export interface Passes {
  passes(): readonly Program[];
}

/** A kernel at given sizes. */
export interface Launch extends Passes {
  /** Whose crossover counts. */
  readonly crossing: keyof Crossover;
  /** N of the square operands that are as much work. */
  readonly size: number;
}
