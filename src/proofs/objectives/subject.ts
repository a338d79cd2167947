// An objective whose weight formula is put to a proof: a built-in one with its options, or one of a user's module.
import type { Arithmetic } from '../../algebra/arithmetic.ts';
import { DivisionByZero } from '../../algebra/exactField.ts';
import { showValue } from '../../base/show.ts';
import type { FormulaBatch, PerToken } from '../../objectives/formulas/index.ts';
import { Element } from './element.ts';
import { FormulaError } from './formulaError.ts';
import type { Point } from './point.ts';

/** A weight formula with its options chosen. */
export interface Subject {
  weights<T>(field: Arithmetic<T>, batch: FormulaBatch<T>): PerToken<T>;
}

function list(value: unknown, length: number, place: string, of: string): readonly unknown[] {
  if (!Array.isArray(value) || value.length !== length) {
    const found = Array.isArray(value) ? `an array of ${value.length}` : showValue(value);
    throw new FormulaError(`${place}: expected an array of ${length} ${of}, found ${found}`);
  }
  return value;
}

/** The weights as a formula gave them at a random point. */
function checkedWeights(value: unknown, batch: FormulaBatch<Element>): PerToken<Element> {
  return list(value, batch.length, 'weights', 'trajectories').map((row, i) =>
    list(row, batch[i]!.tokens.length, `weights[${i}]`, 'tokens').map((one, t) => {
      if (one instanceof Element) return one;
      throw new FormulaError(
        `weights[${i}][${t}]: expected an element of the field, such as field.number(1), found ${showValue(one)}`,
      );
    }),
  );
}

/** Why a Promise is refused; what it is rejected with is no further error. */
function promised(weights: Promise<unknown>): FormulaError {
  weights.catch(() => undefined);
  return new FormulaError(
    'weights: expected an array, found a Promise; a formula is a function without async',
  );
}

/**
 * The weights of a group at a random point.
 * @throws FormulaError naming the place where they are not one element for each token, or what the formula threw
 * @throws DivisionByZero where it divides by what is 0 at this point
 */
export function weightsAt(subject: Subject, point: Point, group: FormulaBatch<Element>): PerToken<Element> {
  let weights: unknown;
  try {
    weights = subject.weights(point, group);
    if (weights instanceof Promise) throw promised(weights);
  } catch (error) {
    if (error instanceof DivisionByZero || error instanceof FormulaError) throw error;
    const said = error instanceof Error ? `${error.name}: ${error.message}` : showValue(error);
    throw new FormulaError(`weights threw ${said}`, { cause: error });
  }
  return checkedWeights(weights, group);
}

/** Whether two results are the same: residues where they are elements, and numbers. */
function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((x, i) => isSame(x, b[i]));
  if (a instanceof Element && b instanceof Element) return a.residue === b.residue;
  // Fractions and intervals are compared by nobody but float64, which has been asked before.
  return typeof a === 'object' || Object.is(a, b);
}

/** A formula of a user, called twice: what keeps a state or draws random numbers is no function of a batch. */
export function repeatable(subject: Subject): Subject {
  return {
    weights: (field, batch) => {
      const first = subject.weights(field, batch);
      if (isSame(first, subject.weights(field, batch))) return first;
      throw new FormulaError('weights: other weights when it is called again with the same batch');
    },
  };
}
