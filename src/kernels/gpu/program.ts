// What is computed on a GPU, as data: programs in the JavaScript that gpu.js translates, and launches of them. Both the modes
// that answer at once and WebGPU run the same launches.

/** Values on the GPU, until they are deleted. */
export interface Texture {
  /** What gpu.js knows them as. */
  readonly raw: unknown;
  delete(): void;
}

/** One kernel for one shape. */
export interface Program {
  /** Name and sizes: programs of equal keys are the same program. */
  readonly key: string;
  /** A function of its operands; text, because a bundler may rename what is in a function. */
  readonly source: string;
  /** Extents of the result, fastest first: [x, y, z]. */
  readonly output: readonly [number, number, number];
  readonly constants: Readonly<Record<string, number>>;
}

/** A program and its operands, which are read as flat arrays whatever their shape. Another launch stands for its result. */
export interface Launch {
  readonly program: Program;
  readonly operands: readonly Operand[];
}

/** What a program reads. */
export type Operand = Texture | Launch;

/** Whether an operand has still to be computed. */
export function isLaunch(operand: Operand): operand is Launch {
  return 'program' in operand;
}

/** The launches that one depends on, each once, those it needs before it; itself the last. */
export function inOrder(launch: Launch): Launch[] {
  const found = new Set<Launch>();
  const visit = (next: Launch): void => {
    for (const operand of next.operands) if (isLaunch(operand)) visit(operand);
    found.add(next);
  };
  visit(launch);
  return [...found];
}

/** Twice a number: what is asked of a device before it is believed. */
export const DOUBLE: Program = {
  key: 'double',
  source: 'function double(x) { return 2.0 * x[this.thread.x]; }',
  output: [1, 1, 1],
  constants: {},
};
