// Refuses values of a file that no computation can go on with.
import { InputError } from '../../base/errors.ts';

/** @throws InputError naming the place of the first value that is not finite */
export function checkFinite(values: Float32Array | Float64Array, place: string): void {
  const at = values.findIndex((x) => !Number.isFinite(x));
  if (at >= 0) throw new InputError(`${place}: expected finite numbers, found ${values[at]} at index ${at}`);
}
