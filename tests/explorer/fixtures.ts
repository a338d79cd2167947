// Rollouts for tests of the explorer: seeded, with two attempts, references, steps and groups; and the data of their page.
import { attribute, fromResponses } from '../../src/analyses/attribute/index.ts';
import { responsesOf } from '../../src/attribution/index.ts';
import { randomStream } from '../../src/base/random.ts';
import { attributionExplorer } from '../../src/explorer/attributed.ts';
import { collectExplorer, type ExplorerRequest } from '../../src/explorer/collect.ts';
import { gpt2, weightsInMemory } from '../../src/nn/index.ts';
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

/** Ids that the attributed model has for the tokens of `rollouts`. */
const VOCABULARY = ['What', ' ?', ' again', ' stop', ...Array.from({ length: 50 }, (_, k) => ` ${k}`)];

/** An attribution of rollouts at a small random model, and the data of its page. */
export async function attributed(name: string, given: RawOptions) {
  const { objective, options } = chooseObjective(name, given);
  const responses = responsesOf(
    rollouts().map((own) => {
      const tokens = own.tokens!;
      return { ...own, tokens, ids: Int32Array.from(tokens, (text) => VOCABULARY.indexOf(text)) };
    }),
    { context: 16 },
  );
  const vocabulary = VOCABULARY.length;
  const network = gpt2({ vocabulary, context: 16, width: 8, layers: 1, heads: 2, tied: true });
  const weights = weightsInMemory(network.initial(randomStream(1, 'model'), 'f64'));
  const subject = fromResponses(responses, { checkpoint: 'model', network, weights, objective, options });
  const found = await attribute(subject, { by: 'group', influence: 'all', check: 0, seed: 0 });
  const document = { ...found, peakMiB: 1, seconds: 1 };
  return { subject, document, data: attributionExplorer(subject, document) };
}
