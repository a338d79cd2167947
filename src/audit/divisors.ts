// The other divisors that trainers put in the place of the declared one, and which of them the logged weights are made with.
import { type Aggregation, coefficients } from '../objectives/loss/aggregation.ts';
import { Column } from './columns/column.ts';
import { IN_MEMORY } from './columns/pageMemory.ts';
import { type Fit, fitFactors, type LoggedScales } from './loggedScales.ts';
import { batchesOf } from './members.ts';
import { optionOf, type Setting } from './setting.ts';
import { FALSE_ALARMS, ROUNDING } from './significance.ts';
import type { Summary } from './summary.ts';

/** Codes of the rules that are about a divisor. */
export type DivisorCode =
  | 'microbatch-mean'
  | 'rank-mean'
  | 'masked-in-denominator'
  | 'mask-counts-all'
  | 'padded-divisor'
  | 'batch-count-divisor'
  | 'length-bias'
  | 'mask-is-advantage';

/** Another way to make weights from the same terms. */
export interface Alternative {
  readonly code: DivisorCode;
  /** What it does, in words that end a sentence. */
  readonly words: string;
  /** [N] its weights over the declared ones, trajectory by trajectory; NaN where there are none. */
  readonly factor: Column;
  /** Whether the size of the weights means something, and not only their proportions. */
  readonly hasSize: boolean;
}

const AGGREGATIONS: readonly Aggregation[] = ['tokenMean', 'sequenceMean', 'sequenceSum', 'constant'];

/** Options of aggregations that no other one has; only proportions matter here. */
const DIVISORS = { maxLength: 1, microBatchSize: 1 };

/** The aggregation of the declared objective; undefined where it has none that is known here. */
export function aggregationOf(setting: Setting): Aggregation | undefined {
  const declared = optionOf(setting, 'aggregation');
  return AGGREGATIONS.find((name) => name === declared);
}

/** Factors c_i by batch: `of` fills in those of the members of one. */
function byBatch(summary: Summary, of: (members: readonly number[], c: Column) => void): Column {
  const c = Column.filled(summary.count, Number.NaN, summary.memory);
  for (const members of batchesOf(summary)) of(members, c);
  return c;
}

/** c_i of an aggregation of these lengths over each batch. */
function whole(summary: Summary, aggregation: Aggregation, length: Column): Column {
  return byBatch(summary, (members, c) => {
    const own = coefficients(
      { ...DIVISORS, aggregation },
      Float64Array.from(members, (i) => length.at(i)),
    );
    for (const [k, i] of members.entries()) c.set(i, own[k]!);
  });
}

/** c_i of the mean over parts of each batch of the aggregation within each part. Members without a part have none. */
function meanOfParts(
  summary: Summary,
  aggregation: Aggregation,
  partOf: (i: number) => string | undefined,
): Column {
  return byBatch(summary, (members, c) => {
    const parts = new Map<string, number[]>();
    for (const i of members) {
      const name = partOf(i);
      if (name === undefined) continue;
      const part = parts.get(name) ?? [];
      part.push(i);
      parts.set(name, part);
    }
    for (const part of parts.values()) {
      const own = coefficients(
        { ...DIVISORS, aggregation },
        Float64Array.from(part, (i) => summary.length.at(i)),
      );
      for (const [k, i] of part.entries()) c.set(i, own[k]! / parts.size);
    }
  });
}

/** c_i = 1/(B·width), the width being the largest number of the batch. */
function padded(summary: Summary, width: Column): Column {
  return byBatch(summary, (members, c) => {
    const widest = members.reduce((most, i) => Math.max(most, width.at(i)), 0);
    for (const i of members) c.set(i, 1 / (members.length * widest));
  });
}

/** The lengths, with all that was written in the place of the 0 of trajectories that are masked out as a whole. */
function withMasked({ length, response }: Summary): Column {
  return length.map((l, i) => (l === 0 ? response.at(i) : l));
}

