// A weight formula of one line, for tests.
import type { Arithmetic } from '../../../src/algebra/arithmetic.ts';
import type { FormulaBatch, FormulaToken, PerToken } from '../../../src/objectives/formulas/index.ts';
import type { Subject } from '../../../src/proofs/objectives/index.ts';

/** A formula that gives every token what `weight` says. */
export const formula = (
  weight: <T>(field: Arithmetic<T>, reward: T, token: FormulaToken<T>, batch: FormulaBatch<T>) => T,
): Subject => ({
  weights: <T>(field: Arithmetic<T>, batch: FormulaBatch<T>): PerToken<T> =>
    batch.map(({ reward, tokens }) =>
      tokens.map((token) => field.div(weight(field, reward, token, batch), field.number(batch.length))),
    ),
});
