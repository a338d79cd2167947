// Planted: trajectories that are too long, and completions that were not drawn.

import { promptTokens } from '../../../src/audit/simulator/index.ts';
import type { Trajectory } from '../../../src/rollouts/index.ts';
import { type Case, type Planted, sound, standardised, withAdvantages } from './planted.ts';

const LIMIT = 10;

/** Rollouts many of which hit a limit. */
const limited = (seed: number): Case =>
  withAdvantages(sound({ seed, maxLength: LIMIT, prompts: 8 }), standardised);

/** The trajectory with its response once more, as after a resumed rollout. */
function resumed(t: Trajectory): Trajectory {
  const from = promptTokens(t);
  const numbers = (x: Float64Array): Float64Array => Float64Array.from([...x, ...x.subarray(from)]);
  const flags = (x: Uint8Array): Uint8Array => Uint8Array.from([...x, ...x.subarray(from)]);
  return {
    ...t,
    length: 2 * t.length - from,
    ids: Int32Array.from([...t.ids!, ...t.ids!.subarray(from)]),
    tokens: [...t.tokens!, ...t.tokens!.slice(from)],
    roles: flags(t.roles),
    mask: flags(t.mask),
    logProbs: numbers(t.logProbs!),
    oldLogProbs: numbers(t.oldLogProbs!),
    refLogProbs: numbers(t.refLogProbs!),
    samplerLogProbs: numbers(t.samplerLogProbs!),
    values: numbers(t.values!),
    returns: numbers(t.returns!),
    versions: numbers(t.versions!),
  };
}

/** budget-overrun: what was resumed had a whole budget once more. */
export const budgetOverrun: Planted = {
  code: 'budget-overrun',
  severity: 'warning',
  clean: limited,
  mistakes: {
    resumed: (seed) => {
      const { trajectories, setting } = limited(seed);
      let cut = 0;
      return {
        setting,
        trajectories: trajectories.map((t) => (t.truncated === true && cut++ % 4 === 0 ? resumed(t) : t)),
      };
    },
    declared: (seed) => {
      const { trajectories } = sound({ seed, objective: 'drGrpo', options: { maxLength: 120 } });
      const { setting } = sound({ seed, objective: 'drGrpo', prompts: 2, options: { maxLength: 20 } });
      return { setting, trajectories: trajectories.map(({ weights: _, ...t }) => t) };
    },
  },
};

/** duplicate-completions: two engines with one seed. */
export const duplicateCompletions: Planted = {
  code: 'duplicate-completions',
  severity: 'warning',
  clean: (seed) => withAdvantages(sound({ seed }), standardised),
  mistakes: {
    seeds: (seed) => {
      const { trajectories, setting } = sound({ seed });
      const copies = trajectories.map((t, i) =>
        i % 8 < 4 ? t : { ...trajectories[i - 4]!, place: t.place, microbatch: t.microbatch!, rank: t.rank! },
      );
      return withAdvantages({ setting, trajectories: copies }, standardised);
    },
  },
};
