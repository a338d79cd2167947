// Runs one seed: both gradients from one reference, then the chains of what they have trained.
import { categorical, randomStream } from '../../base/random.ts';
import type { LabProgress, LabSeed } from '../lab.ts';
import { auditedCodes, type LabTrajectory } from '../shared/audited.ts';
import { SplitMean } from '../shared/split.ts';
import { balancedMeasure, boltzmannMeasure, drift, imbalance, stationaryMeasure } from './chain.ts';
import { accuracyOf, bernoulliKl, tiltAfter, tiltedAccuracy } from './closedForms.ts';
import { endsOf, type Followed, follow } from './follow.ts';
import { mixing } from './mixing.ts';
import type { EnergyOptions } from './options.ts';
import type { Method } from './paths.ts';
import { logProbRounding } from './rounding.ts';
import { drawWorld, rowOf, type Square, tiltedLogProb, type World, withoutSymmetry } from './world.ts';

/** Answers drawn for each prompt of a step that the audit sees. */
const AUDITED = 8;

function kernelOf({ n, at }: Square): Square {
  return { n, at: at.map(Math.exp) };
}

/** Answers of the policy at the beginning, in the middle and near the end, for the audit. */
function trajectoriesOf(
  { reward }: World,
  reference: Square,
  { before }: Followed,
  seed: number,
): LabTrajectory[] {
  const steps = [0, Math.floor(before.length / 2), before.length - 1];
  return steps.flatMap((step) => {
    const random = randomStream(seed, 'audited answers', step);
    return [...reward.keys()].flatMap((x) =>
      Array.from({ length: AUDITED }, (): LabTrajectory => {
        const row = rowOf(before[step]!, x);
        const y = categorical([...row.map(Math.exp)], random);
        return {
          group: `${step}/${x}`,
          step,
          tokens: [`revise ${x}`, `answer ${y}`],
          roles: ['prompt', 'sample'],
          logProbs: [Number.NaN, row[y]!],
          refLogProbs: [Number.NaN, rowOf(reference, x)[y]!],
          reward: reward[y]!,
        };
      }),
    );
  });
}

/** Numbers of the chains. What mixes is the closed form of the kernel that the natural gradient has trained; the two are compared. */
function chainMeasures(
  world: World,
  options: EnergyOptions,
  natural: Followed,
  vanilla: Followed,
): { measured: Record<string, number>; series: Record<string, number[]> } {
  const { affinity, reward } = world;
  const { beta, steps, stride, revisions } = options;
  const potential = reward.map((r) => r * tiltAfter(steps, stride, beta));
  const kernel = kernelOf(natural.logProb);
  const closed = tiltedLogProb(affinity, potential);
  const gap = natural.logProb.at.reduce((most, lp, i) => Math.max(most, Math.abs(lp - closed.at[i]!)), 0);
  const rounding = 2 * logProbRounding(options);
  // What follows from the trained kernel is off by no more than the kernel itself is seen to be, and by rounding.
  const error = gap + rounding;
  const measure = balancedMeasure(affinity, potential);
  const kernelOfVanilla = kernelOf(vanilla.logProb);
  const asymmetric = withoutSymmetry(world).affinity;
  const ofAsymmetric = kernelOf(tiltedLogProb(asymmetric, potential));
  const decay = mixing(kernelOf(closed), measure, 1, revisions, rounding);
  const still = potential.map(() => 0);
  const reference = mixing(
    kernelOf(tiltedLogProb(affinity, still)),
    balancedMeasure(affinity, still),
    1,
    revisions,
    rounding,
  );
  const off = (eigenvalue: number): number => Math.abs(decay.rate / eigenvalue - 1) / decay.tolerance;
  return {
    measured: {
      kernelOverRounding: gap / (2 * natural.solverError + rounding),
      // Products μ·P are below 1, and their sums over a row are μ.
      imbalanceOverRounding: imbalance(measure, kernel) / (2 * error),
      driftOverRounding: drift(measure, kernel) / (2 * error),
      driftOfBoltzmann: drift(boltzmannMeasure(potential), kernel) / (2 * error),
      imbalanceWithoutSymmetry: imbalance(balancedMeasure(asymmetric, potential), ofAsymmetric) / (2 * error),
      imbalanceOfVanilla: imbalance(stationaryMeasure(kernelOfVanilla), kernelOfVanilla) / (2 * error),
      beyondBound: decay.beyondBound,
      measureIncreases: decay.increases,
      rateOverTolerance: off(decay.eigenvalue),
      rateOfReferenceOverTolerance: off(reference.eigenvalue),
      rate: decay.rate,
      spectralGap: 1 - decay.eigenvalue,
      rateTolerance: decay.tolerance,
    },
    series: {
      revision: decay.distance.map((_, t) => t),
      distance: [...decay.distance],
      distanceBound: [...decay.bound],
    },
  };
}

