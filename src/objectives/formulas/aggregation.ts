// How tokens are added up, over any field: c_i of a trajectory, and the share a_t of a token in its segment.
import { type Arithmetic, sumOf } from '../../algebra/arithmetic.ts';
import type { AggregationOptions, Weighting } from '../loss/aggregation.ts';
import type { FormulaBatch, FormulaToken, FormulaTrajectory, PerToken } from './formula.ts';

/** L_i, the number of masked-in tokens. */
export function lengthOf<T>({ tokens }: FormulaTrajectory<T>): number {
  return tokens.filter((token) => token.mask).length;
}

/** 1/n, or 0 where n is 0. */
function reciprocal<T>(field: Arithmetic<T>, n: number): T {
  return n === 0 ? field.number(0) : field.div(field.number(1), field.number(n));
}

function total(lengths: readonly number[]): number {
  return lengths.reduce((sum, x) => sum + x, 0);
}

/** c_i of each trajectory. */
export function coefficientsOver<T>(
  field: Arithmetic<T>,
  { aggregation, maxLength, microBatchSize }: Omit<AggregationOptions, 'update'>,
  lengths: readonly number[],
): T[] {
  const count = lengths.length;
  switch (aggregation) {
    case 'tokenMean':
      return lengths.map(() => reciprocal(field, total(lengths)));
    case 'sequenceMean':
      return lengths.map((length) => reciprocal(field, count * length));
    case 'sequenceSum':
      return lengths.map(() => reciprocal(field, count));
    case 'constant':
      return lengths.map(() => reciprocal(field, count * maxLength));
    case 'microBatchMean':
      return lengths.map((_, i) => {
        const from = i - (i % microBatchSize);
        const own = total(lengths.slice(from, from + microBatchSize));
        return reciprocal(field, own * Math.ceil(count / microBatchSize));
      });
  }
}

/** The segment of a token in its trajectory. */
export function segmentOf<T>({ attempt, component }: FormulaToken<T>): string {
  return `${component} ${attempt}`;
}

/** a_t: 1, or 1/|segment of t|; 0 on masked-out tokens. */
export function sharesOver<T>(
  field: Arithmetic<T>,
  weighting: Weighting,
  batch: FormulaBatch<T>,
): PerToken<T> {
  return batch.map(({ tokens }) => {
    const counted = tokens.filter((token) => token.mask).map(segmentOf);
    return tokens.map((token) => {
      if (!token.mask) return field.number(0);
      if (weighting === 'token') return field.number(1);
      return reciprocal(field, counted.filter((segment) => segment === segmentOf(token)).length);
    });
  });
}

/** The same element on every token of a trajectory. */
export function spreadOver<T>(batch: FormulaBatch<T>, perTrajectory: readonly T[]): PerToken<T> {
  return batch.map(({ tokens }, i) => tokens.map(() => perTrajectory[i]!));
}

/** Π of elements; 1 of none. */
export function productOf<T>(field: Arithmetic<T>, elements: readonly T[]): T {
  return elements.reduce(field.mul, field.number(1));
}

/** The mean of n elements. */
export function meanOf<T>(field: Arithmetic<T>, elements: readonly T[]): T {
  return field.div(sumOf(field, elements), field.number(elements.length));
}
