// One seed of the lab: exact EM, the identities, then a training for every sampler and every initial success rate.
import { randomStream } from '../../base/random.ts';
import { mean } from '../../base/student.ts';
import type { LabProgress, LabSeed } from '../lab.ts';
import { auditedCodes, type LabTrajectory } from '../shared/audited.ts';
import { SplitMean } from '../shared/split.ts';
import { type EmRound, type EStep, exactEm, exactPosterior } from './exact.ts';
import { filteredEm } from './filtered.ts';
import { identities } from './identities.ts';
import type { EmOptions } from './options.ts';
import type { SamplerName } from './samplers.ts';
import { initialLogits, normalised, probabilities, type Tables } from './tables.ts';
import { asRollouts, meanPoints, type Point, pointOf, RATES, type Rate, runsOf } from './trainings.ts';
import { drawWorld, type World } from './world.ts';

/** Rounds of exact EM. */
const EXACT_ROUNDS = 12;
/** The part of a training after which samplers are compared for the first time. */
const EARLY = 1 / 4;
/** The training whose rollouts are audited, and about how many of them. */
const AUDITED_RUN = 'pps.low';
const AUDITED = 512;
/** Rounds between two pauses. */
const PAUSE = 4;

/** An E-step that does not look at the answer. */
const onNothing: EStep = ({ prior }) => prior;
/** An E-step that looks for rationales of wrong answers. */
const onFailures: EStep = ({ prior, likelihood }) =>
  normalised(prior.map((p, z) => p * (1 - likelihood[z]!)));

/** The smaller of the two rises of a round, over all rounds: of the bound by the M-step, and from there to the log-likelihood. */
function leastRise(rounds: readonly EmRound[]): number {
  return Math.min(...rounds.flatMap(({ before, elbo, after }) => [elbo - before, after - elbo]));
}

/** Log-likelihoods of a run of EM, that before it first. */
function course(rounds: readonly EmRound[]): number[] {
  return [rounds[0]!.before, ...rounds.map(({ after }) => after)];
}

/** Exact EM from every initial policy, and EM with two wrong E-steps. */
function exactPart(world: World, initial: Readonly<Record<Rate, Tables>>) {
  const run = (rate: Rate, eStep: EStep, rounds = EXACT_ROUNDS): EmRound[] => [
    ...exactEm(world, probabilities(world, initial[rate]), eStep, rounds),
  ];
  const exact = RATES.map((rate) => run(rate, exactPosterior));
  // One round: after it some question may have no failures left.
  const [failed] = run('high', onFailures, 1) as [EmRound];
  return {
    measured: {
      leastRise: Math.min(...exact.map(leastRise)),
      gainOnFailures: failed.after - failed.before,
    },
    series: {
      emRound: Array.from({ length: EXACT_ROUNDS + 1 }, (_, i) => i),
      emExact: course(exact[0]!),
      emBlind: course(run('low', onNothing)),
    },
  };
}

/** Measures one seed. */
export async function* measure(options: EmOptions, seed: number): AsyncGenerator<LabProgress, LabSeed> {
  const { kinds, methods, operands, answers, luck, heldOut, rounds, draws, updates, learningRate, repeats } =
    options;
  const sizes = { kinds, methods, operands, answers };
  const world = drawWorld(sizes, luck, heldOut, randomStream(seed, 'world'));
  const initialAt = (rate: Rate): Tables => {
    const beginning = { success: options[rate], execution: options.execution };
    return initialLogits(world, beginning, randomStream(seed, 'policy'));
  };
  const initial = { low: initialAt('low'), middle: initialAt('middle'), high: initialAt('high') };
  const { attempts, hint, copy } = options;
  const exact = exactPart(world, initial);
  yield { share: 0, label: 'exact EM' };
  const held = identities(world, initial.low, { attempts, hint, copy }, draws, randomStream(seed, 'batch'));
  yield { share: 0, label: 'identities' };
  const split = new SplitMean();
  const rollouts: LabTrajectory[] = [];
  const points = new Map<string, Point[]>();
  const runs = runsOf(options);
  for (const [i, { name, rate, sampler, sampling }] of runs.entries()) {
    const training = { sampler, sampling, rounds, draws, updates, learningRate };
    const trainings: Point[][] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      const own = [pointOf(world, probabilities(world, initial[rate]), 0, sampler, sampling)];
      const random = randomStream(seed, 'training', repeat);
      for (const round of filteredEm(world, initial[rate], training, random, split)) {
        own.push(pointOf(world, round.after, round.draws, sampler, sampling));
        const isAudited = rollouts.length < AUDITED && name === AUDITED_RUN;
        if (isAudited) rollouts.push(...asRollouts(world, round));
        const done = own.length - 1;
        if (done % PAUSE !== 0) continue;
        const share = (i + (repeat + done / rounds) / repeats) / runs.length;
        yield { share, label: `${name} ${done}/${rounds}, held-out ${own.at(-1)!.heldOut.toFixed(2)}` };
      }
      trainings.push(own);
    }
    points.set(name, meanPoints(trainings));
  }
  return {
    measured: { ...exact.measured, ...held, ...compared(points, Math.round(EARLY * rounds)) },
    series: { ...exact.series, ...courses(points) },
    split: split.shares(),
    audit: await auditedCodes(rollouts, 'sft', {}),
  };
}

type Points = ReadonlyMap<string, readonly Point[]>;

/** What one sampler is ahead of another at a rate, in the success rate on held-out questions, after every round. */
function ahead(points: Points, one: SamplerName, other: SamplerName, rate: Rate): number[] {
  const base = points.get(`${other}.${rate}`)!;
  return points.get(`${one}.${rate}`)!.map(({ heldOut }, i) => heldOut - base[i]!.heldOut);
}

/** Numbers of every training early and at its end, and what is ahead of what. */
function compared(points: Points, early: number): Record<string, number> {
  const out: Record<string, number> = {};
  for (const [name, own] of points) {
    for (const [when, point] of [
      ['early', own[early]!],
      ['end', own.at(-1)!],
    ] as const) {
      for (const key of ['right', 'heldOut', 'sound'] as const) out[`${key}.${name}.${when}`] = point[key];
    }
    out[`soundGain.${name}`] = own.at(-1)!.sound - own[0]!.sound;
  }
  for (const rate of RATES) {
    for (const sampler of ['star', 'pps'] as const) {
      const course = ahead(points, sampler, 'rejection', rate);
      // Both begin with the same policy.
      out[`lead.${sampler}.${rate}`] = mean(course.slice(1, early + 1));
      out[`endLead.${sampler}.${rate}`] = course.at(-1)!;
    }
  }
  const lead = (rate: Rate): number => out[`lead.pps.${rate}`]!;
  return {
    ...out,
    shrinksToMiddle: lead('low') - lead('middle'),
    shrinksToHigh: lead('middle') - lead('high'),
    shrinksWithDraws: lead('low') - out['endLead.pps.low']!,
  };
}

/** The columns of the picture. */
function courses(points: Points): Record<string, number[]> {
  const of = (name: string, key: keyof Point): number[] => points.get(name)!.map((point) => point[key]);
  return {
    draws: of('pps.low', 'draws'),
    ...Object.fromEntries([...points.keys()].map((name) => [`elbo.${name}`, of(name, 'elbo')])),
    ...Object.fromEntries(RATES.map((rate) => [`ahead.${rate}`, ahead(points, 'pps', 'rejection', rate)])),
  };
}
