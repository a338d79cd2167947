// A reward model beside the Gaussian of the reference policy's responses in its latent space: reward, distance, outlier.
import { mean } from '../../base/student.ts';
import { FittedGaussian } from './outliers.ts';
import type { Response } from './responses.ts';
import type { RewardModel } from './rewardModel.ts';

/** What a reward model says of N responses. */
export interface Judgement {
  /** [N] the reward, standardised: 0 on average over the reference responses, with a standard deviation (divisor n − 1) of 1. */
  readonly reward: Float64Array;
  /** [N] D, the Mahalanobis distance of μ to the reference responses. */
  readonly distance: Float64Array;
  /** The share of responses whose distance is improbable at the level. */
  readonly outliers: number;
}

/** Judges responses by a reward model and by the reference responses. */
export class Judge {
  readonly gaussian: FittedGaussian;
  readonly #model: Pick<RewardModel, 'score'>;
  readonly #level: number;
  readonly #mean: number;
  readonly #scale: number;

  /**
   * @param level α of the outliers
   * @param ridge added to the variances of the latent space
   * @throws InputError if the reference responses do not span the latent space
   */
  constructor(
    model: Pick<RewardModel, 'score'>,
    reference: readonly Response[],
    level: number,
    ridge: number,
  ) {
    const { mu, reward } = model.score(reference);
    this.gaussian = new FittedGaussian(mu, ridge);
    this.#model = model;
    this.#level = level;
    this.#mean = mean([...reward]);
    // With the divisor of the covariance, so that no |reward| is larger than its distance.
    const squares = reward.reduce((sum, r) => sum + (r - this.#mean) ** 2, 0);
    this.#scale = Math.sqrt(squares / (reference.length - 1));
  }

  /** Reward, distance and share of outliers. */
  judge(responses: readonly Response[]): Judgement {
    const { mu, reward } = this.#model.score(responses);
    const squared = mu.map((point) => this.gaussian.squaredDistance(point));
    return {
      reward: reward.map((r) => (r - this.#mean) / this.#scale),
      distance: Float64Array.from(squared, Math.sqrt),
      outliers: mean(squared.map((d) => (this.gaussian.pValue(d) < this.#level ? 1 : 0))),
    };
  }
}
