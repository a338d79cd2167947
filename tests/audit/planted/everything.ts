// Every planted mistake with the rollouts before it, for tests that go through all of them.
import type { Severity } from '../../../src/audit/index.ts';
import { ALL_FIELDS, plant, settingOf, simulate } from '../../../src/audit/simulator/index.ts';
import * as divisions from './divisions.ts';
import { LARGE, ofLogProbs } from './examples.ts';
import * as groups from './groups.ts';
import * as lengths from './lengths.ts';
import * as logProbs from './logProbs.ts';
import { cleanOf } from './mistake.ts';
import type { Case, Planted } from './planted.ts';
import * as scores from './scores.ts';
import { planted as terms } from './terms.ts';
import * as tokenAdvantages from './tokenAdvantages.ts';
import { turns, withoutThoughts } from './turns.ts';
import * as votes from './votes.ts';
import { weightMistakes } from './weights.ts';

/** A mistake, and the rollouts before it. */
export interface AnyPlanted {
  readonly code: string;
  /** Which of several ways in which the code shows; empty where there is one. */
  readonly way: string;
  /** Left out where the code shows with several severities. */
  readonly severity?: Severity;
  clean(): Case;
  bad(): Case;
}

const ofGroups = [divisions, groups, lengths, scores, tokenAdvantages, votes].flatMap((module): Planted[] =>
  Object.values(module),
);

/** Mistakes that show over the versions of a policy, or as a divergence. */
const overTime: typeof ofLogProbs = [
  ['kl-negative', { firstStep: 60 }, logProbs.allSwapped],
  ['mixed-versions', {}, logProbs.laterVersion],
  [
    'mixed-versions',
    {
      seed: 2,
      lengths: { kind: 'uniform', mean: 90, spread: 0 },
      maxLength: 200,
      fields: { ...ALL_FIELDS, versions: false },
    },
    logProbs.olderBeginning,
  ],
  [
    'stale-kv',
    { seed: 4, steps: 8, prompts: 3, firstStep: 1, mismatch: 0.03, groupSize: 8 },
    logProbs.staleCache(0.25),
  ],
];

/** All of them. */
export const everything: readonly AnyPlanted[] = [
  ...ofGroups.flatMap(({ code, severity, clean, mistakes }) =>
    Object.entries(mistakes).map(([way, bad]) => ({
      code,
      severity,
      way,
      clean: () => clean(1),
      bad: () => bad(1),
    })),
  ),
  ...Object.entries(terms).map(([way, { code, severity, clean, planted }]) => ({
    ...{ code, severity, way },
    clean: () => clean,
    bad: () => planted,
  })),
  ...[...ofLogProbs, ...overTime].map(([code, given, mistake]) => {
    const make = (isBad: boolean): Case => {
      const clean = simulate({ ...LARGE, ...given });
      return {
        trajectories: (isBad ? plant(clean, mistake) : clean).trajectories,
        setting: settingOf(clean),
      };
    };
    return { code, way: '', clean: () => make(false), bad: () => make(true) };
  }),
  ...weightMistakes.map((mistake) => {
    const make = (isBad: boolean): Case => {
      const clean = cleanOf(mistake);
      const { trajectories } = isBad ? mistake.alter(clean) : clean;
      return { trajectories, setting: settingOf(clean) };
    };
    return {
      ...{ code: mistake.code, severity: mistake.severity, way: '' },
      clean: () => make(false),
      bad: () => make(true),
    };
  }),
  {
    ...{ code: 'history-edited', severity: 'error', way: '' },
    clean: () => ({ trajectories: turns(6, (drawn) => drawn), setting: {} }),
    bad: () => ({ trajectories: turns(6, withoutThoughts), setting: {} }),
  },
];
