// The lab `soc`: Supervised Optimism Correction, on one state with free logits and in a network whose beams are judged.
import { defineLab } from '../lab.ts';
import { measure } from './measure.ts';
import { options, type SocOptions } from './options.ts';

const ZERO_AND_ABOVE = () => ({ atLeast: 0 });
/** A few roundings of numbers near 1. */
const ROUNDED = () => ({ atMost: 64 * Number.EPSILON });
/** Sums of at most 9 terms, divided by 1 − λ ≥ 0.1. */
const ROUNDED_SUMS = () => ({ atMost: 9 * 10 * 4 * Number.EPSILON });
/** Every step rounds logits that have drifted to λ·steps at most; what is rounded in one step stays. */
const ROUNDED_STEPS = ({ lambda, descent }: SocOptions) => ({
  atMost: 4 * Number.EPSILON * descent * (1 + lambda * descent),
});
/** At λ = 0.2 the slowest direction shrinks by e^−0.02 a step, to 10⁻⁵ after 600. */
const ARRIVED = () => ({ atMost: 1e-3 });

/** Supervised Optimism Correction and what is left of it without its common shift of logits. */
export const soc = defineLab({
  name: 'soc',
  title: 'Supervised Optimism Correction',
  source: 'arXiv 2504.07527',
  question:
    'Does rewarding log Σ exp of the logits make beams less optimistic, and is it because logits are Q-values?',
  look: 'first panel: beams promise more than their answers are worth; second panel: which terms lower that',
  firstSeed: 2001,
  seeds: 15,
  minutes: 1,
  method: [
    'The loss is $L=\\mathbb E[-\\log\\pi(a\\mid s)]-\\lambda\\,\\mathbb E[\\log\\sum_a\\exp Q(s,a)]$ on demonstrations, with the logits as $Q$ and $\\pi=\\operatorname{softmax}Q$. In a training the second term is the option `valueBonus` of SFT.',
    'First one state with free logits and the target $y=(.6,.3,.08,.02)$, in float64: the engine descends from logits 0, and is compared with the closed form.',
    'Then an expert with a known table $p^\\star(a\\mid\\text{prompt},\\text{last token})$, every row an order of $y$, and a GPT-2 of one layer that imitates a few hundred of its answers. A beam searches the best answer $\\hat s$ at every prompt. Its *value* is $\\log\\pi(\\hat s)$, its *truth* $\\log p^\\star(\\hat s)$; over-optimism is value minus truth, averaged over prompts, in nats.',
    'Four losses are compared from the same parameters and batches: SFT; with the correction; with negative label smoothing, $+\\lambda\\,\\frac1A\\sum_a\\log\\pi_a$; and with the shift, $-\\lambda\\,\\frac1A\\sum_aQ_a$. The correction is the sum of the last two terms. A fifth policy is SFT at the temperature at which it is as sure as the corrected one (mean of $\\max_a\\log\\pi$).',
    'An answer has one segment: nothing in it is written under another role. The split is that of the SFT part, the only one that is a function of log-probabilities.',
  ],
  paper: [
    'The authors connect SFT with offline reinforcement learning in a token-level Markov decision process, in which a language model learns an implicit Q-function.',
    'They argue that beam search amplifies inflated Q-values of suboptimal steps, and propose an auxiliary loss on token-level values that boosts confidence in demonstrated responses and suppresses over-optimism toward insufficiently supervised ones.',
    'They report better answers of beam search on GSM8K, MATH and GAOKAO for a series of models.',
  ],
  ours: [
    'Five seeds are too few: over seeds 1 to 5, which were looked at while the lab was made, all checks held; over 1001 to 1005 four of them were undecided (over-optimism 0.20 [−0.02, 0.43], lowered by 0.30 [−0.19, 0.79]). So there are fifteen, from 2001 on, which were not looked at before.',
    'The derivative in a logit is $(1-\\lambda)\\pi_a-y_a$, whose sum is $-\\lambda$: a common shift by $c$ lowers the loss by $\\lambda c$ without end. The loss has no minimum, and with $Q$ read as values nothing ties them to a reward.',
    'On free logits the policy does converge: to $\\pi_a=\\max(0,y_a-s)/(1-\\lambda)$, the projection of $y/(1-\\lambda)$ onto the simplex, where all logits of the support rise at speed $s$. For $y=(.6,.3,.08,.02)$ and $\\lambda=.2$ it is $(.675,.3,.025,0)$ with $s=.06$: pure sharpening.',
    'On free logits its descent is that of negative label smoothing to the last digits, since the two losses differ by $\\lambda$ times the mean logit, which no softmax sees. The Q story adds nothing there. This holds for gradient descent; AdamW scales each logit by itself, so that a common drift is no longer neutral.',
    'In the network the correction lowers over-optimism, but not by confidence: the corrected policy is less sure than SFT (`surer` is below 0). Negative label smoothing, its tabular twin, raises over-optimism. The shift alone, which on free logits leaves the policy untouched, lowers it, which suggests that the drift of logits takes up the steps of AdamW and the clipped norm (a reading, not tested by itself). SFT at a temperature above 1, as sure as the corrected policy, does about as well (`lowered.tempered`).',
  ],
  differs: [
    'A tiny network and a synthetic expert whose probabilities are known, in place of mathematical problems; truth is the expert’s probability of an answer, not whether it is right.',
    'AdamW with clipping at norm 1 and a higher learning rate than a large model has.',
  ],
  restsOn:
    'the abstract, a published summary and the form of the loss as it was handed to us; the full text was not read',
  options,
  full: { steps: 1000, prompts: 16, demonstrations: 1600 },
  small: { descent: 500 },
  measure,
  checks: [
    {
      name: 'Closed form by hand',
      sentence: 'For y = (.6, .3, .08, .02) and λ = .2 the policy is (.675, .3, .025, 0).',
      of: 'closedForm',
      expects: ROUNDED,
      over: 'every',
    },
    {
      name: 'It is stationary',
      sentence:
        'For random targets and λ the closed form satisfies the conditions under which the policy no longer changes.',
      of: 'stationarity',
      expects: ROUNDED_SUMS,
      over: 'every',
    },
    {
      name: 'Descent goes there',
      sentence: 'Descent on free logits ends at the closed form.',
      of: 'descent',
      expects: ARRIVED,
      over: 'every',
    },
    {
      name: 'It is negative label smoothing',
      sentence: 'On free logits both descents have the same policy at every step.',
      of: 'smoothingIsSoc',
      expects: ROUNDED_STEPS,
      over: 'every',
    },
    {
      name: 'No lower bound',
      sentence: 'A shift of all logits by 1 lowers the loss by λ.',
      of: 'shift',
      expects: ROUNDED,
      over: 'every',
    },
    {
      name: 'Beams are over-optimistic',
      sentence: 'After SFT the beam’s value is above the truth.',
      of: 'optimism.sft',
      expects: ZERO_AND_ABOVE,
      over: 'mean',
      paper: 'Beam search suffers from over-optimism.',
    },
    {
      name: 'The correction lowers it',
      sentence: 'Over-optimism is lower with the correction than after SFT.',
      of: 'lowered.soc',
      expects: ZERO_AND_ABOVE,
      over: 'mean',
      paper: 'The auxiliary loss suppresses over-optimism.',
    },
    {
      name: 'So does its shift alone',
      sentence: 'Over-optimism is lower with the shift alone than after SFT.',
      of: 'lowered.shift',
      expects: ZERO_AND_ABOVE,
      over: 'mean',
    },
    {
      name: 'So does a temperature',
      sentence: 'Over-optimism is lower for SFT at the temperature of equal confidence.',
      of: 'lowered.tempered',
      expects: ZERO_AND_ABOVE,
      over: 'mean',
    },
  ],
  controls: [
    {
      name: 'SFT goes elsewhere',
      wrong: 'The descent has no correction.',
      sentence: 'It ends at the closed form.',
      of: 'descentOfSft',
      expects: ARRIVED,
      over: 'every',
    },
    {
      name: 'SFT is no smoothing',
      wrong: 'The second descent has no term at all.',
      sentence: 'Both have the same policy at every step.',
      of: 'sftIsSoc',
      expects: ROUNDED_STEPS,
      over: 'every',
    },
    {
      name: 'A loss that sees no shift',
      wrong: 'The loss is that of negative label smoothing.',
      sentence: 'A shift of all logits by 1 lowers the loss by λ.',
      of: 'shiftOfSmoothing',
      expects: ROUNDED,
      over: 'every',
    },
    {
      name: 'Answers that no beam chose',
      wrong: 'The answers are drawn from the expert.',
      sentence: 'The value is above the truth.',
      of: 'optimismAtDraws',
      expects: ZERO_AND_ABOVE,
      over: 'mean',
    },
    {
      name: 'Sharpening without the shift',
      wrong: 'The term is negative label smoothing, what the correction is on free logits.',
      sentence: 'Over-optimism is lower than after SFT.',
      of: 'lowered.smoothing',
      expects: ZERO_AND_ABOVE,
      over: 'mean',
    },
  ],
  findings: [],
  picture: {
    title: 'What a beam promises and what it is worth',
    caption:
      'Left: value against truth of the beam’s answer at each prompt; below the diagonal it promises more than it is worth. Middle: the mean difference by width of the beam. Right: on one state the correction sharpens, to the closed form.',
    panels: [
      {
        title: 'Value against truth',
        x: { label: 'log π of the beam’s answer' },
        y: { label: 'log p* of it' },
        hasDiagonal: true,
        curves: [
          { name: 'SFT', x: 'value.sft', y: 'truth.sft', as: 'dots' },
          { name: 'with the correction', x: 'value.soc', y: 'truth.soc', as: 'dots' },
          { name: 'negative smoothing', x: 'value.smoothing', y: 'truth.smoothing', as: 'dots' },
        ],
      },
      {
        title: 'Over-optimism',
        x: { label: 'width of the beam', scale: 'log' },
        y: { label: 'value − truth, nats' },
        curves: [
          { name: 'SFT', x: 'beamWidth', y: 'optimism.sft', as: 'both' },
          { name: 'with the correction', x: 'beamWidth', y: 'optimism.soc', as: 'both' },
          { name: 'negative smoothing', x: 'beamWidth', y: 'optimism.smoothing', as: 'both' },
          { name: 'shift alone', x: 'beamWidth', y: 'optimism.shift', as: 'both' },
          { name: 'SFT at a temperature', x: 'beamWidth', y: 'optimism.tempered', as: 'both' },
        ],
      },
      {
        title: 'One state, free logits',
        x: { label: 'step', scale: 'log' },
        y: { label: 'π of the most probable token' },
        curves: [
          { name: 'with the correction', x: 'step', y: 'topSoc', as: 'line' },
          { name: 'SFT', x: 'step', y: 'topSft', as: 'line' },
          { name: 'closed form', x: 'step', y: 'topLimit', as: 'line', isReference: true },
        ],
      },
    ],
  },
  next: [
    {
      set: ['lambda=0.05'],
      expect:
        'A smaller coefficient moves over-optimism less (lowered.soc, lowered.smoothing nearer to 0) and sharpens the state less.',
    },
    {
      set: ['demonstrations=150', 'steps=600'],
      expect: 'Fewer demonstrations, learnt longer: SFT is more over-optimistic.',
    },
    {
      set: ['demonstrations=4000'],
      expect: 'With many demonstrations SFT comes close to the expert and its over-optimism falls.',
    },
  ],
});