/** The alternatives to a declared aggregation, the most special ones first; those that are the declared one here are left out. */
function alternativesTo(aggregation: Aggregation, summary: Summary): Alternative[] {
  const { length, response, tokens, microbatch, rank } = summary;
  const declared = whole(summary, aggregation, length);
  const isTokenMean = aggregation === 'tokenMean';
  const isSequenceMean = aggregation === 'sequenceMean';
  const over = (code: DivisorCode, words: string, c: Column): Alternative => ({
    code,
    words,
    factor: c.map((x, i) => x / declared.at(i)),
    hasSize: true,
  });
  const inMicrobatch = (i: number): string | undefined =>
    Number.isNaN(microbatch.at(i)) ? undefined : `${rank.at(i)} ${microbatch.at(i)}`;
  const onRank = (i: number): string | undefined =>
    Number.isNaN(rank.at(i)) ? undefined : String(rank.at(i));
  const advantage = summary.loggedAdvantage.map((a, i) => (Number.isNaN(a) ? summary.advantage.at(i) : a));
  const all: readonly (Alternative | false)[] = [
    over(
      'microbatch-mean',
      'the mean over micro-batches of the means of each',
      meanOfParts(summary, aggregation, inMicrobatch),
    ),
    over('rank-mean', 'the mean over ranks of the means of each', meanOfParts(summary, aggregation, onRank)),
    isTokenMean &&
      over(
        'masked-in-denominator',
        'a divisor that counts the tokens of trajectories that are masked out as a whole',
        whole(summary, aggregation, withMasked(summary)),
      ),
    over(
      'mask-counts-all',
      'a divisor that counts all tokens behind the prompt, those that are masked out included',
      whole(summary, aggregation, response),
    ),
    // Within one batch it is a constant, and so would be any other: under a division by lengths it says nothing about the width.
    !isSequenceMean &&
      over('padded-divisor', 'a division by the width of the padded batch', padded(summary, tokens)),
    !isSequenceMean &&
      over('padded-divisor', 'a division by the width of the padded responses', padded(summary, response)),
    isTokenMean &&
      over(
        'batch-count-divisor',
        'a division by the number of trajectories, whatever their tokens',
        whole(summary, 'sequenceSum', length),
      ),
    !isSequenceMean &&
      over(
        'length-bias',
        'a division by the length of each trajectory',
        whole(summary, 'sequenceMean', length),
      ),
    {
      code: 'mask-is-advantage',
      words: 'weights in proportion to the square of the advantage',
      factor: advantage,
      hasSize: false,
    },
  ];
  return all
    .filter((one) => one !== false)
    .filter(({ factor }) => factor.some((f) => Number.isFinite(f) && Math.abs(f - 1) > ROUNDING));
}

/**
 * Two ways to take a mean of trajectories: over all, and over those with a token in the loss.
 * @returns the factors of the second over the first, [N]; undefined where they are the same, or the aggregation is no such mean
 */
export function withoutMaskedRows(aggregation: Aggregation, summary: Summary): Column | undefined {
  if (aggregation === 'tokenMean') return undefined;
  const { length } = summary;
  const factor = byBatch(summary, (members, c) => {
    const some = members.filter((i) => length.at(i) > 0);
    for (const i of some) c.set(i, members.length / some.length);
  });
  return factor.some((f) => f > 1) ? factor : undefined;
}

/** Why the logged weights are said to be those of one formula rather than of another. */
export interface Preference {
  /** Whether their proportions say so, or their size alone. */
  readonly by: 'proportions' | 'size';
  readonly rejected: Fit;
  readonly accepted: Fit;
}

/** The range of sizes that an unknown common factor of logged weights may have, as a natural logarithm: six powers of ten. */
const SIZES = Math.log(1e6);

/** The largest relative distance of two sizes that a chance agreement of an unknown factor with one of `tried` leaves improbable. */
function sizeTolerance(tried: number): number {
  return (FALSE_ALARMS * SIZES) / (2 * tried);
}

