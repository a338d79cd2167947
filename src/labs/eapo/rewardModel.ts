// The reward model: a logistic score of evidence, wrong at the start, fitted again to the rollouts whose outcome agrees with it.
import {
  add,
  concat,
  grad,
  logSumExp,
  matmul,
  mul,
  reshape,
  scope,
  sigmoid,
  sum,
  type Tensor,
  tensor,
  zeros,
} from '../../autodiff/index.ts';
import type { RandomStream } from '../../base/random.ts';
import { adamw, constant } from '../../optim/index.ts';
import { Learner } from '../shared/learner.ts';
import { bilinear } from './policy.ts';
import type { Contexts } from './retrieval.ts';

/** Evidence of rollouts with its score when it was drawn, and what came of it. */
export interface Judged {
  /** [d] */
  readonly query: Float64Array;
  /** [d] the key of the evidence. */
  readonly key: Float64Array;
  readonly score: number;
  readonly correct: boolean;
  /** Whether the evidence is right, which the reward model is not told. */
  readonly right: boolean;
}

/** The label that a rollout gives: 1 for a high score and a right answer, 0 for a low score and a wrong one, else none. */
export function labelOf({ score, correct }: Pick<Judged, 'score' | 'correct'>): 0 | 1 | undefined {
  if (score > 0.5 && correct) return 1;
  return score <= 0.5 && !correct ? 0 : undefined;
}

type Weights = { weight: Tensor; threshold: Tensor };

/** s = σ(qᵀ·W·k + c). */
export class RewardModel {
  readonly #learner: Learner<Weights>;

  /**
   * W = scale·(R + noise·G) with G standard normal: right up to its noise. At the threshold c = −scale/2 the score of a pair is above ½
   * where the noise does not decide otherwise.
   */
  constructor(
    map: Float64Array,
    width: number,
    noise: number,
    scale: number,
    rate: number,
    random: RandomStream,
  ) {
    const weight = map.map((x) => scale * (x + noise * random.normal()));
    this.#learner = new Learner<Weights>(
      { weight: tensor(weight, { shape: [width, width] }), threshold: tensor([-scale / 2]) },
      adamw({ learningRate: constant(rate), weightDecay: 0 }),
    );
  }

  /** Scores of every entry of every context, [P·N]. */
  scores(contexts: Contexts): Float64Array {
    const { weight, threshold } = this.#learner.parameters;
    return scope(() => Float64Array.from(sigmoid(add(bilinear(weight, contexts), threshold)).readSync()));
  }

  /** Fits it to rollouts by their labels; both labels count the same together. */
  refresh(rollouts: readonly Judged[], steps: number): void {
    const used = rollouts.filter((one) => labelOf(one) !== undefined);
    const ones = used.filter((one) => labelOf(one) === 1).length;
    if (ones === 0 || ones === used.length) return;
    const { length: width } = used[0]!.query;
    const sign = Float64Array.from(used, (one) => (labelOf(one) === 1 ? 1 : -1));
    const share = sign.map((y) => 0.5 / (y === 1 ? ones : used.length - ones));
    const rows = (of: 'query' | 'key'): Float64Array =>
      Float64Array.from(used.flatMap((one) => [...one[of]]));
    const shape = [used.length, width];
    const [query, key] = [rows('query'), rows('key')];
    for (let step = 0; step < steps; step++) {
      this.#learner.step((parameters) => {
        const q = tensor(query, { shape });
        const k = tensor(key, { shape });
        // −log σ(y·x) = log(1 + e^{−y·x})
        const loss = ({ weight, threshold }: Weights): Tensor => {
          const logit = add(sum(mul(matmul(q, weight), k), -1), threshold);
          const against = reshape(mul(logit, tensor(sign.map((y) => -y))), [used.length, 1]);
          const each = logSumExp(concat([zeros([used.length, 1]), against], 1));
          return sum(mul(each, tensor(share)));
        };
        return grad(loss)(parameters);
      });
    }
  }

  dispose(): void {
    this.#learner.dispose();
  }
}
