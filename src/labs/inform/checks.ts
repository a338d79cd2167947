// What must be seen in the lab, and the settings for which the same must not be.
import type { LabCheck, LabControl } from '../lab.ts';
import type { InformOptions } from './options.ts';

type Check = LabCheck<InformOptions>;

/** Log-odds by which the gold reward must change to count: at 1 the better one wins 73 of 100 comparisons. */
const ONE_UNIT = 1;

/**
 * Of 4000 trials a seed: the standard error over five seeds is √(α(1 − α)/20000), and the t interval with 4 degrees of freedom is 2.8
 * of these on either side. Twice that is left for the interval, the rest for its centre: 10 standard errors in all.
 */
function aroundLevel({ level }: InformOptions): { atLeast: number; atMost: number } {
  const margin = 10 * Math.sqrt((level * (1 - level)) / 20_000);
  return { atLeast: level - margin, atMost: level + margin };
}

const levelKept: Check = {
  name: 'the level of the test',
  sentence:
    'Where points are Gaussian for certain, Hotelling’s test calls a share α of fresh points outliers, although mean and covariance come from only 4·d points.',
  of: 'shareByF',
  expects: aroundLevel,
  over: 'mean',
};

/**
 * Cholesky's error in D² does not depend on the scale of the axes (van der Sluis 1969): it is at most about 8·d²·ε·κ with the condition
 * number κ of the correlation matrix, for either of the two. Of 4·d Gaussian points κ is below 10⁴ but with a probability far below 10⁻⁶.
 */
const shrinking: Check = {
  name: 'what a bottleneck can do to distances',
  sentence:
    'Shrinking the axes of the latent space, as a bottleneck shrinks directions, changes no Mahalanobis distance.',
  of: 'shrinkingChange',
  expects: ({ latent }) => ({ atMost: 16 * latent ** 2 * 2 ** -52 * 1e4 }),
  over: 'every',
};

const reference: Check = {
  name: 'outliers of the reference',
  sentence: 'Of fresh responses of the reference policy a share of about α are outliers: between α/2 and 2α.',
  of: 'shareOfReference',
  expects: ({ level }) => ({ atLeast: level / 2, atMost: 2 * level }),
  over: 'mean',
};

const overOptimised: Check = {
  name: 'over-optimisation',
  sentence:
    'Optimised against the reward model alone, the gold reward falls by at least one unit below the highest value it had.',
  of: 'goldFall',
  expects: () => ({ atLeast: ONE_UNIT }),
  over: 'mean',
  paper:
    'The authors report that reward models are over-optimised and that such responses are outliers in the latent space.',
};

const proxy: Check = {
  name: 'the proxy rises',
  sentence: 'A part of the whole rise of the reward model’s reward comes after the gold reward was highest.',
  of: 'proxyAfterPeak',
  expects: () => ({ atLeast: 0 }),
  over: 'mean',
};

const share: Check = {
  name: 'outliers of the over-optimised policy',
  sentence:
    'At the end at least 9 of 10 of its responses are outliers, each seed weighed by the fall of gold.',
  of: 'outlyingAtEnd',
  expects: () => ({ atLeast: 0 }),
  over: 'mean',
  paper: 'The authors read the share of outliers (MOP) as the severity of reward hacking.',
};

const kept: Check = {
  name: 'the penalty keeps gold',
  sentence: 'The penalty on the distance prevents at least half of the fall of the gold reward.',
  of: 'beyondHalf',
  expects: () => ({ atLeast: 0 }),
  over: 'mean',
  paper: 'The authors report that IBL mitigates reward hacking.',
};

const agrees: Check = {
  name: 'a bottleneck generalises',
  sentence:
    'With the bottleneck the reward model agrees with fresh preferences at least as often as without.',
  of: 'agreementGain',
  expects: () => ({ atLeast: 0 }),
  over: 'mean',
  paper: 'The authors report that the bottleneck filters out what does not matter to preferences.',
};

/** The rounding of D, as above, for correlation matrices with a condition number up to 10⁸. */
const perDistanceRounding = ({ latent }: InformOptions): number => 16 * latent ** 2 * 2 ** -52 * 1e8;

const outweighed: Check = {
  name: 'what a response can gain by its distance',
  sentence:
    'No response has a standardised reward larger than its distance: at γ = 1 the penalty takes away all that a response can gain in the latent space.',
  of: 'rewardOverDistance',
  expects: (options) => ({ atMost: 1 + perDistanceRounding(options) }),
  over: 'every',
};

/** The bound on rewards by distances predicts it, for either kind of reward model. */
const keptWithout: Check = {
  name: 'the penalty needs no bottleneck',
  sentence: 'Without a bottleneck, too, the penalty prevents at least half of the fall of the gold reward.',
  of: 'beyondHalfWithoutBottleneck',
  expects: () => ({ atLeast: 0 }),
  over: 'mean',
};

const alike: Check = {
  name: 'the penalty with and without a bottleneck',
  sentence:
    'Under the penalty gold ends alike with and without a bottleneck: the two differ by less than half of what the penalty prevents.',
  of: 'alikeByBottleneck',
  expects: () => ({ atLeast: 0 }),
  over: 'mean',
  paper: 'The authors define the penalty in the latent space of a reward model with a bottleneck.',
};

/** What the invariance of the distance predicts; the abstract says nothing of a reward model without a bottleneck. */
const needless: Check = {
  name: 'outliers need no bottleneck',
  sentence:
    'Without a bottleneck, too, at least 9 of 10 responses are outliers at the end, each seed weighed by the fall of gold.',
  of: 'outlyingWithoutBottleneck',
  expects: () => ({ atLeast: 0 }),
  over: 'mean',
};

/** The checks, in the order in which they are read. */
export const CHECKS: readonly Check[] = [
  levelKept,
  shrinking,
  reference,
  agrees,
  overOptimised,
  proxy,
  share,
  needless,
  outweighed,
  kept,
  keptWithout,
  alike,
];

/** The check of γ = 1 put to half of it. */
const half: LabControl<InformOptions> = {
  name: 'half a unit of distance',
  sentence: 'No response has a standardised reward larger than half of its distance.',
  of: 'rewardOverDistance',
  expects: () => ({ atMost: 0.5 }),
  over: 'every',
  wrong: 'Along the direction that the reward looks at, reward grows as fast as distance.',
};

/** A check put to another number, for which it is wrong. */
function control(check: Check, name: string, of: string, wrong: string): LabControl<InformOptions> {
  const { sentence, expects, over } = check;
  return { name, sentence, expects, over, of, wrong };
}

/** The controls. */
export const CONTROLS: readonly LabControl<InformOptions>[] = [
  control(
    levelKept,
    'χ² for an estimated covariance',
    'shareByChiSquare',
    'The tail of χ² takes mean and covariance as known, which from 4·d points they are not.',
  ),
  control(
    shrinking,
    'shrinking with a ridge',
    'shrinkingChangeWithRidge',
    '10⁻³ is added to the variances, so that directions the bottleneck has shrunk count for less.',
  ),
  control(
    share,
    'outliers of a policy that is honest',
    'outlyingOnGold',
    'The policy is optimised against the gold reward for as many steps; nothing is over-optimised.',
  ),
  half,
  control(
    kept,
    'the penalty shuffled',
    'beyondHalfShuffled',
    'Each response pays the mean distance of eight others of the batch, which is as large on average and says nothing.',
  ),
];
