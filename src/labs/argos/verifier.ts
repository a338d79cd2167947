// The verifier: for each rollout it picks the scorers that apply and composes one reward, a product, so that each of them is a gate.
import type { RandomStream } from '../../base/random.ts';
import type { TwoTokens } from '../shared/twoTokens.ts';
import { answerOf, type Images } from './image.ts';

/** What a rollout is judged by. */
export interface Attempt {
  readonly images: Images;
  /** The image. */
  readonly p: number;
  readonly point: number;
  readonly answer: number;
}

/** A scorer: 1 or 0, with what it can be asked about. */
export interface Scorer {
  readonly name: 'format' | 'answer' | 'point';
  /** Whether it can judge the image. */
  applies(images: Images, p: number): boolean;
  score(attempt: Attempt): 0 | 1;
}

/** Whether a point was given at all. */
export const formatScorer: Scorer = {
  name: 'format',
  applies: () => true,
  score: ({ images: { side }, point }) => (point < side * side ? 1 : 0),
};

/** Whether the answer is right. */
export const answerScorer: Scorer = {
  name: 'answer',
  applies: () => true,
  score: ({ images, p, answer }) => (answer === answerOf(images, p) ? 1 : 0),
};

/** Whether the point lies in the object; it can only be asked where the place of the object is known. */
export const pointScorer: Scorer = {
  name: 'point',
  applies: ({ annotated }, p) => annotated[p] === 1,
  score: ({ images: { target }, p, point }) => (point === target[p] ? 1 : 0),
};

/** The pool. */
const SCORERS: readonly Scorer[] = [formatScorer, answerScorer, pointScorer];

/** The point scorer, broken: it compares with the object of the next image. */
export const brokenPointScorer: Scorer = {
  ...pointScorer,
  score: ({ images, p, ...rest }) => pointScorer.score({ ...rest, images, p: (p + 1) % images.count }),
};

/** R = Π of the scores of `scorers`: one that says no closes the gate. */
export function gated(scorers: readonly Scorer[], attempt: Attempt): number {
  return scorers.every((scorer) => scorer.score(attempt) === 1) ? 1 : 0;
}

/** Which scorers judge an image. */
export type Pick = (images: Images, p: number) => readonly Scorer[];

/** All of the pool that apply. */
export const pickApplicable: Pick = (images, p) => SCORERS.filter((scorer) => scorer.applies(images, p));

/** The answer alone. */
export const pickAnswer: Pick = () => [answerScorer];

/** One of a pool with a broken point scorer, at random. */
export function pickAtRandom(random: RandomStream): Pick {
  const pool = [formatScorer, answerScorer, brokenPointScorer];
  return () => [pool[random.integer(pool.length)]!];
}

/** The rewards of rollouts, [B]; those of one image are judged alike. */
export function rewardsOf(images: Images, { prompt, look, answer }: TwoTokens, pick: Pick): Float64Array {
  const picked = Array.from({ length: images.count }, (_, p) => pick(images, p));
  return Float64Array.from(prompt, (p, i) =>
    gated(picked[p]!, { images, p, point: look[i]!, answer: answer[i]! }),
  );
}
