// A log-linear policy over responses: content tokens from a table, then at every place one more filler token or the end.
import {
  add,
  concat,
  gather,
  indices,
  logSoftmax,
  type Parameters,
  reshape,
  scope,
  type Tensor,
  tensor,
  zeros,
} from '../../autodiff/index.ts';
import { categorical, type RandomStream } from '../../base/random.ts';
import { CONTENT, KINDS, PLACES, type Response, sumOfValues, usualLength, VALUES } from './responses.ts';

/** The choices at a place for filler: a kind of filler, or the end, which comes last. */
const CHOICES = KINDS + 1;
/** Sums of values that content can have. */
const SUMS = CONTENT * (VALUES - 1) + 1;
/** How fast the end becomes more probable beyond the usual length, in log-odds a token. */
const STEEPNESS = 0.6;

/**
 * What the policy learns, all 0 in the reference policy: `content` [CONTENT, VALUES] and `filler` [CHOICES], which is added to the
 * reference's logits at every place.
 */
export function referenceParameters(): Parameters {
  return { content: zeros([CONTENT, VALUES]), filler: zeros([CHOICES]) };
}

/** The reference's logits of the choices, by sum of values and place: the end has STEEPNESS·(place − usual length). */
function referenceLogits(): Float64Array {
  const logits = new Float64Array(SUMS * PLACES * CHOICES);
  for (let sum = 0; sum < SUMS; sum++) {
    for (let place = 0; place < PLACES; place++) {
      const end = (sum * PLACES + place) * CHOICES + KINDS;
      logits[end] = Math.log(KINDS) + STEEPNESS * (place - usualLength([sum]));
    }
  }
  return logits;
}

/** log π of every content token at its place, then of every choice at (sum of values, place): one row, [CONTENT·VALUES + SUMS·PLACES·CHOICES]. */
export function logProbTable(parameters: Parameters): Tensor {
  const content = logSoftmax(parameters.content!);
  const reference = tensor(referenceLogits(), { shape: [SUMS * PLACES, CHOICES] });
  const filler = logSoftmax(add(reference, parameters.filler!));
  return concat([reshape(content, [CONTENT * VALUES]), reshape(filler, [SUMS * PLACES * CHOICES])], 0);
}

/** Places of the tokens of a response in the table, in their order; the last one is the end, unless all places are filled. */
export function tokenPlaces({ content, filler }: Response): number[] {
  const sum = sumOfValues(content);
  const atPlace = (place: number, choice: number): number =>
    CONTENT * VALUES + (sum * PLACES + place) * CHOICES + choice;
  const end = filler.length < PLACES ? [atPlace(filler.length, KINDS)] : [];
  return [
    ...content.map((value, i) => i * VALUES + value),
    ...filler.map((kind, place) => atPlace(place, kind)),
    ...end,
  ];
}

/** log π of tokens by their places, [T], in ops of the engine. */
export function logProbsAt(parameters: Parameters, places: readonly number[]): Tensor {
  return gather(logProbTable(parameters), indices([...places]));
}

/** Draws responses from a policy. */
export class Sampler {
  readonly #logProb: Float64Array;
  readonly #probability: readonly number[];

  /** Reads the policy once; it may change afterwards. */
  constructor(parameters: Parameters) {
    this.#logProb = scope(() => Float64Array.from(logProbTable(parameters).readSync()));
    this.#probability = Array.from(this.#logProb, Math.exp);
  }

  /** log π of tokens by their places, [T]. */
  logProbs(places: readonly number[]): Float64Array {
    return Float64Array.from(places, (place) => this.#logProb[place]!);
  }

  /** One response. */
  draw(random: RandomStream): Response {
    const choose = (from: number, count: number): number =>
      categorical(this.#probability.slice(from, from + count), random);
    const content = Array.from({ length: CONTENT }, (_, i) => choose(i * VALUES, VALUES));
    const filler: number[] = [];
    while (filler.length < PLACES) {
      const row = sumOfValues(content) * PLACES + filler.length;
      const choice = choose(CONTENT * VALUES + row * CHOICES, CHOICES);
      if (choice === KINDS) break;
      filler.push(choice);
    }
    return { content, filler };
  }

  /** Several responses. */
  drawMany(count: number, random: RandomStream): Response[] {
    return Array.from({ length: count }, () => this.draw(random));
  }
}
