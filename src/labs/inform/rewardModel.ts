// The reward model: features → (μ, log σ²) → z ~ N(μ, σ²) → w·z, trained on preferences with a bottleneck β·KL(N(μ, σ²)‖N(0, I)).
import {
  add,
  exp,
  gelu,
  grad,
  linear,
  logSoftmax,
  matmul,
  mean,
  mul,
  neg,
  type Parameters,
  reshape,
  scope,
  slice,
  sub,
  sum,
  type Tensor,
  tensor,
} from '../../autodiff/index.ts';
import { randomStream } from '../../base/random.ts';
import { adamw, constant } from '../../optim/index.ts';
import { Learner } from '../shared/learner.ts';
import { FEATURES, featuresOf, type Pair, type Response } from './responses.ts';

/** What the training of a reward model needs. */
export interface RewardModelOptions {
  /** d, of the latent space. */
  readonly latent: number;
  /** Of the hidden layer. */
  readonly hidden: number;
  /** β of the bottleneck; 0 leaves it out, and the noise of the samples with it. */
  readonly bottleneck: number;
  readonly rewardSteps: number;
  readonly rewardRate: number;
}

/** The Gaussians of N responses in the latent space. */
interface Encoded {
  /** [N, d] */
  readonly mu: Tensor;
  /** [N, d] */
  readonly logVariance: Tensor;
}

/** μ and log σ² of rows of features, [N, FEATURES] → [N, d] each. */
function encode(parameters: Parameters, features: Tensor, latent: number): Encoded {
  const hidden = gelu(linear(features, parameters.inWeight!, parameters.inBias!));
  const both = linear(hidden, parameters.outWeight!, parameters.outBias!);
  const rows = features.shape[0]!;
  return {
    mu: slice(both, [0, 0], [rows, latent]),
    logVariance: slice(both, [0, latent], [rows, 2 * latent]),
  };
}

/** KL(N(μ, σ²)‖N(0, I)) = ½·Σ_k (σ_k² + μ_k² − 1 − log σ_k²), the mean over rows; a scalar. */
export function bottleneckKl({ mu, logVariance }: Encoded): Tensor {
  const each = sub(add(exp(logVariance), mul(mu, mu)), add(logVariance, 1));
  return mul(sum(each), 0.5 / mu.shape[0]!);
}

/** −mean log σ(r_preferred − r_other); rewards [2P] with the preferred one of every pair first. */
export function preferenceLoss(rewards: Tensor): Tensor {
  const pairs = rewards.size / 2;
  return neg(mean(slice(logSoftmax(reshape(rewards, [pairs, 2])), [0, 0], [pairs, 1])));
}

function initial({ latent, hidden }: RewardModelOptions, seed: number): Parameters {
  const random = randomStream(seed, 'reward model');
  const normal = (rows: number, columns: number): Tensor =>
    tensor(
      Array.from({ length: rows * columns }, () => random.normal() / Math.sqrt(rows)),
      { shape: [rows, columns] },
    );
  return {
    inWeight: normal(FEATURES, hidden),
    inBias: tensor(new Float64Array(hidden)),
    outWeight: normal(hidden, 2 * latent),
    outBias: tensor(new Float64Array(2 * latent)),
    head: normal(latent, 1),
  };
}

/** A trained reward model. */
export class RewardModel {
  readonly #learner: Learner;
  readonly #options: RewardModelOptions;
  readonly #seed: number;
  readonly #pairs: readonly Pair[];
  readonly #mean: Float64Array;
  readonly #scale: Float64Array;

  /** Untrained; features are standardised by the responses of the pairs. */
  constructor(pairs: readonly Pair[], options: RewardModelOptions, seed: number) {
    const rows = pairs.flat().map(featuresOf);
    const column = (k: number): number[] => rows.map((row) => row[k]!);
    const meanOf = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
    this.#mean = Float64Array.from({ length: FEATURES }, (_, k) => meanOf(column(k)));
    this.#scale = Float64Array.from(this.#mean, (m, k) =>
      Math.max(Math.sqrt(meanOf(column(k).map((x) => (x - m) ** 2))), 1e-6),
    );
    this.#pairs = pairs;
    this.#options = options;
    this.#seed = seed;
    this.#learner = new Learner(
      initial(options, seed),
      adamw({ learningRate: constant(options.rewardRate), weightDecay: 0 }),
    );
  }

  /** Takes one step on all pairs. */
  step(): void {
    const { latent, bottleneck } = this.#options;
    const random = randomStream(this.#seed, 'latent noise', this.#learner.steps);
    const rows = this.#pairs.length * 2;
    const noise = Float64Array.from({ length: rows * latent }, () => random.normal());
    this.#learner.step(
      grad((parameters: Parameters) => {
        const encoded = encode(parameters, this.#standardised(this.#pairs.flat()), latent);
        if (bottleneck === 0) return preferenceLoss(this.#head(parameters, encoded.mu));
        const deviation = mul(exp(mul(encoded.logVariance, 0.5)), tensor(noise, { shape: [rows, latent] }));
        const loss = preferenceLoss(this.#head(parameters, add(encoded.mu, deviation)));
        return add(loss, mul(bottleneckKl(encoded), bottleneck));
      }),
    );
  }

  /** μ of responses in the latent space, and their rewards w·μ. */
  score(responses: readonly Response[]): { readonly mu: Float64Array[]; readonly reward: Float64Array } {
    const { latent } = this.#options;
    return scope(() => {
      const { mu } = encode(this.#learner.parameters, this.#standardised(responses), latent);
      const flat = Float64Array.from(mu.readSync());
      return {
        mu: responses.map((_, i) => flat.slice(i * latent, (i + 1) * latent)),
        reward: Float64Array.from(this.#head(this.#learner.parameters, mu).readSync()),
      };
    });
  }

  /** Frees its parameters. */
  free(): void {
    this.#learner.dispose();
  }

  #head(parameters: Parameters, z: Tensor): Tensor {
    return reshape(matmul(z, parameters.head!), [z.shape[0]!]);
  }

  #standardised(responses: readonly Response[]): Tensor {
    const rows = responses.flatMap((response) =>
      featuresOf(response).map((x, k) => (x - this.#mean[k]!) / this.#scale[k]!),
    );
    return tensor(rows, { shape: [responses.length, FEATURES] });
  }
}