/** KL(Ber(p_s)‖Ber(p*)) at s_t, mean over prompts, of steps 0 to the last. */
function closedPath(world: World, { beta, steps, stride }: EnergyOptions): number[] {
  const { masses } = endsOf(world, beta);
  return Array.from({ length: steps + 1 }, (_, t) => {
    const s = tiltAfter(t, stride, beta);
    const all = masses.map((p0) => bernoulliKl(tiltedAccuracy(p0, s), tiltedAccuracy(p0, 1 / beta)));
    return all.reduce((sum, kl) => sum + kl / all.length, 0);
  });
}

/** Runs one seed. */
export async function* measure(options: EnergyOptions, seed: number): AsyncGenerator<LabProgress, LabSeed> {
  const { answers, beta, coupling, steps, stride, vanillaRate } = options;
  const world = drawWorld(answers, coupling, seed);
  const { reference, optimum } = endsOf(world, beta);
  const split = new SplitMean();
  const runs: readonly (readonly [string, Method, number])[] = [
    ['natural', 'natural', stride / beta],
    ['vanilla', 'vanilla', vanillaRate],
    ['too long', 'natural', 2.5 / beta],
  ];
  const followed: Record<string, Followed> = {};
  for (const [i, [name, method, rate]] of runs.entries()) {
    // Strides of 2.5 leave the range of numbers soon.
    const given = name === 'too long' ? { ...options, steps: 5 } : options;
    const following = follow(world, given, { method, rate }, name === 'natural' ? split : undefined);
    let next = following.next();
    while (next.done !== true) {
      yield {
        share: (i + next.value / given.steps) / runs.length,
        label: `${name}: step ${next.value}/${given.steps}`,
      };
      next = following.next();
    }
    followed[name] = next.value;
  }
  const [natural, vanilla, tooLong] = [followed.natural!, followed.vanilla!, followed['too long']!];
  const chains = chainMeasures(world, options, natural, vanilla);
  const accuracyIn = (table: Square): number => {
    const rows = [...world.reward.keys()].map((x) =>
      accuracyOf({ logProb: rowOf(table, x), reward: world.reward }),
    );
    return rows.reduce((sum, { right }) => sum + right / rows.length, 0);
  };
  return {
    measured: {
      identityGap: natural.identityGap,
      identityGapVanilla: vanilla.identityGap,
      pathOverRounding: natural.pathOverRounding,
      flowOverRounding: natural.flowOverRounding,
      increases: natural.increases,
      increasesTooLong: tooLong.increases,
      chainRuleGap: vanilla.chainRuleGap,
      valueGap: Math.max(natural.valueGap, vanilla.valueGap),
      valueGapOfForward: natural.valueGapOfForward,
      accuracyOfReference: accuracyIn(reference),
      accuracyOfOptimum: accuracyIn(optimum),
      accuracyAtEnd: accuracyIn(natural.logProb),
      klAtEnd: natural.kl.at(-1)!,
      klAtEndVanilla: vanilla.kl.at(-1)!,
      ...chains.measured,
    },
    series: {
      step: Array.from({ length: steps + 1 }, (_, t) => t),
      natural: natural.kl,
      closedForm: closedPath(world, options),
      vanilla: vanilla.kl,
      vanillaBernoulli: vanilla.bernoulli,
      ...chains.series,
    },
    split: split.shares(),
    audit: await auditedCodes(trajectoriesOf(world, reference, natural, seed), 'reinforce', { beta }),
  };
}
