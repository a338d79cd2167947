// Filtered EM: draw with a sampler, keep what answers rightly, imitate it by SFT, again and again at a fixed number of draws.
import type { RandomStream } from '../../base/random.ts';
import { adamw, constant } from '../../optim/index.ts';
import { Learner } from '../shared/learner.ts';
import type { SplitMean } from '../shared/split.ts';
import { logitsOf, objectiveGradient, parametersOf, type Trajectory } from './policy.ts';
import { asked, type Kept, type SamplerName, type Sampling, sample } from './samplers.ts';
import { probabilities, type Tables } from './tables.ts';
import type { World } from './world.ts';

/** How a training goes on. */
export interface Training {
  readonly sampler: SamplerName;
  readonly sampling: Sampling;
  /** E-steps. */
  readonly rounds: number;
  /** Pairs of rationale and answer drawn in a round, for every sampler the same. */
  readonly draws: number;
  /** Gradient steps of an M-step. */
  readonly updates: number;
  readonly learningRate: number;
}

/** A kept trajectory with the log-probabilities at which its two tokens were drawn. */
export interface KeptTrajectory extends Trajectory {
  readonly drawn: Kept['drawn'];
}

/** What a round ends with. */
export interface Round {
  /** Draws so far. */
  readonly draws: number;
  readonly kept: readonly KeptTrajectory[];
  /** Probabilities before the M-step of this round. */
  readonly before: Tables;
  /** Probabilities after it. */
  readonly after: Tables;
}

/** Questions one after the other, each pass in an order of its own. */
function* questionsInTurn({ training }: World, random: RandomStream): Generator<World['training'][number]> {
  for (let pass = 0; ; pass++) {
    const stream = random.split('pass', pass);
    const keyed = training.map((question) => ({ question, key: stream.uniform() }));
    for (const { question } of keyed.sort((a, b) => a.key - b.key)) yield question;
  }
}

/** The E-step: samples at one question after the other until the draws of the round are used up. */
function eStep(
  world: World,
  tables: Tables,
  questions: Iterator<World['training'][number], undefined>,
  { sampler, sampling, draws }: Training,
  random: RandomStream,
): KeptTrajectory[] {
  const out: KeptTrajectory[] = [];
  for (let left = draws; left > 0; ) {
    const question = questions.next().value!;
    // The last question of a round is tried no more often than draws are left.
    const attempts = Math.min(sampling.attempts, left);
    const name = sampler === 'star' && left < 2 ? 'rejection' : sampler;
    const sampled = sample(name, asked(world, tables, question), { ...sampling, attempts }, random);
    left -= sampled.draws;
    if (sampled.kept === undefined) continue;
    const { rationale, drawn } = sampled.kept;
    out.push({ question, rationale, drawn, answer: question.answer, reward: 1 });
  }
  return out;
}

/** Trains from some logits and gives every round. The M-step descends on the SFT loss of what was kept. */
export function* filteredEm(
  world: World,
  initial: Tables,
  training: Training,
  random: RandomStream,
  split?: SplitMean,
): Generator<Round> {
  const questions = questionsInTurn(world, random.split('questions'));
  let logits = initial;
  const learner = new Learner(
    parametersOf(world, initial),
    adamw({ learningRate: constant(training.learningRate), weightDecay: 0 }),
  );
  for (let round = 0; round < training.rounds; round++) {
    const before = probabilities(world, logits);
    const kept = eStep(world, before, questions, training, random.split('draws', round));
    for (let i = 0; i < training.updates && kept.length > 0; i++) {
      learner.step((parameters) => {
        const one = objectiveGradient(world, parameters, kept, 'sft');
        split?.add(one.split);
        return one.gradient;
      });
    }
    logits = logitsOf(learner.parameters);
    yield { draws: (round + 1) * training.draws, kept, before, after: probabilities(world, logits) };
  }
  learner.dispose();
}
