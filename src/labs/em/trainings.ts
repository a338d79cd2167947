// The trainings of a seed, what is known after each round of one, and its rollouts for the audit.
import type { LabTrajectory } from '../shared/audited.ts';
import { meanOfBounds } from './exact.ts';
import type { Round } from './filtered.ts';
import type { EmOptions } from './options.ts';
import { asked, keptLaw, SAMPLERS, type SamplerName, type Sampling } from './samplers.ts';
import { soundness, success, type Tables } from './tables.ts';
import { execution, type World } from './world.ts';

/** The initial success rates, by the names of their options. */
export const RATES = ['low', 'middle', 'high'] as const;
/** One of them. */
export type Rate = (typeof RATES)[number];

/** What is known of a policy after so many draws. */
export interface Point {
  readonly draws: number;
  /** The bound at the law that the sampler keeps, mean over training questions. */
  readonly elbo: number;
  readonly right: number;
  readonly heldOut: number;
  readonly sound: number;
}

/** What is known of a policy as the sampler sees it. */
export function pointOf(
  world: World,
  tables: Tables,
  draws: number,
  name: SamplerName,
  sampling: Sampling,
): Point {
  const questions = world.training.map((question) => asked(world, tables, question));
  const laws = questions.map((one) => keptLaw(name, one, sampling));
  return {
    draws,
    elbo: meanOfBounds(questions, laws).elbo,
    right: success(world, tables, world.training),
    heldOut: success(world, tables, world.heldOut),
    sound: soundness(world, tables),
  };
}

/** The kept trajectories of a round as the audit reads them; all of them are right, and they were drawn by the sampler. */
export function asRollouts(
  { operands, methods, answers }: World,
  { before, kept, draws }: Round,
): LabTrajectory[] {
  return kept.map(({ question: { kind, operand }, rationale, answer, drawn }) => {
    const row = execution({ operands }, rationale, operand) * answers;
    const z = Math.log(before.rationale[kind * methods + rationale]!);
    const y = Math.log(before.answer[row + answer]!);
    return {
      group: `${kind}.${operand}`,
      step: draws,
      tokens: [`x${kind}.${operand}`, `z${rationale}`, `y${answer}`],
      roles: ['prompt', 'sample', 'decision'],
      logProbs: [Number.NaN, z, y],
      oldLogProbs: [Number.NaN, ...drawn],
      reward: 1,
      correct: true,
    };
  });
}

/** A training of the lab. */
export interface Run {
  readonly name: string;
  readonly rate: Rate;
  readonly sampler: SamplerName;
  readonly sampling: Sampling;
}

/** The trainings: every sampler at every rate, and PPS with a hint that is not looked at. */
export function runsOf({ attempts, hint, copy }: EmOptions): Run[] {
  const sampling = { attempts, hint, copy };
  const all = RATES.flatMap((rate) =>
    SAMPLERS.map((sampler) => ({ name: `${sampler}.${rate}`, rate, sampler, sampling })),
  );
  return [...all, { name: 'blind.low', rate: 'low', sampler: 'pps', sampling: { ...sampling, hint: 0 } }];
}

/** The mean of trainings that differ in their random numbers only, point by point. */
export function meanPoints(trainings: readonly (readonly Point[])[]): Point[] {
  const [first] = trainings;
  return first!.map((point, i) => {
    const mean = (key: keyof Point): number =>
      trainings.reduce((sum, one) => sum + one[i]![key], 0) / trainings.length;
    return {
      draws: point.draws,
      elbo: mean('elbo'),
      right: mean('right'),
      heldOut: mean('heldOut'),
      sound: mean('sound'),
    };
  });
}
