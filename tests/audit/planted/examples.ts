// A planted mistake for each code, for the page that explains them: simulated rollouts in which it is found.
import type { Setting } from '../../../src/audit/index.ts';
import {
  type Mistake,
  plant,
  type SimulationSetting,
  settingOf,
  simulate,
} from '../../../src/audit/simulator/index.ts';
import type { Trajectory } from '../../../src/rollouts/index.ts';
import * as divisions from './divisions.ts';
import * as groups from './groups.ts';
import * as lengths from './lengths.ts';
import * as logProbs from './logProbs.ts';
import { cleanOf } from './mistake.ts';
import type { Planted } from './planted.ts';
import * as scores from './scores.ts';
import { planted as terms } from './terms.ts';
import * as tokenAdvantages from './tokenAdvantages.ts';
import * as votes from './votes.ts';
import { weightMistakes } from './weights.ts';

/** Rollouts in which a code must be found. */
export interface Example {
  readonly code: string;
  make(): { readonly trajectories: readonly Trajectory[]; readonly setting: Setting };
}

/** Enough tokens for rules about log-probs. */
export const LARGE: Partial<SimulationSetting> = { seed: 5, prompts: 10, groupSize: 8 };

/** Mistakes about log-probs. */
export const ofLogProbs: readonly (readonly [
  code: string,
  given: Partial<SimulationSetting>,
  mistake: Mistake,
])[] = [
  ['logprob-positive', {}, logProbs.sentinel],
  ['logprob-nonfinite', {}, logProbs.nonfinite],
  ['nan-under-mask', { toolRate: 0.05 }, logProbs.nanAtTools],
  ['placeholder-logprob', {}, logProbs.appendedEnd],
  ['temperature-missing', { temperature: 0.6 }, logProbs.untemperedTrainer],
  ['truncated-sampling', { topP: 0.95 }, logProbs.afterTheCut],
  ['sampled-logprob-wrong', {}, logProbs.topInstead],
  ['shifted-by-one', {}, logProbs.shifted(1)],
  ['retokenised', {}, logProbs.otherTokens],
  ['sampler-mismatch', {}, logProbs.noisySampler],
  ['dropout-in-old', {}, logProbs.dropout],
  ['ref-temperature', { temperature: 0.7, firstStep: 0 }, logProbs.untemperedReference],
  ['critic-tempered', { prompts: 20 }, logProbs.temperedCritic(0.7)],
  ['ratio-one-stale', { lag: 4, drift: 0.03, firstStep: 8 }, logProbs.recomputed],
];

const ofGroups = [divisions, groups, lengths, scores, tokenAdvantages, votes].flatMap((module): Planted[] =>
  Object.values(module),
);

/** One example or more for most codes; the first one of a code is shown. */
export const examples: readonly Example[] = [
  ...ofGroups.map(({ code, mistakes }) => ({ code, make: () => Object.values(mistakes)[0]!(1) })),
  ...Object.values(terms).map(({ code, planted }) => ({ code, make: () => planted })),
  ...ofLogProbs.map(([code, given, mistake]) => ({
    code,
    make: () => {
      const simulated = plant(simulate({ ...LARGE, ...given }), mistake);
      return { trajectories: simulated.trajectories, setting: settingOf(simulated) };
    },
  })),
  ...weightMistakes.map((mistake) => ({
    code: mistake.code,
    make: () => {
      const simulated = mistake.alter(cleanOf(mistake));
      return { trajectories: simulated.trajectories, setting: settingOf(simulated) };
    },
  })),
];
