// The picture of C2 and C9: weights w_t of one trajectory's tokens, one row per estimator.
import { evaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { balanceTolerance } from '../../attribution/expectedGradient.ts';
import { batchOf, profilesOf } from '../../attribution/profiles.ts';
import { largest, spread } from '../../attribution/vectors.ts';
import { getObjective } from '../../objectives/index.ts';
import { randomPolicy } from '../../policy/random.ts';
import { leafOffset } from '../../policy/shape.ts';
import type { MapFigure } from '../figure.ts';
import type { Estimator } from './estimators.ts';

const SHAPE = { attempts: 2, length: 2, vocabulary: 2 };

/**
 * Weights in a fixed group of three on a small random policy: wrong at once, right at once, wrong and then right; the columns
 * are the tokens of the third.
 */
export function weightMap(seed: number, estimators: readonly Estimator[]): MapFigure {
  const target = [1, 0];
  const policy = evaluatedPolicy({
    ...randomPolicy(SHAPE, seed),
    reward: { kind: 'target', target, attemptCost: 0.05 },
  });
  const { graph } = policy;
  const wrong = 1;
  const right = 2;
  const shown = leafOffset(SHAPE, 2) + 4 * wrong + right;
  const rows = estimators.map(({ label, objective: name, options: raw, behaviour = 'policy' }) => {
    const { profiles, profileOf } = profilesOf(policy, behaviour, true);
    const objective = getObjective(name);
    const options = objective.parseOptions(raw);
    const group = [wrong, right, shown].map((leaf) => profiles[profileOf[leaf]!]!);
    const batch = batchOf(group, graph, options.critic === 'value');
    const weights = objective.weights(batch, options).subarray(batch.offsets[2]!);
    const balanced = spread(weights) <= balanceTolerance(largest(weights)).value;
    return { label, values: [...weights], note: balanced ? 'balanced' : 'not balanced' };
  });
  return {
    kind: 'map',
    title: 'Weights w_t of one trajectory, by estimator',
    caption:
      'A group of three: wrong and stopped, right and stopped, and the one shown, wrong, resampled, right. Every row is scaled ' +
      'by its largest weight. One colour along a row means that both roles are credited by one scalar.',
    columns: [
      { label: 'y₁₁', component: 'sample' },
      { label: 'y₁₂', component: 'sample' },
      { label: 'RESAMPLE', component: 'decision' },
      { label: 'y₂₁', component: 'sample' },
      { label: 'y₂₂', component: 'sample' },
    ],
    rows,
  };
}
