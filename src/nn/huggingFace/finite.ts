// Refuses values of a file that no computation can go on with.
import { InputError } from '../../base/errors.ts';
import { BRAIN, HALF } from './narrowFloat.ts';
import type { StoredValues } from './storedValues.ts';

/** @throws InputError naming the place of the first value that is not finite */
export function checkFinite({ type, values }: StoredValues, place: string): void {
  if (!(values instanceof Uint16Array)) {
    for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) refuse(values[i]!, i, place);
    return;
  }
  // The exponent of what is not finite is all ones.
  const exponent = type === 'F16' ? 0x7c00 : 0x7f80;
  for (let i = 0; i < values.length; i++) {
    const bits = values[i]!;
    if ((bits & exponent) === exponent) refuse((type === 'F16' ? HALF : BRAIN).decode(bits), i, place);
  }
}

function refuse(found: number, at: number, place: string): never {
  throw new InputError(`${place}: expected finite numbers, found ${found} at index ${at}`);
}
