// Random programs on matrices of rows: steps that keep rows apart, and steps that mix them.
import fc from 'fast-check';
import {
  add,
  broadcastTo,
  checkpoint,
  gather,
  gelu,
  indices,
  layerNorm,
  logSumExp,
  matmul,
  matmulNT,
  mean,
  mul,
  reshape,
  softmax,
  sub,
  sum,
  type Tensor,
  transpose,
} from '../../../../src/autodiff/index.ts';
import type { Groups } from '../../programs.ts';

/** Sequences, positions of a sequence, and width: a value has SEQUENCES·LENGTH rows. */
export const [SEQUENCES, LENGTH, COLUMNS] = [2, 3, 2];
export const ROWS: number = SEQUENCES * LENGTH;

/** Shapes of the parameters. */
export const SHAPES: Readonly<Record<string, readonly number[]>> = {
  x: [ROWS, COLUMNS],
  weight: [COLUMNS, COLUMNS],
  bias: [COLUMNS],
  gamma: [COLUMNS],
  positions: [LENGTH, COLUMNS],
};

type Step = (x: Tensor, y: Tensor, p: Groups) => Tensor;

const IDS = [0, 2, 2, 1, 0, 1];

const apart: readonly Step[] = [
  (x, y) => add(x, y),
  (x, y) => sub(x, softmax(y)),
  (x, y) => mul(softmax(x), y),
  (x, _, p) => add(matmul(x, p.weight!), p.bias!),
  (x, _, p) => matmulNT(gelu(x), p.weight!),
  (x, _, p) => layerNorm(x, p.gamma!, p.bias!, 0.1),
  (x, _, p) => add(x, gather(p.positions!, indices(IDS))),
  (x, _, p) => checkpoint(({ a, w }: Groups) => softmax(matmul(a!, w!)))({ a: x, w: p.weight! }),
];

const inSequences = (x: Tensor): Tensor => reshape(x, [SEQUENCES, LENGTH, COLUMNS]);

const mixing: readonly Step[] = [
  // Attention.
  (x, y) =>
    reshape(matmul(softmax(matmulNT(inSequences(x), inSequences(y))), inSequences(y)), [ROWS, COLUMNS]),
  // Positions of all sequences, added in place.
  (x, _, p) => reshape(add(inSequences(x), p.positions!), [ROWS, COLUMNS]),
  // The mean of all rows.
  (x, y) => mul(x, broadcastTo(mean(y, 0, true), [ROWS, COLUMNS])),
  (x) => reshape(transpose(reshape(x, [COLUMNS, ROWS])), [ROWS, COLUMNS]),
];

/** What a program ends in: one number a row, or several. */
const heads: readonly ((x: Tensor) => Tensor)[] = [
  (x) => logSumExp(x),
  (x) => reshape(sum(x, 1), [SEQUENCES, LENGTH]),
  (x) => softmax(x),
  (x) => sum(inSequences(x), [1, 2]),
];

/** A function of the parameters of SHAPES to a tensor whose elements are whole rows, parts of rows, or sequences. */
export type RowProgram = (parameters: Groups) => Tensor;

/** Up to five steps. */
export const rowPrograms: fc.Arbitrary<RowProgram> = fc
  .record({
    code: fc.array(
      fc.record({
        step: fc.nat({ max: 2 * apart.length + mixing.length - 1 }),
        x: fc.nat(),
        y: fc.nat(),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    head: fc.nat({ max: heads.length - 1 }),
  })
  .map(({ code, head }) => (p) => {
    // Steps that keep rows apart are twice as likely.
    const steps = [...apart, ...apart, ...mixing];
    const values = [p.x!];
    for (const { step, x, y } of code) {
      // The last value mostly, so that programs are deep.
      const left = values[x % 2 === 0 ? values.length - 1 : (x >> 1) % values.length]!;
      values.push(steps[step]!(left, values[y % values.length]!, p));
    }
    return heads[head]!(values.at(-1)!);
  });
