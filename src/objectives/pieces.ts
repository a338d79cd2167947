// Batches in pieces: numbers of pieces put end to end, and the scales of one piece cut out again.
import { ShapeError } from '../base/errors.ts';
import type { TokenBatch } from './batch.ts';
import type { TrajectoryNumbers, TrajectoryScales } from './objective.ts';

function joinFloats(pieces: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/**
 * The numbers of a batch from those of its pieces, in the order of its trajectories.
 * @throws ShapeError if the pieces have not all the same number of reward functions
 */
export function joinNumbers(pieces: readonly TrajectoryNumbers[]): TrajectoryNumbers {
  const group = Int32Array.from(pieces.flatMap((piece) => [...piece.group]));
  const functions = pieces[0]?.rewards?.length;
  for (const [i, { rewards }] of pieces.entries()) {
    if (rewards?.length === functions) continue;
    throw new ShapeError(
      `pieces[${i}].rewards: expected ${functions ?? 'no'} reward functions as in the first piece, found ${rewards?.length ?? 'none'}`,
    );
  }
  const rewards =
    functions === undefined
      ? undefined
      : Array.from({ length: functions }, (_, k) => joinFloats(pieces.map((piece) => piece.rewards![k]!)));
  return {
    length: joinFloats(pieces.map((piece) => piece.length)),
    reward: joinFloats(pieces.map((piece) => piece.reward)),
    group,
    ...(rewards === undefined ? {} : { rewards }),
  };
}

/** The scales of the trajectories from … to − 1, which share memory with the given ones. */
export function sliceScales(
  { advantage, coefficient }: TrajectoryScales,
  from: number,
  to: number,
): TrajectoryScales {
  return { advantage: advantage.subarray(from, to), coefficient: coefficient.subarray(from, to) };
}

/**
 * Checks that scales have one number of each kind for every trajectory of a batch.
 * @throws ShapeError naming the field
 */
export function checkScales({ advantage, coefficient }: TrajectoryScales, { offsets }: TokenBatch): void {
  const expected = offsets.length - 1;
  for (const [field, { length }] of Object.entries({ advantage, coefficient })) {
    if (length === expected) continue;
    throw new ShapeError(
      `scales.${field}: expected ${expected} entries (one per trajectory), found ${length}`,
    );
  }
}
