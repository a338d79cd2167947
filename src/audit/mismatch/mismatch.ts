// What explains the differences between the log-probs of trainer and sampler. Causes look alike in some numbers; they are told apart here.
import type { Trajectory } from '../../rollouts/index.ts';
import { ClusteredMean, type Estimate } from './clusteredMeans.ts';
import { CALIBRATED, isAbove, ONE_SIDED } from './falseAlarms.ts';
import { Isolated, type Outstanding } from './isolated.ts';
import { type OddNoise, OddOne } from './oddOne.ts';
import { type Shift, ShiftVotes } from './shiftVotes.ts';
import { TemperatureTrace, type Trace } from './temperatureTrace.ts';
import { eachCompared } from './tokens.ts';

/** The cause of a difference, as the code of its rule. */
export type Cause =
  | 'shifted-by-one'
  | 'temperature-missing'
  | 'sampled-logprob-wrong'
  | 'truncated-sampling'
  | 'dropout-in-old'
  | 'retokenised'
  | 'sampler-mismatch';

/** Less kept mass than this matters: it changes a ratio by more than half a percent. */
export const KEPT = 0.995;

/** Noise twice as frequent as calibrated is beyond it. */
export const MOST_OFF = 2 * CALIBRATED.share;

/** A token is a likely one above this trainer's log-prob, an unlikely one below the second. */
const LIKELY = Math.log(0.6);
const UNLIKELY = Math.log(0.4);
/** An outlier differs by more than a factor of two. */
const OUTLIER = Math.log(2);
/** The least share of unlikely tokens that are outliers, and the largest share of outliers on the other side. */
const LEAST_OUTLIERS = 0.2;
const MOST_OTHERS = 0.05;

/** All numbers that the rules quote. */
export interface MismatchNumbers {
  readonly tokens: number;
  /** The mean difference of log-probs, trainer − sampler. */
  readonly mean: Estimate;
  /** The mean ratio π_trainer/π_sampler: 1 if the sampler drew from what it says. */
  readonly ratio: Estimate;
  /** The mean ratio π_sampler/π_trainer: 1 if the tokens were drawn from what the trainer says. */
  readonly inverse: Estimate;
  /** The share of tokens whose ratio is outside [0.9, 1.1]. */
  readonly off: Estimate;
  /** The share of those among tokens whose trainer's probability is above 0.6. */
  readonly offLikely: Estimate;
  /** Tokens with a trainer's probability below 0.4; how many of them are less likely than half, and more likely than twice, of what the sampler says. */
  readonly unlikely: number;
  readonly below: number;
  readonly above: number;
}

/** Collects differences over trajectories, in constant memory. */
export class Mismatch {
  private readonly mean = new ClusteredMean();
  private readonly ratio = new ClusteredMean();
  private readonly inverse = new ClusteredMean();
  private readonly off = new ClusteredMean();
  private readonly offLikely = new ClusteredMean();
  private readonly temperature = new TemperatureTrace();
  private readonly votes = new ShiftVotes();
  private readonly isolated = new Isolated();
  private readonly odd = new OddOne();
  private unlikely = 0;
  private below = 0;
  private above = 0;
  /** Whether the trainer's numbers are those at the start of the step, so that no update is in between. */
  isFromStart = true;
  /** Of outliers: those for which two tokens of these probabilities fit into a sum of 1. */
  private fitting = 0;

  /** Adds a trajectory. */
  add(trajectory: Trajectory): void {
    this.votes.add(trajectory);
    this.odd.add(trajectory);
    if (trajectory.oldLogProbs === undefined) this.isFromStart = false;
    eachCompared(trajectory, (_, trainer, sampler) => this.addToken(trainer, sampler));
    for (const part of [this.mean, this.ratio, this.inverse, this.off, this.offLikely]) part.end();
    this.temperature.end();
  }

  private addToken(trainer: number, sampler: number): void {
    const d = trainer - sampler;
    const isOff = d < CALIBRATED.low || d > CALIBRATED.high ? 1 : 0;
    this.mean.add(d);
    this.ratio.add(Math.exp(d));
    this.inverse.add(Math.exp(-d));
    this.off.add(isOff);
    if (trainer > LIKELY) this.offLikely.add(isOff);
    this.temperature.add(trainer, sampler);
    this.isolated.add(Math.abs(d));
    if (trainer >= UNLIKELY) return;
    this.unlikely++;
    if (d > OUTLIER) this.above++;
    if (d >= -OUTLIER) return;
    this.below++;
    if (Math.exp(trainer) + Math.exp(sampler) <= 1.02) this.fitting++;
  }

  /** The numbers so far. */
  numbers(): MismatchNumbers {
    const { unlikely, below, above } = this;
    return {
      tokens: this.mean.size,
      mean: this.mean.estimate(),
      ratio: this.ratio.estimate(),
      inverse: this.inverse.estimate(),
      off: this.off.estimate(),
      offLikely: this.offLikely.estimate(),
      unlikely,
      below,
      above,
    };
  }

  /** The shift by one token, if there is one. */
  shift(): Shift | undefined {
    return this.votes.shift();
  }

  /** The trace of a temperature, if there is one. */
  trace(): Trace | undefined {
    return this.temperature.trace();
  }

  /** The tokens that stand out, if there are any. */
  outstanding(): Outstanding | undefined {
    return this.isolated.outstanding();
  }

  /** The noise that only the log-probs at the start of the step have, if there is some. */
  noise(): OddNoise | undefined {
    return this.odd.noise();
  }

  /** Whether the sampler's log-probs are those of the most probable token, whichever was drawn. */
  private isTop(): boolean {
    const { unlikely, below, above, fitting } = this;
    const { value, error } = this.offLikely.estimate();
    const isQuiet = !(value - ONE_SIDED * error > MOST_OFF);
    // Were both sides as probable, below − above would have the standard deviation √(below + above).
    const isOneSided = above <= MOST_OTHERS * below && below - above >= ONE_SIDED * Math.sqrt(below + above);
    return (
      below > 0 && isQuiet && isOneSided && below >= LEAST_OUTLIERS * unlikely && fitting >= 0.98 * below
    );
  }

  /** Whether the sampler drew from a part of what the trainer knows: E[π_trainer/π_sampler] is the kept probability. */
  private isTruncated(): boolean {
    const { value, error } = this.ratio.estimate();
    return value + ONE_SIDED * error < KEPT;
  }

  private isOff(): boolean {
    const { value, error } = this.off.estimate();
    // Equal shares in a few trajectories have no error, and may be chance.
    return value - ONE_SIDED * error > MOST_OFF && isAbove(value, this.off.size, MOST_OFF);
  }

  /** The cause; undefined if the differences are those of calibrated noise. */
  cause(): Cause | undefined {
    if (this.shift() !== undefined) return 'shifted-by-one';
    if (this.trace() !== undefined) return 'temperature-missing';
    if (this.isTop()) return 'sampled-logprob-wrong';
    if (this.noise() !== undefined) return 'dropout-in-old';
    if (this.outstanding() !== undefined) return 'retokenised';
    if (this.isTruncated()) return 'truncated-sampling';
    return this.isOff() ? 'sampler-mismatch' : undefined;
  }
}
