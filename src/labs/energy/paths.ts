// Training from the reference by exact gradients of E[r] − β·KL(π‖π_ref): the natural policy gradient, and the vanilla one.
import {
  exp,
  logSoftmax,
  mul,
  type Parameters,
  reshape,
  scope,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tensor,
} from '../../autodiff/index.ts';
import { cholesky, choleskySolve, conditionBound } from '../../base/linalg.ts';
import { constant, sgd } from '../../optim/index.ts';
import { Learner } from '../shared/learner.ts';
import { type SplitMean, segmentGradient } from '../shared/split.ts';
import type { Square } from './world.ts';

/** Where a gradient is taken to. */
export type Method = 'natural' | 'vanilla';

/** What a path needs. */
export interface PathSetting {
  /** log π_ref(y | x). */
  readonly reference: Square;
  /** [n] */
  readonly reward: Float64Array;
  readonly beta: number;
  readonly method: Method;
  /** η. */
  readonly rate: number;
}

/** A natural gradient, with how well its system was conditioned. */
interface Solved {
  /** [n] */
  readonly step: Float64Array;
  readonly condition: number;
}

/**
 * F⁺g of a softmax over logits, F = diag(π) − ππᵀ, from the system without the last logit: F does not change if all logits move
 * together, so that one of them may stand still.
 */
export function naturalStep(probability: Float64Array, gradient: Float64Array): Solved {
  const m = probability.length - 1;
  const fisher = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) {
      fisher[i * m + j] = (i === j ? probability[i]! : 0) - probability[i]! * probability[j]!;
    }
  }
  const factor = cholesky(fisher, m);
  if (factor === undefined) throw new Error('the Fisher matrix of a prompt is singular: a probability is 0');
  const step = new Float64Array(m + 1);
  step.set(choleskySolve(factor, gradient.subarray(0, m)));
  return { step, condition: conditionBound(fisher, factor, m) };
}

/** A table of logits in training, [n, n]: a row for each prompt. */
export class Path {
  readonly #setting: PathSetting;
  readonly #learner: Learner;
  #solverError = 0;

  constructor(setting: PathSetting) {
    const { n, at } = setting.reference;
    this.#setting = setting;
    this.#learner = new Learner(
      { logits: tensor(at, { shape: [n, n] }) },
      sgd({ learningRate: constant(setting.rate) }),
    );
  }

  /** log π(y | x). */
  logProb(): Square {
    const at = scope(() => Float64Array.from(logSoftmax(this.#learner.parameters.logits!).readSync()));
    return { n: this.#setting.reference.n, at };
  }

  /**
   * A bound of what rounding has added to any logit: η·ε·Σ_t of 4n²·κ_t·‖step_t‖ for the systems (Higham 2002, theorem 10.4) and
   * 8n·(1 + β·max |log π_ref|) for the gradients. It does not grow on the way, because a step contracts towards the optimum.
   */
  solverError(): number {
    return this.#solverError;
  }

  /** One step. */
  step(split?: SplitMean): void {
    this.#learner.step((parameters) => {
      const { gradient, split: shares } = this.#gradient(parameters);
      split?.add(shares);
      return this.#setting.method === 'natural' ? this.#preconditioned(gradient) : gradient;
    });
  }

  /** Frees the tensors. */
  dispose(): void {
    this.#learner.dispose();
  }

  /**
   * ∇ of −Σ_x Σ_y π(y|x)·A(x, y)·log π(y|x) with π and A held fixed, A = r − β·log(π/π_ref): the score-function form of the exact
   * gradient of Σ_x (E[r] − β·KL), as REINFORCE has it with the penalty in its reward.
   */
  #gradient(parameters: Parameters) {
    const { reference, reward, beta } = this.#setting;
    const { n } = reference;
    const rewards = tensor(Float64Array.from(reference.at, (_, i) => reward[i % n]!));
    return segmentGradient({
      parameters,
      logProbs: ({ logits }) => reshape(logSoftmax(logits!), [n * n]),
      loss: (logProb: Tensor) => {
        const fixed = stopGradient(logProb);
        const advantage = sub(rewards, mul(sub(fixed, tensor(reference.at)), beta));
        return sum(mul(mul(mul(exp(fixed), advantage), logProb), -1));
      },
      segment: new Uint8Array(n * n),
      segments: ['answer'],
    });
  }

  #preconditioned({ logits }: Parameters): Parameters {
    const { n } = this.#setting.reference;
    const gradient = Float64Array.from(logits!.readSync());
    const probability = this.logProb().at.map(Math.exp);
    const out = new Float64Array(n * n);
    let worst = 0;
    for (let x = 0; x < n; x++) {
      const row = [x * n, (x + 1) * n] as const;
      const { step, condition } = naturalStep(probability.subarray(...row), gradient.subarray(...row));
      out.set(step, x * n);
      worst = Math.max(worst, condition * Math.hypot(...step));
    }
    const { rate, beta, reference } = this.#setting;
    const gradients = 8 * n * (1 + beta * reference.at.reduce((most, lp) => Math.max(most, -lp), 0));
    this.#solverError += rate * 2 ** -52 * (4 * n * n * worst + gradients);
    return { logits: tensor(out, { shape: [n, n] }) };
  }
}
