// A policy that was given by odds, over ℚ.
import { binaryFraction } from '../../algebra/fraction.ts';
import { type RationalArray, rationalField } from '../../algebra/rationals.ts';
import { leafFractions, slotOdds } from '../../policy/fractions.ts';
import type { TabularPolicy } from '../../policy/tabular.ts';
import { logRatio } from '../divergence.ts';
import { evaluatedPolicy } from '../evaluatedPolicy.ts';
import type { PolicyOver } from '../policyOver.ts';
import { checkFractionSize } from './fractionSize.ts';
import { probabilitiesFromOdds } from './tables.ts';

/**
 * A policy over ℚ: its probabilities are odds over the sums of their rows. Logarithms of fractions are none, so that its log-ratios are
 * stand-ins: the numbers of float64, each as the fraction over a power of two that it is. An identity that holds for free log-ratios holds
 * for these.
 * @param source the name of the policy in messages
 * @param work how much computation its fractions may need, as `checkFractionSize` counts it
 * @throws InputError if the policy or its reference was given by logits, or if fractions become too long
 */
export function policyInRationals(
  policy: TabularPolicy,
  source: string,
  work?: number,
): PolicyOver<RationalArray> {
  const odds = slotOdds(policy, source);
  const evaluated = evaluatedPolicy(policy);
  const { graph } = evaluated;
  const reward = leafFractions(policy);
  checkFractionSize(graph, odds, reward, source, work);
  return {
    field: rationalField,
    graph,
    prob: probabilitiesFromOdds<RationalArray>(rationalField, graph, odds.policy),
    refProb: probabilitiesFromOdds<RationalArray>(rationalField, graph, odds.reference),
    logRatio: Array.from(logRatio(evaluated, evaluated.reference), binaryFraction),
    reward,
  };
}
