// The picture of C2 and C9: weights w_t of a group of three trajectories, one row per estimator.
import { evaluatedPolicy } from '../../attribution/evaluatedPolicy.ts';
import { getObjective } from '../../objectives/index.ts';
import { randomPolicy } from '../../policy/random.ts';
import { leafOffset } from '../../policy/shape.ts';
import type { MapFigure } from '../figure.ts';
import type { Estimator } from './estimators.ts';
import { groupWeights, type NamedObjective } from './groupWeights.ts';

const SHAPE = { attempts: 2, length: 2, vocabulary: 2 };

function named({ label, objective: name, options: raw, behaviour = 'policy' }: Estimator): NamedObjective {
  const objective = getObjective(name);
  return { label, objective, options: objective.parseOptions(raw), behaviour };
}

/** Weights in a fixed group of three on a small random policy: wrong at once, right at once, wrong and then right. */
export function weightMap(seed: number, estimators: readonly Estimator[]): MapFigure {
  const target = [1, 0];
  const policy = evaluatedPolicy({
    ...randomPolicy(SHAPE, seed),
    reward: { kind: 'target', target, attemptCost: 0.05 },
  });
  const wrong = 1;
  const right = 2;
  const group = [
    { leaf: wrong, label: 'wrong, stopped' },
    { leaf: right, label: 'right, stopped' },
    { leaf: leafOffset(SHAPE, 2) + 4 * wrong + right, label: 'wrong, resampled, right' },
  ];
  return groupWeights(policy, group, estimators.map(named), {
    title: 'Weights w_t of a group of three trajectories, by estimator',
    caption:
      'Every row has one scale for the whole group. One colour within a trajectory means that both roles are credited by one ' +
      'scalar. The two right trajectories earn nearly the same: where their colours differ, an estimator is biased between them.',
  });
}
