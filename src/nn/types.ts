// The type of the parameters of a network.
import type { FloatType, Parameters } from '../autodiff/index.ts';
import { InputError } from '../base/errors.ts';

/**
 * The one type of all parameters.
 * @throws InputError if there are several
 */
export function typeOfAll(parameters: Parameters): FloatType {
  const [first, ...rest] = Object.values(parameters).map(({ dtype }) => dtype);
  const other = rest.find((dtype) => dtype !== first);
  if (other !== undefined) throw new InputError(`decoder: parameters are of types ${first} and ${other}`);
  return first as FloatType;
}
