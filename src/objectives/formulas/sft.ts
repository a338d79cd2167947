// The weights of SFT over any field: w_t = c_i·a_t.
import type { Arithmetic } from '../../algebra/arithmetic.ts';
import type { SftOptions } from '../sft.ts';
import { coefficientsOver, lengthOf, segmentOf, sharesOver } from './aggregation.ts';
import type { FormulaBatch, FormulaTrajectory, WeightFormula } from './formula.ts';
import { carriesGradient } from './policyGradient.ts';

/** The trajectory without the sample tokens of attempts that were given up. */
function withoutWrongAttempts<T>(trajectory: FormulaTrajectory<T>): FormulaTrajectory<T> {
  const last = trajectory.tokens.reduce((most, { attempt }) => Math.max(most, attempt), 0);
  const tokens = trajectory.tokens.map((token) =>
    token.component === 'sample' && token.attempt < last ? { ...token, mask: false } : token,
  );
  return { ...trajectory, tokens };
}

function countOf<T>(trajectory: FormulaTrajectory<T>, { segmentWeight }: SftOptions): number {
  if (segmentWeight === 'token') return lengthOf(trajectory);
  return new Set(trajectory.tokens.filter((token) => token.mask).map(segmentOf)).size;
}

/** w_t = c_i·a_t with a_t = 1 or 1/|segment of t|. */
export const sftFormula: WeightFormula<SftOptions> = {
  weights<T>(field: Arithmetic<T>, whole: FormulaBatch<T>, options: SftOptions) {
    const batch = options.wrongAttempts === 'masked' ? whole.map(withoutWrongAttempts) : whole;
    const shares = sharesOver(field, options.segmentWeight, batch);
    const c = coefficientsOver(
      field,
      options,
      batch.map((one) => countOf(one, options)),
    );
    return batch.map(({ tokens }, i) =>
      tokens.map((token, t) =>
        carriesGradient(token, options.update) ? field.mul(c[i]!, shares[i]![t]!) : field.number(0),
      ),
    );
  },
};
