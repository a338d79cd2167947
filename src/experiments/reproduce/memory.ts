// Whether this process has the memory that an experiment needs: for its workers, for the episodes of a seed, and for all seeds.
import { PLAYS } from '../../analyses/reproduce/evaluateSeed.ts';
import { MODELS } from '../../analyses/reproduce/models.ts';
import { configsOf, type Plan } from '../../analyses/reproduce/plan.ts';
import { checkMemory, type MemoryBytes } from '../../base/memory.ts';
import { memoryLimits } from '../../host/memoryLimits.ts';
import { MOST_KERNEL_BYTES } from '../../kernels/wasm/instantiate.ts';
import type { Task } from '../../tasks/index.ts';
import { checkEpisodeMemory, checkTrainingMemory, trainingMemory } from '../../training/index.ts';
import { taskOf } from '../run/config.ts';
import type { AskedEpisodes } from '../run/memory.ts';

/** Bytes of the host for the jobs of a seed and what is measured at it; measured 60 000. */
const HOST_PER_SEED = 120_000;

/** The episodes that the evaluation of a seed keeps: of every policy that is played. */
export function playedEpisodes(episodes: number): AskedEpisodes {
  return { what: 'reproduce', count: PLAYS * episodes, entry: '--episodes' };
}

/** Memory of so many workers that train at the same time, each with kernels of its own. */
function workersBytes({ kernel }: MemoryBytes, workers: number): MemoryBytes {
  return { kernel: workers * kernel, host: 0 };
}

/** The kernel memory of all workers together: that of the machine, since each has kernels of its own. */
function kernelBytes(): number {
  return memoryLimits(Number.POSITIVE_INFINITY).kernel;
}

/**
 * How many workers an experiment has where nobody says: one for each core, or as many as there is memory for.
 * @param memory the bytes that all of them can have
 * @throws InputError for a bad task file
 */
export function affordableWorkers(plan: Plan, cores: number, memory: number = kernelBytes()): number {
  const one = trainingMemory(configsOf(plan).rl, taskOf(plan.config)).kernel;
  return Math.max(1, Math.min(cores, Math.floor(memory / one)));
}

function checkWorkers(plan: Plan, task: Task, workers: number): void {
  const { host } = memoryLimits(MOST_KERNEL_BYTES);
  const had = { kernel: kernelBytes(), host };
  const one = trainingMemory(configsOf(plan).rl, task);
  checkMemory('reproduce', workersBytes(one, Math.min(workers, MODELS.length * plan.seeds)), had, [
    { name: '--workers', need: workersBytes(one, 1) },
  ]);
}

/**
 * Checks that an experiment finds the memory that it needs, before any of its jobs is made.
 * @throws InputError for a bad task file, or naming what is needed, what can be had and what to lower
 */
export function checkExperimentMemory(plan: Plan, workers: number): void {
  const had = memoryLimits(MOST_KERNEL_BYTES);
  const seedsNeed = (seeds: number): MemoryBytes => ({ kernel: 0, host: HOST_PER_SEED * seeds });
  checkMemory('reproduce', seedsNeed(plan.seeds), had, [{ name: '--seeds', need: seedsNeed(1) }]);
  const task = taskOf(plan.config);
  for (const config of Object.values(configsOf(plan))) checkTrainingMemory(config, task, had);
  const { what, count, entry } = playedEpisodes(plan.episodes);
  checkEpisodeMemory(what, plan.config, task, count, entry, had);
  checkWorkers(plan, task, workers);
}
