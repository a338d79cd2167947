// Tensors of fields, and the loss of a micro-batch, for trainers that keep rows.
import { EOS } from '../../../src/audit/simulator/index.ts';
import { contentEnd, promptEnd } from '../../../src/audit/simulator/upstream/written.ts';
import { ROLES, type Trajectory } from '../../../src/rollouts/index.ts';
import { type Given, hasSome, held, leafAndLoss, type NumberField, range, tensor } from './layout.ts';

export const TOOL = ROLES.indexOf('tool');
export const ENDS: Given = { set: [EOS] };

export type Rows = (of: (t: Trajectory, k: number) => number) => number[][];

/** Tensors of the fields that there are, by what the trainer calls them. */
export function tensors(
  own: readonly Trajectory[],
  rows: Rows,
  names: Partial<Record<NumberField, string>>,
): Record<string, Given> {
  return Object.fromEntries(
    Object.entries(names).map(([field, name]) => [
      name,
      hasSome(own, field as keyof Trajectory)
        ? tensor(rows((t, k) => held(t, field as NumberField, k)))
        : null,
    ]),
  );
}

export const present = (given: Record<string, Given>): Record<string, Given> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined));

/** −w times a factor. */
export const gradientAt =
  (factor: number) =>
  (t: Trajectory, k: number): number =>
    -held(t, 'weights', k) * factor;

/** Log-probs and loss, where ranks are averaged after `backward`. */
export const averaged = (rows: Rows, ranks: number): readonly [Given, Given] =>
  leafAndLoss(
    rows((t, k) => held(t, 'logProbs', k)),
    rows(gradientAt(ranks)),
  );

/** 0 for what tools said, of a response without its padding. */
export const drawnOf = (t: Trajectory): number[] =>
  range(promptEnd(t), contentEnd(t), (k) => Number(t.roles[k] !== TOOL));

export const groundTruths = (own: readonly Trajectory[]): (string | null)[] =>
  own.map(({ texts }) => texts?.groundTruth ?? null);
