// Parameters that are given when they are needed, so that a network can run part by part without all of them in memory at full width.
import type { FloatType, Parameters, Tensor } from '../autodiff/index.ts';
import { InputError } from '../base/errors.ts';
import { showValue } from '../base/show.ts';

/** Where the parameters of a network are. */
export interface WeightSource {
  /** The type in which they are given. */
  readonly dtype: FloatType;
  /**
   * The parameters with these paths. What is made for it belongs to the scope around; what was in memory before stays.
   * @throws InputError if there is none with such a path, or it cannot be read
   */
  load(paths: readonly string[]): Parameters;
}

/**
 * Parameters that are in memory as tensors.
 * @throws InputError if there are none, or they are of several types
 */
export function weightsInMemory(parameters: Parameters): WeightSource {
  const types = new Set(Object.values(parameters).map(({ dtype }) => dtype));
  const [dtype] = types;
  if (types.size !== 1) {
    throw new InputError(
      `weights: expected parameters of one type, found ${[...types].join(', ') || 'none'}`,
    );
  }
  return {
    dtype: dtype as FloatType,
    load: (paths) =>
      Object.fromEntries(
        paths.map((path): [string, Tensor] => {
          const found = parameters[path];
          if (found === undefined) throw new InputError(`weights: there is no parameter ${showValue(path)}`);
          return [path, found];
        }),
      ),
  };
}
