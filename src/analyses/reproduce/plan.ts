// The plan of an experiment: a base, and from it SFT and RL on as many trajectories, RL also with one component only.
import { InputError } from '../../base/errors.ts';
import type { ModelName } from '../../documents/reproduce.ts';
import { configValue, episodesOfStep, parseConfig, type TrainingConfig } from '../../training/index.ts';

/** What an experiment is about. */
export interface Plan {
  readonly preset: string;
  readonly seeds: number;
  readonly quick: boolean;
  /** Episodes a split, a model and a seed. */
  readonly episodes: number;
  /** The preset's configuration with the user's changes: base, and the RL phase. */
  readonly config: TrainingConfig;
}

/** Seeds of the whole experiment, unless asked otherwise, and of a quick one. */
export const SEEDS = { full: 5, quick: 3 } as const;

/** Episodes a split, a model and a seed, likewise. */
export const EPISODES = { full: 1000, quick: 500 } as const;

/** A quick experiment does these shares of the steps of each phase. */
const QUICK = { base: 0.5, train: 0.3 } as const;

type Value = Record<'base' | 'train', Record<string, unknown>> & Record<string, unknown>;

/**
 * The configuration of every model. All have the same base; that of `base` ends there.
 * @throws InputError if the phase after the base is not RL
 */
export function configsOf({ config, quick }: Plan): Record<ModelName, TrainingConfig> {
  const { learnsFrom, objective } = config.train;
  if (learnsFrom !== 'episodes') {
    throw new InputError(`reproduce: train.objective must be an objective of RL, found ${objective}`);
  }
  const whole = configValue(config) as Value;
  const shorter = (phase: 'base' | 'train'): Record<string, unknown> => {
    const steps = Number(whole[phase].steps);
    return { ...whole[phase], steps: quick ? Math.ceil(steps * QUICK[phase]) : steps };
  };
  const value = { ...whole, base: shorter('base'), train: shorter('train') };
  const of = (train: Record<string, unknown>): TrainingConfig =>
    parseConfig({ ...value, train }, 'reproduce');
  const { base, train } = value;
  const rl = of({ ...train, update: 'both' });
  const perStep = episodesOfStep(rl.base);
  return {
    base: of({ ...train, steps: 0 }),
    sft: of({ ...base, steps: Math.ceil(trajectoriesOf(rl) / perStep) }),
    rl,
    rlSample: of({ ...train, update: 'sample' }),
    rlDecision: of({ ...train, update: 'decision' }),
  };
}

/** Trajectories that the phase after the base learns from. */
export function trajectoriesOf({ train }: TrainingConfig): number {
  return train.loop.steps * episodesOfStep(train);
}
