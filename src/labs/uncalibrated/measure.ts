// Runs one seed: trains by each objective on the same questions, and measures how well calibrated each policy is.
import { scope } from '../../autodiff/index.ts';
import type { RawOptions } from '../../objectives/index.ts';
import type { LabProgress, LabSeed } from '../lab.ts';
import { type Audited, audited, type LabTrajectory } from '../shared/audited.ts';
import { SplitMean } from '../shared/split.ts';
import {
  accuracy,
  areaUnderRoc,
  calibrationError,
  collapsed,
  meanPredictions,
  type Predictions,
} from './calibration.ts';
import { pushMeasures, pushSeries } from './exactPush.ts';
import type { UncalibratedOptions } from './options.ts';
import {
  drawQuestions,
  frequencies,
  PREDICTIONS,
  type Questions,
  withShuffledOutcomes,
} from './questions.ts';
import { type Rollouts, Training } from './training.ts';

const NO_STD: RawOptions = { normalizeByStd: false };
/** A clip that no ratio reaches. */
const NO_CLIP: RawOptions = { clipLow: 1, clipHigh: 1e9 };
/** Calibration is looked at so often in a training. */
const LOOKS = 10;
/** Questions of a batch that the audit sees, and how many batches. */
const AUDITED_QUESTIONS = 40;

interface Run {
  readonly questions: Questions;
  readonly objective: string;
  readonly objectiveOptions: RawOptions;
  readonly batch: number;
  readonly steps: number;
  readonly updates: number;
}

interface Trained {
  readonly predictions: Predictions;
  /** [LOOKS] */
  readonly errors: readonly number[];
  /** Of the first, the middle and the last batch. */
  readonly rollouts: readonly { readonly step: number; readonly rollouts: Rollouts }[];
  readonly beyondClip: number;
}

/** One training. It yields how many updates it has taken. */
async function* train(
  run: Run,
  frequency: Float64Array,
  { rollouts, learningRate }: UncalibratedOptions,
  seed: number,
  split?: SplitMean,
): AsyncGenerator<number, Trained> {
  const training = new Training(run.questions, { ...run, rollouts, learningRate, seed });
  try {
    const errors: number[] = [];
    const kept: { step: number; rollouts: Rollouts }[] = [];
    const audited = [0, Math.floor(run.steps / 2), run.steps - 1];
    const now = (): Predictions => ({ probability: training.probabilities(), frequency });
    for (let step = 0; step < run.steps; step++) {
      const drawn = training.step(split);
      if (audited.includes(step)) kept.push({ step, rollouts: drawn });
      while (errors.length < Math.floor(((step + 1) * LOOKS) / run.steps))
        errors.push(calibrationError(now()));
      yield (step + 1) * run.updates;
    }
    return { predictions: now(), errors, rollouts: kept, beyondClip: training.beyondClip() };
  } finally {
    training.dispose();
  }
}

function trajectoriesOf({ rollouts }: Trained, perGroup: number): LabTrajectory[] {
  return rollouts.flatMap(({ step, rollouts: all }) =>
    Array.from({ length: Math.min(AUDITED_QUESTIONS * perGroup, all.reward.length) }, (_, t) => ({
      group: `${step}/${all.group[t]!}`,
      step,
      tokens: [`category ${all.category[t]!}`, `${PREDICTIONS[all.prediction[t]!]!} %`],
      roles: ['prompt', 'sample'] as const,
      logProbs: [Number.NaN, all.logProb[t]!],
      reward: all.reward[t]!,
    })),
  );
}

/** Values of [C] by the frequency of yes, rising. */
function byFrequency(values: readonly number[], frequency: Float64Array): number[] {
  const order = [...frequency.keys()].sort((a, b) => frequency[a]! - frequency[b]!);
  return order.map((c) => values[c]!);
}

