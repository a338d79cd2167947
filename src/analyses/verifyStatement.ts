// `verify --statement`: one statement in words of the claims' quantities on one policy, in float64 or in fractions.
import { DivisionByZero } from '../algebra/exactField.ts';
import { exactly } from '../attribution/tolerance.ts';
import { InputError } from '../base/errors.ts';
import { randomStream } from '../base/random.ts';
import { check } from '../claims/check.ts';
import type { Claim, Findings } from '../claims/claim.ts';
import { inFloat64 } from '../claims/shared/inFloat64.ts';
import type { TabularPolicy } from '../policy/tabular.ts';
import { ENCLOSED as enclosed } from '../proofs/inRationals.ts';
import { exactComparison, gapOn, onPolicy, SAYS_NOTHING } from '../proofs/onPolicy.ts';
import { readStatement } from '../proofs/refute/index.ts';
import type { ShownGap } from './gaps.ts';

/** The statement as a claim with one check, and both of its sides. */
export interface StatementOnPolicy {
  readonly claim: Claim;
  readonly gap: ShownGap;
}

/**
 * Puts a statement to a policy.
 * @param source the name of the policy in messages
 * @param exact in fractions, or in intervals where the statement reads logarithms
 * @throws InputError with a caret where the statement cannot be read; if it speaks of another shape, or something is divided by 0
 */
export function statementOnPolicy(
  text: string,
  policy: TabularPolicy,
  source: string,
  exact: boolean,
): StatementOnPolicy {
  const { statement, above, length } = readStatement(text);
  if (length !== undefined && policy.shape.length !== length) {
    throw new InputError(
      `${source}: length: expected ${length}, the largest L of the statement, found ${policy.shape.length}`,
    );
  }
  const put = onPolicy(statement, policy, source, { symbols: {} });
  const found = gapOn(put, above, exact);
  if (found === undefined) throw new InputError(`${source}: ${SAYS_NOTHING}`);
  const name = above ? 'left ≤ right' : 'left = right';
  const { fractions } = put;
  const run = (): Findings => {
    const { comparison, tolerance } =
      exact && fractions !== undefined
        ? {
            comparison: exactComparison(put, fractions, above),
            tolerance: statement.readsLogs === true ? enclosed : exactly,
          }
        : float(put, above);
    return { checks: [check(name, comparison, tolerance)], controls: [], figures: [] };
  };
  return {
    claim: {
      id: 'statement',
      title: 'Your statement',
      statement: statement.name,
      formulas: [],
      assumptions: [],
      run,
    },
    gap: { statement: statement.name, symbols: 'none', ...found },
  };
}

type Put = ReturnType<typeof onPolicy>;

function float({ statement, evaluated }: Put, above: boolean): ReturnType<typeof inFloat64> {
  try {
    return inFloat64(statement, evaluated, randomStream(1, 'statement'), { above });
  } catch (error) {
    if (error instanceof DivisionByZero) throw new InputError(`statement: ${SAYS_NOTHING}`);
    throw error;
  }
}
