// How the gradient of an objective divides between any segments of trajectories, with one stored forward pass.

import { mul, type Parameters, scope, type Tensor, tensor, valueAndGrad, vjp } from '../../autodiff/index.ts';
import { ShapeError } from '../../base/errors.ts';
import { sumOfLabels } from '../../nn/index.ts';
import { globalNorm } from '../../optim/index.ts';
import type { LabShare } from '../lab.ts';

/** A gradient with what each segment has of it. */
export interface SegmentGradient {
  readonly loss: number;
  /** By parameter, of all segments together. */
  readonly gradient: Parameters;
  readonly split: Record<string, LabShare>;
}

/** What is differentiated. */
export interface SegmentedLoss {
  readonly parameters: Parameters;
  /** log π of the T tokens, [T], in ops of the engine. */
  logProbs(parameters: Parameters): Tensor;
  /** A scalar in ops of the engine: the loss of an objective on a batch at these log-probs; the values are those of `logProbs`. */
  loss(logProb: Tensor, values: Float64Array): Tensor;
  /** [T] the segment that each token belongs to, as its place in `segments`. */
  readonly segment: Uint8Array;
  /** Names of the segments, such as `evidence`, `answer`. */
  readonly segments: readonly string[];
}

/** x/y; 0 where there is nothing to divide. */
function over(x: number, y: number): number {
  return y === 0 ? 0 : x / y;
}

function sharesOf(
  weight: Float64Array,
  segment: Uint8Array,
  segments: readonly string[],
  norms: readonly number[],
): Record<string, LabShare> {
  const size = segments.map(() => 0);
  const signed = segments.map(() => 0);
  // By index, here and below: batches have many tokens, and iterators are slow.
  for (let t = 0; t < weight.length; t++) {
    size[segment[t]!]! += Math.abs(weight[t]!);
    signed[segment[t]!]! += weight[t]!;
  }
  const total = size.reduce((sum, x) => sum + x, 0);
  const norm = norms.reduce((sum, x) => sum + x, 0);
  return Object.fromEntries(
    segments.map((name, k) => [
      name,
      { weight: over(size[k]!, total), mass: over(signed[k]!, total), gradient: over(norms[k]!, norm) },
    ]),
  );
}

/** @throws ShapeError unless every token belongs to one of the segments, which have names of their own */
function checkSegments(tokens: number, segment: Uint8Array, segments: readonly string[]): void {
  if (segments.length === 0 || new Set(segments).size !== segments.length) {
    throw new ShapeError(
      `segments: expected at least one, each with a name of its own, found [${segments.join(', ')}]`,
    );
  }
  if (segment.length !== tokens) {
    throw new ShapeError(`segment: expected ${tokens} entries (one per token), found ${segment.length}`);
  }
  const t = segment.findIndex((s) => s >= segments.length);
  if (t !== -1) {
    throw new ShapeError(
      `segment[${t}]: expected a place in segments, from 0 to ${segments.length - 1}, found ${segment[t]}`,
    );
  }
}

/**
 * The gradient of a loss of log-probs, divided by segments: w_t = −∂L/∂log π_t, and each segment's part Σ_{t in it} −w_t ∂log π_t/∂θ. The
 * tensors of the gradient belong to the scope of the caller.
 * @throws ShapeError unless every token belongs to one of the segments, which have names of their own
 */
export function segmentGradient({
  parameters,
  logProbs,
  loss,
  segment,
  segments,
}: SegmentedLoss): SegmentGradient {
  return scope(() => {
    const { value, pullback } = vjp(logProbs, parameters);
    checkSegments(value.size, segment, segments);
    const values = Float64Array.from(value.readSync());
    const head = valueAndGrad((x: { logProb: Tensor }) => loss(x.logProb, values))({ logProb: value });
    const cotangent = head.gradient.logProb;
    const weight = Float64Array.from(cotangent.readSync());
    for (let t = 0; t < weight.length; t++) weight[t] = -weight[t]!;
    const only = (k: number): Tensor => {
      const isIn = new Float64Array(segment.length);
      for (let t = 0; t < segment.length; t++) isIn[t] = segment[t] === k ? 1 : 0;
      return mul(cotangent, tensor(isIn, { dtype: value.dtype }));
    };
    const parts = pullback(Object.fromEntries(segments.map((name, k) => [name, only(k)])));
    const norms = segments.map((name) => globalNorm(parts[name]!).readSync()[0]!);
    return {
      loss: head.value.readSync()[0]!,
      gradient: sumOfLabels(parts),
      split: sharesOf(weight, segment, segments, norms),
    };
  });
}

/** What is added up of one component. */
type Sums = Record<keyof LabShare, number>;

/** Whether there was anything to divide. */
function isDivided(split: Readonly<Record<string, LabShare>>, by: 'weight' | 'gradient'): boolean {
  return Object.values(split).some((share) => share[by] !== 0);
}

/**
 * Adds up shares over the steps of a training. A step without anything to divide, such as one whose advantages are all 0, does not
 * count, so that the shares of the mean add up to 1, too.
 */
export class SplitMean {
  readonly #sums = new Map<string, Sums>();
  readonly #counts: Sums = { weight: 0, mass: 0, gradient: 0 };

  /** Adds those of one step. */
  add(split: Readonly<Record<string, LabShare>>): void {
    const isWeighted = isDivided(split, 'weight') ? 1 : 0;
    this.#counts.weight += isWeighted;
    this.#counts.mass += isWeighted;
    this.#counts.gradient += isDivided(split, 'gradient') ? 1 : 0;
    for (const [name, { weight, mass, gradient }] of Object.entries(split)) {
      const sum = this.#sums.get(name) ?? { weight: 0, mass: 0, gradient: 0 };
      this.#sums.set(name, {
        weight: sum.weight + weight,
        mass: sum.mass + mass,
        gradient: sum.gradient + gradient,
      });
    }
  }

  /** The mean over the steps that count; 0 where none does. */
  shares(): Record<string, LabShare> {
    const { weight, mass, gradient } = this.#counts;
    return Object.fromEntries(
      [...this.#sums].map(([name, sum]) => [
        name,
        {
          weight: over(sum.weight, weight),
          mass: over(sum.mass, mass),
          gradient: over(sum.gradient, gradient),
        },
      ]),
    );
  }
}