/** log of (rest of the rejected fit over that of the accepted one)^((n − 1)/2), which a right formula exceeds with probability e^−x. */
function evidenceFor(rejected: Fit, accepted: Fit): number {
  if (accepted.count < 2 || !(rejected.rest > 0)) return 0;
  return ((accepted.count - 1) / 2) * Math.log(rejected.rest / accepted.rest);
}

/**
 * Whether the logged weights are made with one formula rather than with another. Either their proportions say so: one formula explains
 * them up to rounding, the other does not, and their likelihoods are farther apart than chance makes them. Or proportions are the same,
 * and their size is that of one formula and not that of the other.
 * @param rejected [N] factors of the formula that is given up
 * @param accepted [N] factors of the other one; a trajectory without a number is left out of both
 * @param tried how many formulas are put to this question
 */
export function preferred(
  scales: LoggedScales,
  rejected: Column,
  accepted: Column,
  hasSize: boolean,
  tried: number,
): Preference | undefined {
  const common = rejected.map((f, i) => (Number.isFinite(accepted.at(i)) ? f : Number.NaN));
  const no = fitFactors(scales, common);
  const yes = fitFactors(scales, accepted);
  if (yes.count === 0 || !(yes.misfit <= ROUNDING)) return undefined;
  if (no.misfit > ROUNDING) {
    const isBeyondChance = evidenceFor(no, yes) >= Math.log(tried / FALSE_ALARMS);
    return isBeyondChance ? { by: 'proportions', rejected: no, accepted: yes } : undefined;
  }
  const isSize = Math.abs(yes.scale - 1) <= sizeTolerance(tried) && Math.abs(no.scale - 1) > ROUNDING;
  return hasSize && isSize ? { by: 'size', rejected: no, accepted: yes } : undefined;
}

/** What the logged weights are made with instead of the declared divisor. */
export interface Explanation {
  readonly alternative: Alternative;
  readonly preference: Preference;
  /** Others that explain them as well. */
  readonly alsoFits: readonly string[];
}

const explained = new WeakMap<
  LoggedScales,
  { readonly setting: Setting; readonly found: Explanation | undefined }
>();

/**
 * The alternative that explains the logged weights, where the declared divisor does not; undefined where there is none. All rules about
 * divisors ask for it, so that it is found once for scales that are complete.
 */
export function explanationOf(
  summary: Summary,
  scales: LoggedScales,
  setting: Setting,
): Explanation | undefined {
  const known = explained.get(scales);
  if (known?.setting === setting) return known.found;
  const found = (summary.memory ?? IN_MEMORY).outside(() => findExplanation(summary, scales, setting));
  explained.set(scales, { setting, found });
  return found;
}

function findExplanation(summary: Summary, scales: LoggedScales, setting: Setting): Explanation | undefined {
  const aggregation = aggregationOf(setting);
  if (aggregation === undefined) return undefined;
  const alternatives = alternativesTo(aggregation, summary);
  const declared = Column.filled(summary.count, 1, summary.memory);
  const tried = alternatives.length;
  const fitting = alternatives.flatMap((alternative) => {
    const { factor, hasSize } = alternative;
    const preference = preferred(scales, declared, factor, hasSize, tried);
    return preference === undefined ? [] : [{ alternative, preference }];
  });
  if (fitting.length === 0) return undefined;
  const misfit = ({ preference }: { preference: Preference }): number => preference.accepted.misfit;
  const best = fitting.reduce((a, b) => (misfit(b) < misfit(a) ? b : a)).preference.accepted;
  const asGood = fitting.filter(
    ({ preference }) => evidenceFor(preference.accepted, best) < Math.log(tried / FALSE_ALARMS),
  );
  const [first, ...others] = asGood;
  return { ...first!, alsoFits: others.map(({ alternative }) => alternative.words) };
}
