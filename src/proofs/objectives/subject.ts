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

/**
 * The weights of a group at a random point.
 * @throws FormulaError naming the place where they are not one element for each token, or what the formula threw
 * @throws DivisionByZero where it divides by what is 0 at this point
 */
export function weightsAt(subject: Subject, point: Point, group: FormulaBatch<Element>): PerToken<Element> {
  let weights: unknown;
  try {
    weights = subject.weights(point, group);
  } catch (error) {
    if (error instanceof DivisionByZero || error instanceof FormulaError) throw error;
    const said = error instanceof Error ? `${error.name}: ${error.message}` : showValue(error);
    throw new FormulaError(`weights threw ${said}`, { cause: error });
  }
  return checkedWeights(weights, group);
}
