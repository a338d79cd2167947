// The lab of Argos: a verifier that picks its scorers, against a shortcut that gives the answer away.
import { defineLab, type LabCheck } from '../lab.ts';
import { measure } from './measure.ts';
import { type ArgosOptions, options } from './options.ts';

/** What counts as not using the shortcut; the control is put to the same. */
const NO_SHORTCUT: Pick<LabCheck<ArgosOptions>, 'expects' | 'over'> = {
  expects: () => ({ atMost: 0.05 }),
  over: 'mean',
};
/** What counts as ungrounded: most right answers have their point elsewhere. */
const UNGROUNDED: Pick<LabCheck<ArgosOptions>, 'expects' | 'over'> = {
  expects: () => ({ atLeast: 0.5 }),
  over: 'mean',
};

/** A verifier that picks the scorers that apply and composes one gated reward. */
export const argos = defineLab({
  name: 'argos',
  title: 'A verifier that keeps answers grounded',
  source: 'arXiv 2512.03438',
  question: 'Does a reward for the answer alone let the policy forget where the answer is to be seen?',
  look: 'The paths: answers rise for all, but the point is lost where nothing verifies it.',
  minutes: 1.5,
  method: [
    `An image is a grid inside a coloured border. Every cell inside holds an object of some kind and colour; the question names a kind, which one object has, and its colour is the answer. In training the border has this colour with probability $s+(1-s)/A$, with $s=0.95$ and $A=4$ colours: a shortcut. From afar a cell is seen as the prototype of its kind plus noise, so that the object cannot be found with certainty; the border is found always.`,
    String.raw`A rollout has two tokens. The point is a cell, with logit $\langle w_{\text{asked}},x_c\rangle$ and $b$ more on the border, or nowhere. The answer comes from a table by the colour at the point: the policy answers from what it looks at. $w$, $b$ and the table are learnt.`,
    'Every setting starts from the same policy: SFT on 24 grounded demonstrations, with the point in the object. Then *sft* goes on imitating its own rollouts whose answer is right, which is how demonstrations are chosen where only answers are checked. *outcome* is GRPO on right answers. *composed* is GRPO on the reward of the verifier. *broken*, the control, is GRPO on a verifier that picks one scorer at random, of which one is broken.',
    String.raw`The verifier has a pool of scorers: was a point given, is the answer right, is the point in the object. The last can only be asked where the place of the object is known, on 70 % of the images. It picks all that apply to the image and composes $R=\prod_k\text{score}_k$, so that each scorer is a gate for the others. The broken scorer compares the point with the object of another image.`,
    'Accuracies are expectations over both tokens on held-out images, without sampling; once as in training, and once with a border of any colour, which takes the shortcut away.',
    'The split has the segments `point` and `answer`, of GRPO with the composed reward.',
  ],
  paper: [
    'The authors propose an agentic verifier that selects, for each sample, from a pool of scoring functions for the final answer, spatiotemporal localisation and the quality of reasoning.',
    'They report that SFT on curated data alone is insufficient, as agents collapse to ungrounded solutions during reinforcement without online verification.',
    'They report that the verifier reduces reward hacking, and justify it by Pareto optimality.',
  ],
  ours: [
    'The setting was chosen while looking at seeds 1 to 5. On seeds 6 to 10 and on the usual ones, of which none was looked at before, every check holds and both controls are rejected.',
    `Under the outcome alone the border is worth $s+(1-s)/A$, and looking for the object is worth as much as it can be found. Where the first is more, the policy is paid for pointing at the border: answers improve while the point is lost.`,
    'Imitating rollouts whose answer is right is REINFORCE with rewards 0 and 1 and no baseline: it goes the same way.',
    'The gate pays on most images only for a point in the object. On the others the border still pays; as the policy cannot tell them apart, the gate decides as long as enough images have annotations.',
    'The price is visible: with the shortcut whole, the composed reward answers less often right than the outcome alone, because it may not use the border.',
    'Both tokens of a rollout have the same advantage: the weights of GRPO divide in halves exactly, whatever the verifier says.',
  ],
  differs: [
    'A grid and a policy of some tens of parameters in the place of images and a vision-language model.',
    'Two of the three kinds of scorers of the paper, and format; none for the quality of reasoning, as there is no reasoning to judge.',
    'The scorers that apply follow from the sample by a rule, not from a language model.',
    'SFT alone is imitation of own rollouts with right answers; on the grounded demonstrations alone it would have no reason to leave them.',
  ],
  restsOn:
    'The abstract and the public summaries of the paper and of its authors; its full text and its code were not used. The gate as a product is our reading.',
  options,
  full: { steps: 1200, heldOut: 512 },
  small: { steps: 300, learningRate: 0.06, warmSteps: 30, heldOut: 96 },
  measure,
  checks: [
    {
      name: 'outcome only keeps the answers',
      sentence: 'Under the outcome alone answers are at least as often right as after the demonstrations.',
      of: 'outcomeAnswerGain',
      expects: () => ({ atLeast: 0 }),
      over: 'mean',
    },
    {
      name: 'outcome only loses the point',
      sentence:
        'Under the outcome alone the point is in the object at most half as often as after the demonstrations.',
      of: 'outcomePointRatio',
      expects: () => ({ atMost: 0.5 }),
      over: 'mean',
      paper: 'agents collapse to ungrounded solutions without online verification',
    },
    {
      name: 'outcome only ends at the border',
      sentence: 'Its answers are right as often as the colour of the border is, up to 0.05.',
      of: 'outcomeExcess',
      expects: () => ({ atLeast: -0.05, atMost: 0.05 }),
      over: 'mean',
    },
    {
      name: 'SFT alone becomes ungrounded',
      sentence:
        'After SFT on rollouts with right answers at least half of the right answers have their point elsewhere.',
      of: 'sftUngrounded',
      ...UNGROUNDED,
      paper: 'SFT on curated data alone is insufficient',
    },
    {
      name: 'composed keeps the point',
      sentence:
        'Under the composed reward the point is in the object more often than after the demonstrations, by 0.1.',
      of: 'composedPointGain',
      expects: () => ({ atLeast: 0.1 }),
      over: 'mean',
    },
    {
      name: 'composed keeps the answers',
      sentence: 'Under the composed reward answers are at least as often right as after the demonstrations.',
      of: 'composedAnswerGain',
      expects: () => ({ atLeast: 0 }),
      over: 'mean',
    },
    {
      name: 'composed leaves the shortcut',
      sentence: 'Under the composed reward at most 5 % of the points are on the border.',
      of: 'composedBorder',
      ...NO_SHORTCUT,
      paper: 'the verifier reduces reward hacking',
    },
    {
      name: 'without the shortcut',
      sentence:
        'Where the border says nothing, the composed reward has left more right answers than the outcome alone, by 0.2.',
      of: 'unaidedGain',
      expects: () => ({ atLeast: 0.2 }),
      over: 'mean',
    },
    {
      name: 'bounds of point and answer',
      sentence: 'The probability of both lies between the bounds that those of each allow.',
      of: 'boundError',
      // Means over images of sums over places of products: 2·places·images roundings of numbers up to 1, and exp correct to 2 ulp.
      expects: ({ side, heldOut }) => ({ atMost: 4 * (side * side + heldOut) * Number.EPSILON }),
      over: 'every',
    },
    {
      name: 'weights divide in halves',
      sentence: 'The point has half of the weights of GRPO.',
      of: 'halfError',
      // A sum of B terms has a relative error below B·ε, and so has its share of two such sums.
      expects: ({ prompts, group }) => ({ atMost: 2 * prompts * group * Number.EPSILON }),
      over: 'every',
    },
  ],
  controls: [
    {
      name: 'a broken verifier leaves the shortcut',
      sentence: 'Under a verifier that picks a scorer at random at most 5 % of the points are on the border.',
      of: 'brokenBorder',
      ...NO_SHORTCUT,
      wrong: 'its point scorer looks at another image, and nothing makes it judge point and answer together',
    },
    {
      name: 'composed becomes ungrounded',
      sentence: 'Under the composed reward at least half of the right answers have their point elsewhere.',
      of: 'composedUngrounded',
      ...UNGROUNDED,
      wrong: 'the gate pays for answers with the point in the object',
    },
  ],
  findings: [],
  picture: {
    title: 'Point against answer',
    caption:
      'Paths over the training, from the policy after the demonstrations. Left: images as in training. Right: the border has any colour.',
    panels: (['', 'Broken'] as const).map((which) => ({
      title: which === '' ? 'The border gives the answer away' : 'The border says nothing',
      x: { label: 'point in the object', domain: [0, 1] as const },
      y: { label: 'right answers', domain: [0, 1] as const },
      curves: [
        ['outcome only', 'outcome'],
        ['SFT alone', 'sft'],
        ['composed', 'composed'],
        ['broken verifier', 'broken'],
      ].map(([name, setting]) => ({
        name: name!,
        x: `${setting}${which}Point`,
        y: `${setting}${which}Answer`,
        as: 'both' as const,
      })),
    })),
  },
  next: [
    {
      set: ['blur=0.25', 'steps=400'],
      expect:
        'The object is found nearly as often as the border is right: the outcome alone does not lose the point, and its checks fail.',
    },
    {
      set: ['blur=0.6', 'kinds=3', 'steps=400'],
      expect:
        'The object is harder to find: the outcome alone loses most of the points (0.15 of them are left, two seeds) and nine of ten right answers after SFT are ungrounded; the composed reward gains points, at a greater price in answers than at the default (0.25 instead of 0.19 fewer right ones than under the outcome alone).',
    },
    {
      set: ['annotated=0'],
      expect:
        'The verifier can never ask for the point: what is left of its reward is the outcome, and the point is lost as there.',
    },
  ],
});
