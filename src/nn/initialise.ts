// Parameters at the beginning of training.
import { type FloatType, full, type Tensor, tensor } from '../autodiff/index.ts';
import type { RandomStream } from '../base/random.ts';
import { sizeOf } from '../tensor/shape.ts';
import type { ParameterSpec } from './layout.ts';

/**
 * One tensor per parameter. Each is drawn from a random stream of its own, derived from its path, so adding or removing a parameter
 * leaves the values of the others as they are.
 * @returns by path, tensors of the shapes that the layout names
 */
export function initialise(
  layout: readonly ParameterSpec[],
  random: RandomStream,
  dtype: FloatType = 'f32',
): Record<string, Tensor> {
  return Object.fromEntries(layout.map((spec) => [spec.path, begin(spec, random.split(spec.path), dtype)]));
}

function begin({ shape, initial }: ParameterSpec, random: RandomStream, dtype: FloatType): Tensor {
  if ('value' in initial) return full(shape, initial.value, dtype);
  const values = new Float64Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = initial.deviation * random.normal();
  return tensor(values, { shape, dtype });
}
