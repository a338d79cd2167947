// What the batches of trainers have in common: micro-batches, padding on either side, numbers as float32 tensors hold them.

import { advantageAt, contentEnd, promptEnd } from '../../../src/audit/simulator/upstream/written.ts';
import type { Trajectory } from '../../../src/rollouts/index.ts';

/** What Python is given: numbers, texts and lists as they are, `{tensor}`, `{stack}`, `{leaf}`, `{loss}`, `{object}` and `{set}` by name. */
export type Given =
  | number
  | string
  | boolean
  | null
  | undefined
  | readonly Given[]
  | { readonly [name: string]: Given };

/** A call of one of the functions of docs/rollouts.md. */
export interface Call {
  readonly name: string;
  readonly arguments: readonly Given[];
}

/** What one backward pass is of: the trajectories of one micro-batch on one rank. */
export interface MicroBatch {
  readonly own: readonly Trajectory[];
  readonly step: number;
  readonly microbatch: number;
  readonly rank: number;
  /** How many ranks there are. */
  readonly ranks: number;
  /** The trajectories of all micro-batches. */
  readonly all: readonly Trajectory[];
}

/** The micro-batches of all steps; a step without is one. */
export function microBatches(all: readonly Trajectory[]): readonly MicroBatch[] {
  const ranks = new Set(all.map(({ rank = 0 }) => rank)).size;
  const batches = new Map<string, MicroBatch & { own: Trajectory[] }>();
  for (const t of all) {
    const { step = 0, microbatch = 0, rank = 0 } = t;
    const key = `${step} ${rank} ${microbatch}`;
    const batch = batches.get(key) ?? { own: [], step, microbatch, rank, ranks, all };
    batch.own.push(t);
    batches.set(key, batch);
  }
  return [...batches.values()];
}

export const tensor = (values: Given): Given => ({ tensor: values });
/** What has `tolist()` and is no tensor, such as texts by sample. */
export const stack = (values: readonly Given[]): Given => ({ stack: values });
/** The log-probs that the loss is computed from, and the loss with this gradient with respect to them. */
export const leafAndLoss = (logProbs: Given, gradient: Given): readonly [leaf: Given, loss: Given] => [
  { leaf: logProbs },
  { loss: gradient },
];

/** The fields with a number for each token that a trainer may have. */
export type NumberField =
  | 'logProbs'
  | 'oldLogProbs'
  | 'refLogProbs'
  | 'samplerLogProbs'
  | 'values'
  | 'returns'
  | 'tokenRewards'
  | 'weights';

/** The number of token k as a tensor holds it: 0 where there is none, NaN where there is one that is NaN. */
export function held(t: Trajectory, field: NumberField, k: number): number {
  const x = t[field]?.[k] ?? Number.NaN;
  if (!Number.isNaN(x)) return Math.fround(x);
  return t.nan?.some((one) => one.field === field && one.token === k) ? x : 0;
}

/** The advantage of token k. */
export const advantageHeld = (t: Trajectory, k: number): number => Math.fround(advantageAt(t, k));

export const hasSome = (own: readonly Trajectory[], field: keyof Trajectory): boolean =>
  own.some((t) => t[field] !== undefined);

export const range = <T>(from: number, to: number, of: (k: number) => T): T[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, k) => of(from + k));

/** Rows of whole trajectories, padded to the longest. */
export function wholeRows(
  own: readonly Trajectory[],
  of: (t: Trajectory, k: number) => number,
  side: 'left' | 'right' = 'right',
): number[][] {
  const width = Math.max(...own.map(({ length }) => length));
  return own.map((t) => {
    const padding = new Array<number>(width - t.length).fill(0);
    const row = range(0, t.length, (k) => of(t, k));
    return side === 'left' ? [...padding, ...row] : [...row, ...padding];
  });
}

/** Rows of prompts, padded on the left. */
export function promptRows(own: readonly Trajectory[], of: (t: Trajectory, k: number) => number): number[][] {
  const width = Math.max(...own.map(promptEnd));
  return own.map((t) => range(promptEnd(t) - width, promptEnd(t), (k) => (k < 0 ? 0 : of(t, k))));
}

/** Rows of responses, padded on the right. */
export function responseRows(
  own: readonly Trajectory[],
  of: (t: Trajectory, k: number) => number,
  side: 'left' | 'right' = 'right',
): number[][] {
  const width = Math.max(...own.map((t) => t.length - promptEnd(t)));
  return own.map((t) => {
    const row = range(promptEnd(t), t.length, (k) => of(t, k));
    const padding = new Array<number>(width - row.length).fill(0);
    return side === 'left' ? [...padding, ...row] : [...row, ...padding];
  });
}

export const idAt = (t: Trajectory, k: number): number => t.ids![k]!;
export const maskAt = (t: Trajectory, k: number): number => t.mask[k]!;
export const isContent = (t: Trajectory, k: number): number => Number(k < contentEnd(t));

/** A number for each distinct name, in order of appearance. */
export function numbersOf(names: readonly unknown[]): readonly number[] {
  const distinct = [...new Set(names)];
  return names.map((name) => distinct.indexOf(name));
}
