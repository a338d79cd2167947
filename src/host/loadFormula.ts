// Loads the weight formula of an objective from a module of the user.
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import type { Subject } from '../proofs/objectives/index.ts';
import { importFrom } from './loadModule.ts';

function hasWeights(value: unknown): value is Subject {
  return (
    typeof value === 'object' && value !== null && 'weights' in value && typeof value.weights === 'function'
  );
}

/** A function of field and batch as a formula. */
function isFunction(value: unknown): value is Subject['weights'] {
  return typeof value === 'function';
}

/**
 * The weight formula of a module: its export `weightFormula`, or its default export. The module is executed.
 * @throws InputError if the module cannot be loaded or has no such formula
 */
export async function loadFormula(path: string): Promise<Subject> {
  const value = await importFrom(path, 'weightFormula');
  if (isFunction(value)) return { weights: value };
  if (hasWeights(value) && !('loss' in value)) return value;
  const found = hasWeights(value)
    ? 'an objective, whose loss and weights are float64'
    : `a value of type ${value === null ? 'null' : typeof value}`;
  throw new InputError(
    `${showText(path)}: expected a function weightFormula(field, batch) or an object with such a function called weights, found ${found}`,
  );
}
