// Random programs on matrices of rows: steps that keep rows apart, and steps that mix them.
import fc from 'fast-check';
import {
  add,
  attention,
  broadcastTo,
  checkpoint,
  gather,
  gelu,
  indices,
  layerNorm,
  linear,
  linearAdd,
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

/** Sequences, positions of a sequence, and width: a value has SEQUENCES·LENGTH rows, more than a kernel takes at once. */
export const [SEQUENCES, LENGTH, COLUMNS] = [4, 12, 6];
export const ROWS: number = SEQUENCES * LENGTH;

/** Shapes of the parameters. */
export const SHAPES: Readonly<Record<string, readonly number[]>> = {
  x: [ROWS, COLUMNS],
  weight: [COLUMNS, COLUMNS],
  bias: [COLUMNS],
  gamma: [COLUMNS],
  positions: [LENGTH, COLUMNS],
  scalar: [1],
  column: [ROWS, 1],
};

type Step = (x: Tensor, y: Tensor, p: Groups) => Tensor;

const IDS = Array.from({ length: ROWS }, (_, row) => (row * 7) % LENGTH);

const apart: readonly Step[] = [
  (x, y) => add(x, y),
  (x, y) => sub(x, softmax(y)),
  (x, y) => mul(softmax(x), y),
  (x, _, p) => add(matmul(x, p.weight!), p.bias!),
  (x, _, p) => linear(x, p.weight!, p.bias!),
  (x, y, p) => linearAdd(x, p.weight!, p.bias!, y),
  (x) => mul(x, x),
  (x, _, p) => mul(x, p.scalar!),
  (x, _, p) => add(x, p.column!),
  (x, _, p) => matmulNT(gelu(x), p.weight!),
  (x, _, p) => layerNorm(x, p.gamma!, p.bias!, 0.1),
  (x, _, p) => add(x, gather(p.positions!, indices(IDS))),
  (x, _, p) => checkpoint(({ a, w }: Groups) => softmax(matmul(a!, w!)))({ a: x, w: p.weight! }),
];

const inSequences = (x: Tensor): Tensor => reshape(x, [SEQUENCES, LENGTH, COLUMNS]);

const mixing: readonly Step[] = [
  // Attention, also of one tensor in two or three places, whose terms must be added in the same order.
  (x, y) => attention(x, y, x, { heads: 2, length: LENGTH }),
  (x) => attention(x, x, x, { heads: 3, length: LENGTH }),
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
