// The work of an experiment as jobs: plain data for worker threads, each after those that it needs.
import { join } from 'node:path';
import { MODELS } from '../../analyses/reproduce/models.ts';
import { configsOf, type Plan } from '../../analyses/reproduce/plan.ts';
import type { ModelName } from '../../documents/reproduce.ts';
import type { PooledJob } from '../jobs/pool.ts';
import type { RunConfig } from '../run/config.ts';
import { evaluationCost, phaseCost } from './cost.ts';

/** Trains a model in a folder, or resumes there. */
export interface TrainJob {
  readonly kind: 'train';
  readonly dir: string;
  readonly run: RunConfig;
  /** The folder of the run whose last checkpoint it begins with, if it does not begin anew. */
  readonly from: string | null;
  /** The rollouts of every so many steps are written; those of none if left out. */
  readonly logRollouts?: number;
}

/** Measures the models of a seed and writes what was found. */
export interface EvaluateJob {
  readonly kind: 'evaluate';
  readonly seed: number;
  /** The folder of the seed. */
  readonly dir: string;
  readonly episodes: number;
  /** The sha256 of the experiment's settings; undefined for one of version 0.2.0. */
  readonly settings: string | undefined;
}

/** A job with its place among the others. */
export interface Job extends PooledJob {
  readonly task: TrainJob | EvaluateJob;
}

/** The seeds of an experiment. */
export function seedsOf({ seeds }: Plan): number[] {
  return Array.from({ length: seeds }, (_, i) => i + 1);
}

/** The folder of a seed. */
export function seedFolder(dir: string, seed: number): string {
  return join(dir, `seed-${seed}`);
}

function trainJob(plan: Plan, dir: string, seed: number, model: ModelName, logRollouts?: number): Job {
  const config = configsOf(plan)[model];
  const folder = seedFolder(dir, seed);
  const isBase = model === 'base';
  const run: RunConfig = { preset: plan.preset, seed, config };
  return {
    name: `seed ${seed} ${model}`,
    after: isBase ? [] : [`seed ${seed} base`],
    cost: phaseCost(isBase ? config.base : config.train),
    task: {
      kind: 'train',
      dir: join(folder, model),
      run,
      from: isBase ? null : join(folder, 'base'),
      ...(logRollouts === undefined ? {} : { logRollouts }),
    },
  };
}

/**
 * All jobs of an experiment in a folder: what takes longest to unlock others comes first.
 * @param logRollouts the rollouts of every so many steps are written; those of none if left out
 */
export function jobsOf(plan: Plan, dir: string, settings?: string, logRollouts?: number): Job[] {
  const seeds = seedsOf(plan);
  const { episodes } = plan;
  const bases = seeds.map((seed) => trainJob(plan, dir, seed, 'base', logRollouts));
  const rest = seeds.flatMap((seed) => {
    const trained = MODELS.filter((model) => model !== 'base').map((model) =>
      trainJob(plan, dir, seed, model, logRollouts),
    );
    const evaluation: Job = {
      name: `seed ${seed} evaluation`,
      after: trained.map(({ name }) => name),
      cost: evaluationCost(episodes),
      task: { kind: 'evaluate', seed, dir: seedFolder(dir, seed), episodes, settings },
    };
    return [...trained, evaluation];
  });
  return [...bases, ...rest];
}
