// The language of a simulation: logits of the next token in each context, for every version of the policy.
import type { RandomStream } from '../../base/random.ts';

/** Ids with a meaning; all others are ordinary tokens. */
export const PAD = 0;
export const EOS = 1;
export const STOP = 2;
export const RESAMPLE = 3;
export const FIRST_ORDINARY = 4;

/** Contexts: what the policy distinguishes of a history. */
const CONTEXTS = 48;
/** The probability that an ordinary token follows where the end is due. */
const SLIP = 1e-4;

/** What may end an attempt at a place, and with which probability; empty where nothing may. */
export type Ends = readonly (readonly [id: number, probability: number])[];

/** A language: tables that stay the same for a whole simulation. */
export interface Language {
  readonly vocabulary: number;
  /** [CONTEXTS][V] normalised log-probs of ordinary tokens; −∞ for ids with a meaning. */
  readonly base: readonly Float64Array[];
  /** [CONTEXTS][V] where one update moves the logits. */
  readonly direction: readonly Float64Array[];
  /** [CONTEXTS][V] standard normal numbers for the sampler's noise. */
  readonly noise: readonly Float64Array[];
}

/** log Σ e^x. */
export function logSumExp(x: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const one of x) largest = Math.max(largest, one);
  let sum = 0;
  for (const one of x) sum += Math.exp(one - largest);
  return largest + Math.log(sum);
}

function table(vocabulary: number, of: (c: number, v: number) => number): Float64Array[] {
  return Array.from({ length: CONTEXTS }, (_, c) =>
    Float64Array.from({ length: vocabulary }, (_, v) => of(c, v)),
  );
}

/** Draws a language. */
export function drawLanguage(vocabulary: number, sharpness: number, random: RandomStream): Language {
  const scales = Array.from({ length: CONTEXTS }, () => sharpness * 2 ** (2 * random.uniform() - 1));
  const logits = table(vocabulary, (c, v) =>
    v < FIRST_ORDINARY ? Number.NEGATIVE_INFINITY : scales[c]! * random.normal(),
  );
  const base = logits.map((row) => {
    const norm = logSumExp(row);
    return row.map((x) => x - norm);
  });
  return {
    vocabulary,
    base,
    direction: table(vocabulary, () => random.normal()),
    noise: table(vocabulary, () => random.normal()),
  };
}

/** The context of a place: it depends on the two tokens before it. */
export function contextOf(before: number, last: number): number {
  return ((Math.imul(before + 1, 0x9e3779b1) ^ Math.imul(last + 7, 0x85ebca6b)) >>> 8) % CONTEXTS;
}

/** What can follow at a place. */
export interface Spot {
  readonly context: number;
  readonly ends: Ends;
}

/** One version of the policy at one temperature: softmax((logits + shift·direction)/T). */
export class Policy {
  private readonly language: Language;
  private readonly shift: number;
  private readonly temperature: number;
  /** [CONTEXTS] log Σ e^{logit} of ordinary tokens. */
  private readonly sums: Float64Array;

  constructor(language: Language, shift: number, temperature: number) {
    this.language = language;
    this.shift = shift;
    this.temperature = temperature;
    this.sums = Float64Array.from(language.base, (_, c) => logSumExp(this.ordinary(c)));
  }

  private ordinary(context: number): Float64Array {
    const towards = this.language.direction[context]!;
    return this.language.base[context]!.map((x, v) => (x + this.shift * towards[v]!) / this.temperature);
  }

  /** The logit of an end. */
  private endLogit(context: number, [id, probability]: readonly [number, number]): number {
    const towards = this.language.direction[context]![id]!;
    return (Math.log(Math.min(probability, 1 - SLIP)) + this.shift * towards) / this.temperature;
  }

  /** What is added to the logits of ordinary tokens. */
  private rest(ends: Ends): number {
    let end = 0;
    for (const [, probability] of ends) end += probability;
    return Math.log(Math.max(SLIP, 1 - end)) / this.temperature;
  }

  private norm({ context, ends }: Spot): number {
    const parts = ends.map((end) => this.endLogit(context, end));
    return logSumExp(Float64Array.of(this.rest(ends) + this.sums[context]!, ...parts));
  }

  /** [V] log-probs of all tokens: ordinary ones, and the ends that are possible there; −∞ for the others. */
  row(spot: Spot): Float64Array {
    const { context, ends } = spot;
    const less = this.norm(spot) - this.rest(ends);
    const out = this.ordinary(context).map((x) => x - less);
    for (const end of ends) out[end[0]] = this.endLogit(context, end) - this.norm(spot);
    return out;
  }

  /** The log-prob of one token. */
  logProb(spot: Spot, id: number): number {
    const { context, ends } = spot;
    const end = ends.find(([other]) => other === id);
    if (end !== undefined) return this.endLogit(context, end) - this.norm(spot);
    const { base, direction } = this.language;
    const logit = (base[context]![id]! + this.shift * direction[context]![id]!) / this.temperature;
    return logit - (this.norm(spot) - this.rest(ends));
  }
}

/** A word for a token. */
export function wordOf(id: number): string {
  if (id === PAD) return '<pad>';
  if (id === EOS) return '<eos>';
  if (id === STOP) return 'STOP';
  if (id === RESAMPLE) return 'RESAMPLE';
  const letters = 'bcdfghklmnprstvz';
  return `${letters[id % 16]}${'aeiou'[Math.floor(id / 16) % 5]}${letters[Math.floor(id / 80) % 16]}`;
}
