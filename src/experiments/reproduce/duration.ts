// How long an experiment will take on this machine: the cost of its jobs, in the time that a step of the experiment takes here.
import { availableParallelism } from 'node:os';
import { configsOf, type Plan } from '../../analyses/reproduce/plan.ts';
import { scope, useKernels } from '../../autodiff/index.ts';
import { loadWasmKernels } from '../../host/loadKernels.ts';
import { createTrainer, initialState, trainStep } from '../../training/index.ts';
import { taskOf } from '../run/config.ts';
import { stepCost } from './cost.ts';
import type { Job } from './jobs.ts';

/** The cost of a job and of those that must be done before it, one after the other. */
function chainCost(job: Job, byName: ReadonlyMap<string, Job>): number {
  const before = job.after.map((name) => chainCost(byName.get(name)!, byName));
  return job.cost + Math.max(0, ...before);
}

/**
 * The cost of jobs that are worked on at the same time: all of it shared out, or the longest chain of jobs that wait for each other if
 * that is more.
 * @param workers jobs at a time, of which no more run than there are cores
 */
export function sharedCost(jobs: readonly Job[], workers: number, cores: number): number {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const total = jobs.reduce((sum, { cost }) => sum + cost, 0);
  const atOnce = Math.min(workers, cores, jobs.length);
  return Math.max(total / atOnce, ...jobs.map((job) => chainCost(job, byName)));
}

/** Seconds of one unit of cost here, measured on the second step of the experiment; the first one warms up. */
async function secondsPerCost(plan: Plan): Promise<number> {
  useKernels(await loadWasmKernels({ threads: 1 }));
  const { rl: config } = configsOf(plan);
  const trainer = createTrainer(config, 1, taskOf(config));
  return scope(() => {
    const { state } = trainStep(trainer, initialState(trainer));
    const began = performance.now();
    const second = trainStep(trainer, state);
    return (performance.now() - began) / 1000 / stepCost(config[second.state.phase]);
  });
}

/**
 * About how many seconds the jobs of an experiment take on this machine. It takes two steps of the experiment to find out.
 */
export async function expectedSeconds(plan: Plan, jobs: readonly Job[], workers: number): Promise<number> {
  return sharedCost(jobs, workers, availableParallelism()) * (await secondsPerCost(plan));
}
