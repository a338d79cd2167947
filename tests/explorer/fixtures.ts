// Rollouts for tests of the explorer: seeded, with two attempts, references, steps and groups; and the data of their page.
import { randomStream } from '../../src/base/random.ts';
import { collectExplorer, type ExplorerRequest } from '../../src/explorer/collect.ts';
import { chooseObjective, type RawOptions } from '../../src/objectives/index.ts';
import { ROLES, type Role, type Trajectory } from '../../src/rollouts/index.ts';

/** What the rollouts are like. */
export interface RolloutSetting {
  readonly groups?: number;
  readonly inGroup?: number;
  readonly steps?: number;
  /** Sample tokens of each attempt. */
  readonly length?: number;
}

/** Trajectories of up to two attempts; a correct one has reward 1. */
export function rollouts({
  groups = 3,
  inGroup = 4,
  steps = 1,
  length = 4,
}: RolloutSetting = {}): Trajectory[] {
  const random = randomStream(7, 'explorer');
  const trajectories: Trajectory[] = [];
  for (let step = 0; step < steps; step++) {
    for (let g = 0; g < groups; g++) {
      for (let k = 0; k < inGroup; k++) {
        const attempts = 1 + Number(random.uniform() < 0.5);
        const roles: Role[] = ['prompt', 'prompt'];
        const tokens = ['What', ' ?'];
        for (let a = 0; a < attempts; a++) {
          for (let t = 0; t < length; t++) {
            roles.push('sample');
            tokens.push(` ${Math.floor(50 * random.uniform())}`);
          }
          roles.push('decision');
          tokens.push(a + 1 < attempts ? ' again' : ' stop');
        }
        const n = roles.length;
        const logProbs = Float64Array.from(roles, (role) =>
          role === 'prompt' ? Number.NaN : -0.05 - 2 * random.uniform(),
        );
        const near = (spread: number): Float64Array =>
          logProbs.map((x) => Math.min(-1e-3, x + spread * (random.uniform() - 0.5)));
        const isCorrect = (k + g) % 3 !== 0;
        trajectories.push({
          place: { file: 'rollouts.jsonl', line: trajectories.length + 1 },
          length: n,
          unit: 'tokens',
          tokens,
          roles: Uint8Array.from(roles, (role) => ROLES.indexOf(role)),
          mask: Uint8Array.from(roles, (role) => Number(role !== 'prompt')),
          isMaskLogged: true,
          areRolesLogged: true,
          logProbs,
          oldLogProbs: near(0.6),
          refLogProbs: near(1),
          samplerLogProbs: near(0.2),
          values: logProbs.map(() => random.uniform()),
          reward: Number(isCorrect) - 0.1 * (attempts - 1),
          rewards: { answer: Number(isCorrect), cost: -0.1 * (attempts - 1) },
          correct: isCorrect,
          truncated: k === 3,
          group: `q${g}`,
          ...(steps > 1 ? { step: step + 1 } : {}),
        });
      }
    }
  }
  return trajectories;
}

/** The objective of that name, as a user chooses it. */
export function chosen(name: string, options: RawOptions = {}) {
  const { objective, options: complete } = chooseObjective(name, options);
  return { objective, options: complete, from: 'user' as const };
}

/** The data of the page of an audit under an objective. */
export const dataOf = (
  trajectories: readonly Trajectory[],
  name = 'grpo',
  more: Partial<ExplorerRequest> = {},
) => collectExplorer(() => trajectories, { chosen: chosen(name), findings: [], ...more });
