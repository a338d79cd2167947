// Advantages whitened over the whole batch: mean 0 and standard deviation 1, over tokens or over trajectories.
import {
  AT_LEAST_ZERO,
  choiceOption,
  numberOption,
  type OptionsOf,
  withDefault,
} from '../../base/options.ts';
import { offsets, rootMeanSquare } from './grouped.ts';

/** How advantages are whitened. */
export function whiteningOptions(over: 'token' | 'trajectory', epsilonIn: 'variance' | 'std') {
  return {
    whitenOver: withDefault(
      choiceOption(
        ['token', 'trajectory'],
        'Whether advantages are whitened over the tokens of the batch, so that A_i counts L_i times, or over its trajectories.',
      ),
      over,
    ),
    whitenDdof: numberOption(
      1,
      { expected: '0 or 1', holds: (x) => x === 0 || x === 1 },
      'The variance of the batch divides by n − whitenDdof.',
    ),
    whitenEpsilon: numberOption(1e-8, AT_LEAST_ZERO, 'The ε of the division by the standard deviation.'),
    whitenEpsilonIn: withDefault(
      choiceOption(
        ['variance', 'std'],
        'Where whitenEpsilon is added: to the variance, or to its root, the standard deviation.',
      ),
      epsilonIn,
    ),
  };
}

/** Values of `whiteningOptions`. */
export type WhiteningOptions = OptionsOf<ReturnType<typeof whiteningOptions>>;

/**
 * (A_i − mean)/std over the batch; [B] → [B]. Where all that counts is equal, 0.
 * @param length L_i, [B]
 */
export function whitened(
  advantage: Float64Array,
  length: Float64Array,
  { whitenOver, whitenDdof, whitenEpsilon, whitenEpsilonIn }: WhiteningOptions,
): Float64Array {
  const count = whitenOver === 'token' ? length : length.map(() => 1);
  const n = count.reduce((sum, x) => sum + x, 0);
  const first = count.findIndex((x) => x > 0);
  if (first < 0) return advantage.map(() => 0);
  // Differences to a value that counts: equal values become exactly 0.
  const d = offsets(Float64Array.of(advantage[first]!, ...advantage)).subarray(1);
  const mean = d.reduce((sum, x, i) => sum + count[i]! * x, 0) / n;
  const deviation = d.map((x) => x - mean);
  const std = rootMeanSquare(
    deviation.map((x, i) => Math.sqrt(count[i]!) * x),
    n - whitenDdof,
  );
  const divisor = whitenEpsilonIn === 'variance' ? Math.sqrt(std * std + whitenEpsilon) : std + whitenEpsilon;
  return deviation.map((x) => (x === 0 || std === 0 ? 0 : x / divisor));
}
