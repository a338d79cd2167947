// What the engine and the recursions have for the statements of C5.
import { leafRatios } from '../../attribution/divergence.ts';
import { leafWeights, scoreGradient } from '../../attribution/scoreGradient.ts';
import { alongSize, byComponentAlong, engineKlGradient } from '../shared/alongDirection.ts';
import type { Library } from '../shared/inFloat64.ts';
import { gradient } from './statements.ts';

/** The engine's derivative of KL, and that of one log-ratio for each trajectory. */
const inReward: Library = (policy, { direction }) => {
  const { prob, logRatio } = leafRatios(policy);
  const weighted = prob.map((p, i) => (p === 0 ? 0 : p * logRatio[i]!));
  const shaping = scoreGradient(policy, leafWeights(policy.graph, weighted));
  return {
    left: byComponentAlong(policy, engineKlGradient(policy), direction!),
    right: byComponentAlong(policy, shaping, direction!),
    ...alongSize(policy, policy.logSize),
  };
};

/** Sides of the statements of C5, by the names of these. */
export const c5Library: Readonly<Record<string, Library>> = { [gradient.name]: inReward };
