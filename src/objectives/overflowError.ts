// The error of a loss or of weights that the type cannot hold.
import { InputError } from '../base/errors.ts';

/** A number of a loss or of its gradient is beyond the type. */
export class OverflowError extends InputError {
  override readonly name: string = 'OverflowError';
}
