// What rounding explains of the difference of two ways to the square of a gradient.
import type { FloatType } from '../../autodiff/index.ts';
import type { Network } from '../../nn/index.ts';
import { UNIT_ROUNDOFF } from '../tolerance.ts';

/**
 * Roundings on the longest way from a weight to a log-prob: each block adds up its width in six products, the width of its MLP, and the
 * keys of its context; the head adds up the width and the vocabulary.
 */
function roundings({ config: { width, layers, context, vocabulary } }: Network): number {
  return layers * (10 * width + context) + width + vocabulary;
}

/**
 * What rounding explains of the difference of two ways to ‖g‖²: the norms of the trajectories' gradients, whose sum is as large as what is
 * added up without cancellation, by γ(n) of the longest way there and back.
 */
export function residualBound(
  network: Network,
  dtype: FloatType,
  trajectoryNorm: Float64Array,
  size: number,
): number {
  const unit = dtype === 'f64' ? UNIT_ROUNDOFF : 2 ** -24;
  const n = 2 * (roundings(network) + trajectoryNorm.length) * unit;
  const magnitude = trajectoryNorm.reduce((sum, x) => sum + x, 0);
  return ((n / (1 - n)) * magnitude) / size;
}
