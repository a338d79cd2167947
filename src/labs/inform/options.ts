// The settings of the lab, with bounds within which memory and time stay small.
import { AT_LEAST_ZERO, numberOption, type OptionsOf } from '../../base/options.ts';
import { integerFrom, numberFrom } from '../shared/range.ts';

/** The table of options. */
export const OPTIONS = {
  pairs: numberOption(100, integerFrom(10, 5000), 'Preference pairs that a reward model learns from.'),
  draws: numberOption(
    16,
    integerFrom(1, 200),
    'Sets of pairs, each with a reward model of either kind: agreement is their mean; the first is optimised against.',
  ),
  reference: numberOption(
    400,
    integerFrom(20, 5000),
    'Responses of the reference policy that the Gaussian is fitted to.',
  ),
  latent: numberOption(4, integerFrom(1, 8), 'The dimension d of the latent space.'),
  hidden: numberOption(16, integerFrom(4, 128), 'The width of the hidden layer of the encoder.'),
  bottleneck: numberOption(
    0.5,
    AT_LEAST_ZERO,
    'β: the weight of KL(N(μ, σ²)‖N(0, I)) in the loss of the reward model.',
  ),
  rewardSteps: numberOption(300, integerFrom(10, 2000), 'Steps of the reward model, each on all pairs.'),
  rewardRate: numberOption(0.01, numberFrom(1e-5, 0.1), 'The learning rate of the reward model, AdamW.'),
  penalty: numberOption(
    1,
    AT_LEAST_ZERO,
    'γ: what a unit of Mahalanobis distance costs, in standard deviations of the reward.',
  ),
  ridge: numberOption(0, numberFrom(0, 1), 'Added to the variances of μ before distances are taken.'),
  level: numberOption(0.05, numberFrom(0.001, 0.5), 'α: a response is an outlier if its p-value lies below.'),
  steps: numberOption(450, integerFrom(20, 2000), 'Steps of the policy.'),
  groups: numberOption(4, integerFrom(1, 32), 'Groups a step.'),
  group: numberOption(16, integerFrom(2, 64), 'Responses a group.'),
  learningRate: numberOption(0.03, numberFrom(1e-5, 0.5), 'The learning rate of the policy, AdamW.'),
  kl: numberOption(
    0,
    AT_LEAST_ZERO,
    'β of the KL penalty of RLOO to the reference policy, inside the reward.',
  ),
  evaluateEvery: numberOption(30, integerFrom(5, 500), 'The policy is looked at every so many steps.'),
  evaluated: numberOption(500, integerFrom(50, 5000), 'Fresh responses at every look.'),
  lengthCost: numberOption(
    0.05,
    numberFrom(0, 1),
    'What the square of a filler token beyond the tolerated ones takes off the gold reward.',
  ),
};

/** Their values. */
export type InformOptions = OptionsOf<typeof OPTIONS>;
