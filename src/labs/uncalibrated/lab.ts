// The lab `uncalibrated`: what GRPO's standard deviation does to predicted probabilities of outcomes that are chance.
import { defineLab, type LabCheck } from '../lab.ts';
import { pushRounding } from './exactPush.ts';
import { measure } from './measure.ts';
import { options, type UncalibratedOptions } from './options.ts';

/** The published bound at the default batch; the sampling noise of a gradient goes with 1/√batch. */
const bound = ({ batch }: Pick<UncalibratedOptions, 'batch'>): number =>
  0.01 * Math.max(1, Math.sqrt(options.batch.default / batch));

/** Ten times what the others are allowed. */
const OVERCONFIDENT = 0.1;

function calibrated(name: string, of: string, paper: string): LabCheck<UncalibratedOptions> {
  return {
    name: `${name} is calibrated`,
    sentence: `The expected calibration error of ${name} is at most 0.01 (times the root of 5 000 over the batch, if that is smaller).`,
    of,
    expects: (given) => ({ atMost: bound(given) }),
    over: 'mean',
    paper,
  };
}

/** GRPO, its repair, RLOO and PPO on questions whose answers are chance. */
export const uncalibrated = defineLab({
  name: 'uncalibrated',
  title: 'Over-confident by a division',
  source: 'arXiv 2508.11800',
  question: 'Does dividing by the standard deviation of the group spoil predicted probabilities?',
  look: 'the reliability diagram: GRPO leaves the diagonal for 0 and 1, the others stay on it',
  firstSeed: 5001,
  seeds: 10,
  minutes: 2,
  method: [
    String.raw`10 000 questions fall into 20 categories. A category has a probability of yes, $p_c\sim U(0,1)$, and each of its questions an answer, drawn once: $y\sim\mathrm{Bernoulli}(p_c)$. The policy is a table of logits over the predictions 0.01, 0.02, …, 0.99 for each category, at first all 0. It sees the category alone, so that the best it can say is how often the answer is yes.`,
    String.raw`A step draws 10 predictions $q$ for each question of a batch. The reward is the log-likelihood of the answer, $R=\log q$ for yes and $\log(1-q)$ for no: a proper score, greatest on average at $q=p_c$. The ten are one group. AdamW (betas 0.9 and 0.999, decay 0.01) follows the loss of one objective: GRPO; GRPO without the standard deviation (normalizeByStd=false); RLOO; PPO with a critic $V(c)$, a table that AdamW fits to the rewards.`,
    String.raw`Nothing is drawn for the evaluation. The calibration error sums $|E[q]-P(\text{yes})|$ over ten bins of $q$, by exact sums over all predictions of the policy and the answers of the questions. The area under the ROC curve and the accuracy are sums of the same kind.`,
    String.raw`Why: let a policy have two predictions left, $q<q'$, of which $q'$ is drawn with probability $a$. In a group of $G$ with $k$ of the higher one, standardised advantages depend on $k$ and on which of the two has the larger reward, and not on how far the rewards are apart. That is $q'$ for yes and $q$ for no. So the expected push on the logit of $q'$ is $(2p-1)\,E\big[\sqrt{k(G-k)(G-1)/G}\big]/G$: its sign is that of $p-\tfrac12$, wherever $q$ is, and predictions go to the end of the scale. Without the division it is $a(1-a)\tfrac{G-1}{G}\big(p\log\tfrac{q'}{q}+(1-p)\log\tfrac{1-q'}{1-q}\big)$, which is 0 at $q\approx p$. Both are compared with the weights of gradsplit's objectives on every group that can be drawn.`,
    `Clipping is compared on a fifth of the batch with two updates a batch, so that the second one meets ratios other than 1: GRPO with and without the clip, and GRPO without the division with it. There is one segment, because a trajectory is one prediction.`,
  ],
  paper: [
    'The authors report calibration errors of 0.2386 for GRPO, 0.0019 for GRPO without the standard deviation, 0.0020 for RLOO and 0.0052 for PPO, with areas under the ROC curve of 0.750, 0.823, 0.823 and 0.823.',
    'They explain the over-confidence by the bias that the standard deviation brings into the advantage, and advise to leave it out.',
    'They report that clipping does not matter; in the published code the clipped loss is overwritten by the one without, so that the comparison could not have come out otherwise.',
  ],
  ours: [
    'The sign of p − ½ for two predictions left, the closed forms and their comparison with the weights are our derivation.',
    'Complete over-confidence (0.99 where yes is the more frequent answer, else 0.01) has a calibration error of E[min(p, 1 − p)] − 0.01 = 0.24 and an area of 3/4, against 5/6 for perfect predictions: the figures of the paper.',
    'With ten rollouts GRPO gets two thirds of the way in the time that a lab has, 0.18 instead of 0.24 on average: near p = ½ the push is weak, and the policy is left with one prediction before it arrives. Ranks between those categories survive, so that the area falls less than from 5/6 to 3/4. With two rollouts it gets to 0.21 to 0.23, at three seeds.',
    'It is not the rate: at seed 101, where complete over-confidence has 0.201, a fifth of the rate with five times the steps ends at the same 0.156. At the published rate of 0.003 it is 0.134 and rising after 10 000 steps of 100 questions, and 0.116 and rising after 20 000 steps of 10; with 0.03, 0.163 after 10 000 steps of 10 and 0.167 after 40 000 (all one seed, GRPO alone). So small batches get a little farther, slowly. The published figure was not reached; `--full`, with batches of 10 000 and 100 steps, ended at 0.183 of 0.221 (seed 1001).',
    'PPO has batches twice as large. Its critic sees the category and not the answer, so that the luck of the answers stays in its advantages; the other rollouts of the same question, which RLOO subtracts, take it off. With 50 steps of 5 000 its error was 0.011 [0.009, 0.014] over seeds 1001 to 1005, where 0.01 is asked and 0.005 published; with 80 steps 0.008 [0.004, 0.011] over 3001 to 3005, at two of which longer training changed nothing and the larger batch did (0.011 and 0.012 to 0.009 and 0.005). A falling rate made it larger. So there are 80 steps for everyone, and its error over 4001 to 4005 was 0.009 [0.007, 0.010]: too few seeds to tell it from 0.01. So there are ten now, from 5001 on, where nobody had looked.',
    'The audit does not call the division a fault of these rollouts, as nothing in them is wrong by itself: it names it in the note `difficulty-bias`, that a unit of reward weighs more where rewards differ little. Here this is the cause. `std-noise` is about rewards that are equal but for rounding, and they are not.',
    'A published ablation of the clip could say nothing at the published rate of 0.003 either: one update changes a ratio by less than 1 %. At our rate the second update clips about a tenth of all ratios.',
  ],
  differs: [
    'Batches of 5 000 questions and a learning rate of 0.5 instead of 0.003: logits must move by about 10, and a table has no features that a large rate could spoil. With 0.003 and small batches two thirds of the way take some 10 000 steps, too.',
    'Calibration is measured exactly and against the answers of the questions of the training, not on draws.',
  ],
  restsOn:
    'The abstract, public summaries, and descriptions of the table of results and of the published code; the full text and the code themselves were not at hand when this was written.',
  options,
  full: { batch: 10_000, steps: 160, clipSteps: 80 },
  small: { batch: 1250, steps: 40 },
  measure,
  checks: [
    {
      name: 'GRPO is over-confident',
      sentence: 'The expected calibration error of GRPO is at least ten times the 0.01 that the others keep.',
      of: 'errorGrpo',
      expects: () => ({ atLeast: OVERCONFIDENT }),
      over: 'mean',
      paper: '0.2386',
    },
    calibrated('GRPO without the standard deviation', 'errorPlain', '0.0019'),
    calibrated('RLOO', 'errorRloo', '0.0020'),
    calibrated('PPO', 'errorPpo', '0.0052'),
    {
      name: 'ranks get worse',
      sentence: 'The area under the ROC curve is larger without the division than with it.',
      of: 'rocGain',
      expects: () => ({ atLeast: 0 }),
      over: 'mean',
      paper: '0.823 against 0.750',
    },
    {
      name: 'the categories are told apart',
      sentence: 'The area under the ROC curve of RLOO is at least 3/4, that of complete over-confidence.',
      of: 'rocRloo',
      expects: () => ({ atLeast: 0.75 }),
      over: 'mean',
      paper: '0.823',
    },
    {
      name: 'accuracy does not show it',
      sentence: 'With and without the division the likelier answer is right equally often, within 0.01.',
      of: 'accuracyGain',
      expects: () => ({ atLeast: -0.01, atMost: 0.01 }),
      over: 'mean',
      paper: 'the same, 0.75',
    },
    {
      name: 'the push of GRPO in closed form',
      sentence:
        'The expected push of GRPO on two predictions is (2p − 1)·E[√(k(G − k)(G − 1)/G)]/G up to rounding.',
      of: 'normalisedGap',
      expects: ({ rollouts }) => ({ atMost: pushRounding(rollouts) }),
      over: 'every',
    },
    {
      name: 'its sign is that of p − ½',
      sentence: 'On no policy of the grid has the push of GRPO another sign than p − ½.',
      of: 'normalisedSigns',
      expects: () => ({ atMost: 0 }),
      over: 'every',
    },
    {
      name: 'the push without the division in closed form',
      sentence:
        'Without the standard deviation the expected push is that of the expected score up to rounding.',
      of: 'plainGap',
      expects: ({ rollouts }) => ({ atMost: pushRounding(rollouts) }),
      over: 'every',
    },
    {
      name: 'a clip does not help',
      sentence: 'With a clip that is reached GRPO is over-confident all the same.',
      of: 'errorClipped',
      expects: () => ({ atLeast: OVERCONFIDENT }),
      over: 'mean',
      paper: 'as without (in the code the clipped loss is overwritten)',
    },
    {
      name: 'the clip is reached',
      sentence: 'Of the ratios of these trainings at least one in a hundred lies outside of the clip.',
      of: 'beyondClip',
      expects: () => ({ atLeast: 0.01 }),
      over: 'every',
    },
    {
      name: 'the clip is not the cause',
      sentence: 'Without a clip, with the same two updates a batch, GRPO is over-confident all the same.',
      of: 'errorUnclipped',
      expects: () => ({ atLeast: OVERCONFIDENT }),
      over: 'mean',
    },
    {
      name: 'with a clip and without the division',
      sentence:
        'GRPO without the standard deviation is calibrated with the clip, too, within the noise of its smaller batches.',
      of: 'errorClippedPlain',
      expects: ({ batch }) => ({ atMost: bound({ batch: batch / 5 }) }),
      over: 'mean',
    },
    {
      name: 'the audit names the division',
      sentence: 'The audit of the rollouts of GRPO has the note difficulty-bias.',
      of: 'namedWithStd',
      expects: () => ({ atLeast: 1 }),
      over: 'every',
    },
  ],
  controls: [
    {
      name: 'GRPO said to be calibrated',
      sentence: 'The bound of the others holds for GRPO.',
      wrong: 'It divides by the standard deviation.',
      of: 'errorGrpo',
      expects: (given) => ({ atMost: bound(given) }),
      over: 'mean',
    },
    {
      name: 'shuffled outcomes',
      sentence: 'The area under the ROC curve of RLOO is at least 3/4.',
      wrong: 'It was trained with the answers of other questions, so that a category says nothing.',
      of: 'rocShuffled',
      expects: () => ({ atLeast: 0.75 }),
      over: 'mean',
    },
    {
      name: 'the sign without the division',
      sentence: 'On no policy of the grid has the push another sign than p − ½.',
      wrong: 'It is the push without the division, whose sign is that of p − q.',
      of: 'plainSigns',
      expects: () => ({ atMost: 0 }),
      over: 'every',
    },
    {
      name: 'the audit without the division',
      sentence: 'The audit has the note difficulty-bias.',
      wrong: 'These are the rollouts of GRPO without the standard deviation, under that objective.',
      of: 'namedWithoutStd',
      expects: () => ({ atLeast: 1 }),
      over: 'every',
    },
  ],
  findings: [],
  picture: {
    title: 'Predicted probabilities after training on answers that are chance',
    caption:
      'Left: what a policy says of each category against how often the answer is yes. Middle: the calibration error while training. Right: the exact push from 70 % to 71 %, over its largest size: with the division it changes sign at ½, without it at the prediction itself.',
    panels: [
      {
        title: 'Reliability by category',
        x: { label: 'how often the answer is yes', domain: [0, 1] },
        y: { label: 'mean prediction', domain: [0, 1] },
        hasDiagonal: true,
        curves: [
          { name: 'GRPO', x: 'frequency', y: 'grpoPrediction', as: 'both' },
          { name: 'GRPO without std', x: 'frequency', y: 'plainPrediction', as: 'both' },
          { name: 'RLOO', x: 'frequency', y: 'rlooPrediction', as: 'both' },
          { name: 'PPO', x: 'frequency', y: 'ppoPrediction', as: 'both' },
        ],
      },
      {
        title: 'Calibration error',
        x: { label: 'step' },
        y: { label: 'expected calibration error' },
        curves: [
          { name: 'GRPO', x: 'step', y: 'grpoError', as: 'line' },
          { name: 'GRPO without std', x: 'step', y: 'plainError', as: 'line' },
          { name: 'RLOO', x: 'step', y: 'rlooError', as: 'line' },
          { name: 'PPO', x: 'step', y: 'ppoError', as: 'line' },
        ],
      },
      {
        title: 'Push from 70 % to 71 %',
        x: { label: 'probability of yes', domain: [0, 1] },
        y: { label: 'push over its largest size', domain: [-1, 1] },
        curves: [
          { name: 'GRPO', x: 'chance', y: 'pushWithStd', as: 'line' },
          { name: 'GRPO without std', x: 'chance', y: 'pushWithoutStd', as: 'line' },
          { name: 'no push', x: 'chance', y: 'noPush', as: 'line', isReference: true },
        ],
      },
    ],
  },
  next: [
    {
      set: ['rollouts=2', 'batch=10000'],
      expect:
        'In a group of two the standardised advantages are ±0.71 or 0, whatever the rewards: nothing of the score is left but its sign, and GRPO comes close to complete over-confidence (0.23 of 0.24 at two seeds), while the others stay near their bound.',
    },
    {
      set: ['clip=1'],
      expect:
        'Fewer than one ratio in 10 000 gets beyond 1 ± 1 in two updates: the comparison of clipping says nothing, and the check that the clip is reached fails.',
    },
    {
      set: ['steps=10'],
      expect:
        'Ten steps are too few: nothing is calibrated yet, with errors of about 0.02, and GRPO is on its way, at 0.09 (two seeds); the checks say so.',
    },
  ],
});