/** Runs one seed. */
export async function* measure(
  options: UncalibratedOptions,
  seed: number,
): AsyncGenerator<LabProgress, LabSeed> {
  const { batch, steps, rollouts, clip, clipSteps } = options;
  const questions = drawQuestions(options.questions, seed);
  const frequency = frequencies(questions);
  const once = { questions, batch, steps, updates: 1 };
  // A fifth of the batch: what clipping changes is much larger than its noise.
  const twice = { questions, batch: Math.ceil(batch / 5), steps: clipSteps, updates: 2 };
  const clipped = { clipLow: clip, clipHigh: clip };
  const runs: Record<string, Run> = {
    grpo: { ...once, objective: 'grpo', objectiveOptions: {} },
    plain: { ...once, objective: 'grpo', objectiveOptions: NO_STD },
    rloo: { ...once, objective: 'rloo', objectiveOptions: {} },
    // All questions at once: a critic that sees the category alone leaves the luck of the answers in the advantages.
    ppo: {
      ...once,
      batch: Math.min(2 * batch, options.questions),
      objective: 'ppo',
      objectiveOptions: { critic: 'value' },
    },
    // A fifth of the batch here, too: what shuffling does is seen from afar.
    shuffled: {
      ...once,
      batch: twice.batch,
      questions: withShuffledOutcomes(questions, seed),
      objective: 'rloo',
      objectiveOptions: {},
    },
    clipped: { ...twice, objective: 'grpo', objectiveOptions: clipped },
    unclipped: { ...twice, objective: 'grpo', objectiveOptions: NO_CLIP },
    clippedPlain: { ...twice, objective: 'grpo', objectiveOptions: { ...NO_STD, ...clipped } },
  };
  const work = (run: Run): number => run.batch * run.steps * run.updates;
  const all = Object.values(runs).reduce((sum, run) => sum + work(run), 0);
  const split = new SplitMean();
  const trained: Record<string, Trained> = {};
  let done = 0;
  for (const [name, run] of Object.entries(runs)) {
    const training = train(run, frequency, options, seed, name === 'grpo' ? split : undefined);
    let next = await training.next();
    while (next.done !== true) {
      yield {
        share: (done + run.batch * next.value) / all,
        label: `${name}: update ${next.value}/${run.steps * run.updates}`,
      };
      next = await training.next();
    }
    trained[name] = next.value;
    done += work(run);
  }
  const measuredOf = (f: (p: Predictions) => number, name: string): number => f(trained[name]!.predictions);
  const error = (name: string): number => measuredOf(calibrationError, name);
  const complete = calibrationError(collapsed(frequency));
  const auditOf = (name: string, raw: RawOptions): Promise<Audited> =>
    audited(trajectoriesOf(trained[name]!, rollouts), 'grpo', raw);
  const isNamed = ({ notes }: Audited): number => Number(notes.includes('difficulty-bias'));
  const withStd = await auditOf('grpo', {});
  return {
    measured: {
      errorGrpo: error('grpo'),
      errorPlain: error('plain'),
      errorRloo: error('rloo'),
      errorPpo: error('ppo'),
      errorClipped: error('clipped'),
      errorUnclipped: error('unclipped'),
      errorClippedPlain: error('clippedPlain'),
      errorCollapsed: complete,
      beyondClip: trained.clipped!.beyondClip,
      rocGrpo: measuredOf(areaUnderRoc, 'grpo'),
      rocRloo: measuredOf(areaUnderRoc, 'rloo'),
      rocPpo: measuredOf(areaUnderRoc, 'ppo'),
      rocCollapsed: areaUnderRoc(collapsed(frequency)),
      rocGain: measuredOf(areaUnderRoc, 'plain') - measuredOf(areaUnderRoc, 'grpo'),
      rocShuffled: measuredOf(areaUnderRoc, 'shuffled'),
      accuracyGrpo: measuredOf(accuracy, 'grpo'),
      accuracyPlain: measuredOf(accuracy, 'plain'),
      accuracyGain: measuredOf(accuracy, 'plain') - measuredOf(accuracy, 'grpo'),
      namedWithStd: isNamed(withStd),
      namedWithoutStd: isNamed(await auditOf('plain', NO_STD)),
      ...scope(() => pushMeasures(rollouts)),
    },
    series: {
      frequency: byFrequency([...frequency], frequency),
      ...Object.fromEntries(
        ['grpo', 'plain', 'rloo', 'ppo'].flatMap((name) => [
          [`${name}Prediction`, byFrequency(meanPredictions(trained[name]!.predictions), frequency)],
          [`${name}Error`, trained[name]!.errors],
        ]),
      ),
      step: Array.from({ length: LOOKS }, (_, i) => Math.ceil(((i + 1) * steps) / LOOKS)),
      ...pushSeries(rollouts),
    },
    split: split.shares(),
    audit: withStd.codes,
  };
}
