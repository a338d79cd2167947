// Early rejection: candidates are scored in the middle of a step, and most are given up before they are complete.
import { defineLab } from '../lab.ts';
import { measure, RATIO, walkTau } from './measure.ts';
import { options } from './options.ts';
import { rejectionChance } from './walk.ts';

/** How much accuracy may be lost for it to count as equal. */
const EQUAL = 0.05;

/** Six standard errors of the mean over five seeds, for the mean and the half width of its interval. */
function within(exact: number, standardError: number) {
  const tolerance = (6 * standardError) / Math.sqrt(5);
  return { atLeast: exact - tolerance, atMost: exact + tolerance };
}

/** Beam search that rejects after τ tokens of a step. */
export const earlyRejection = defineLab({
  name: 'early-rejection',
  title: 'Early rejection by partial rewards',
  source: 'arXiv 2508.01969',
  question:
    'Can candidates be given up in the middle of a step, by what a reward model says of the part that is there?',
  look: 'FLOPs against accuracy by τ, and what errors that appear late do to it',
  minutes: 2,
  options,
  full: { walks: 200_000, rounds: 200_000, prompts: 400, chainSteps: 3, steps: 2000 },
  small: { walks: 2000, rounds: 4000, prompts: 60, modulus: 4, chainSteps: 1, steps: 450, late: 0.8 },
  method: [
    'Beam search on steps of reasoning draws $N$ candidates of a step, scores them by a process reward model, keeps the best $N/M$ and expands each into $M$ again. With early rejection only the first $\\tau$ tokens of a step are drawn for all $N$; the partial step is scored, $N/M$ are kept, and only these are completed.',
    'First, rewards are random walks: token $t$ is paid $x_t$, independent and of variance $s^2$. Then the reward $P_\\tau$ after $\\tau$ tokens and $P_L$ at the end correlate with $\\sqrt{\\tau/L}$: the covariance is that of the common tokens, $\\tau s^2$, over $\\sqrt{\\tau s^2\\cdot Ls^2}$.',
    'The bound: if partial scores are $q_i+\\varepsilon_i$ with independent noise of variance $\\sigma^2$ (normal, or sub-Gaussian with that factor), and the best leads every rival by $\\Delta$ in expectation, then a rival is above it with probability at most $e^{-\\Delta^2/4\\sigma^2}$, because $\\varepsilon_i-\\varepsilon_1$ has variance $2\\sigma^2$; the union of $N-1$ rivals gives $(N-1)e^{-\\Delta^2/4\\sigma^2}$. For walks whose means differ, $\\Delta\\propto\\tau$ and $\\sigma\\propto\\sqrt\\tau$, so that the exponent grows as $\\tau$. The exact chance is an integral over the noise of the best and is computed beside it.',
    'Then a GPT-2 of one layer learns running sums modulo $m$: after the digits $x_1\\dots x_L$ it writes $y_t=(x_1+\\dots+x_t)\\bmod m$, so that any prefix can be checked. It is trained by SFT on right chains. A copy made when a right token first had probability 0.995 generates, at a temperature of 2.5, so that candidates differ; the final network judges: the reward of token $t$ is $\\log\\pi_{\\rm judge}(y_t\\mid\\text{before})$, and a (partial) score is their sum. Generator and judge have one size.',
    'FLOPs are counted and not timed. A token at position $p$ costs $2(4d^2+2d\\cdot d_{\\rm inner})+4d(p+1)$ in each layer and $2dV$ at the output, the second term for attention, which grows with the position. Every token that is drawn is read once by the generator and once by the judge, with keys and values kept; reading the prompt is the same for all searches and is left out.',
    'The control spoils the last token of every step half of the time, after τ: usual beam search sees it at the end of the step, early rejection has then given up all other candidates.',
    'The split: the gradient of SFT, its segments are the first τ tokens of each step (prefix) and the others (rest). SFT weighs each token alike, so that the weights are shares of tokens. The right chains that it learns from go through the audit.',
  ],
  paper: [
    'The authors report that scores of partial steps correlate strongly with those of whole steps, for several reward models.',
    'They prove that the risk of giving up the best beam decreases exponentially with the number of tokens generated.',
    'They report 1.4 to 9 times fewer FLOPs of inference on mathematics, without loss of accuracy.',
  ],
  ours: [
    'The setting was chosen while looking at seeds 1 to 5. On seeds 6 to 10 and on the usual ones, of which none was looked at before, every check holds and all controls are rejected.',
    'The bound holds as it stands for independent noise; the exact chance is at most half of it, because the normal tail is.',
    'It does not hold for noise that is not independent. If the scores of two candidates are noisy in opposite directions, as scores are that were centred within their group, the difference has variance $4\\sigma^2$: at $\\Delta=4\\sigma$ the chance is $\\Phi(-2)=0.0228$ and the bound 0.0183. With any dependence only $e^{-\\Delta^2/8\\sigma^2}$ is safe.',
    'It does not hold either if $\\Delta$ is the lead in the final reward and $\\sigma^2=s^2(L-\\tau)$ the variance of what comes after τ. Given their ends, walks are bridges: at τ the lead is $\\Delta\\tau/L$ and the variance $s^2\\tau(1-\\tau/L)$, and the exponent is $\\frac{\\tau}{L}\\cdot\\frac{\\Delta^2}{4\\sigma^2}$, smaller by τ/L. At $\\tau=L/4$ and $\\Delta=3\\sigma$ the chance is 0.145 and the bound 0.105. $\\Delta$ and $\\sigma$ must be those of the partial score.',
    'What is lost depends on how errors are made. A generator that is sure of wrong tokens (`generator=0.9`, `temperature=1.5`) loses 0.14 of accuracy at one seed, one that is copied at 0.99 and draws at 2.5 loses 0.03 on average over five, the default 0.01 to 0.02: all survivors then go wrong in the same place, and the candidates that would have differed are gone. That is the control in a milder form.',
    'The saving is at most $1/(\\tau/\\ell+\\tfrac1M(1-\\tau/\\ell))$ up to attention, for steps of ℓ tokens: 1.6 at the default, and it can reach 9 only with prefixes below a ninth of a step.',
  ],
  differs: [
    'The reward model is a better trained copy of the generator that judges by log-probs, and not a model trained on labels of steps.',
    'Steps have a fixed number of tokens, and answers a fixed number of steps.',
    'Networks have some ten thousand parameters, and the judge is as large as the generator.',
  ],
  restsOn:
    'The abstract and the readme of the public code of the paper, and the bound as it was described to us; its proof was not at hand.',
  measure,
  checks: [
    {
      name: 'correlation',
      sentence:
        'The reward after τ = 0.64·L tokens of a random walk correlates with the final one by √(τ/L) = 0.80.',
      of: 'correlation',
      // The standard error of a correlation ρ is (1 − ρ²)/√n.
      expects: (given) => {
        const share = walkTau(given) / given.walkLength;
        return within(Math.sqrt(share), (1 - share) / Math.sqrt(given.walks) + 1e-12);
      },
      over: 'mean',
      paper: 'strong correlation between partial and final rewards',
    },
    {
      name: 'rejection',
      sentence: 'The best of N, ahead by 3σ, is rejected as often as the integral says.',
      of: 'rejection',
      expects: ({ beams, rounds }) => {
        const exact = rejectionChance(beams, 1, RATIO);
        return within(exact, Math.sqrt((exact * (1 - exact)) / rounds));
      },
      over: 'mean',
    },
    {
      name: 'bound',
      sentence:
        'The exact chance is below (N − 1)·e^(−Δ²/4σ²) at every lead from 0 to 6σ, if noise is independent.',
      of: 'boundRatio',
      expects: () => ({ atMost: 1 }),
      over: 'every',
      paper: 'the risk decreases exponentially',
    },
    {
      name: 'saving',
      sentence: 'The search of the transformer takes 1.4 to 9 times fewer FLOPs with early rejection.',
      of: 'saving',
      expects: () => ({ atLeast: 1.4, atMost: 9 }),
      over: 'mean',
      paper: '1.4 to 9 times',
    },
    {
      name: 'accuracy',
      sentence: 'It loses less than 0.05 of accuracy.',
      of: 'accuracyLoss',
      expects: () => ({ atMost: EQUAL }),
      over: 'mean',
      paper: 'without loss of accuracy',
    },
  ],
  controls: [
    {
      name: 'lateErrors',
      sentence: 'Early rejection loses less than 0.05 of accuracy.',
      wrong: 'The last token of every step is spoiled half of the time, after candidates were rejected.',
      of: 'lateLoss',
      expects: () => ({ atMost: EQUAL }),
      over: 'mean',
    },
    {
      name: 'lateRewards',
      sentence: 'The reward after 0.64·L tokens correlates with the final one by at least 0.7.',
      wrong: 'Tokens after τ are paid with ten times the standard deviation of those before.',
      of: 'lateCorrelation',
      expects: () => ({ atLeast: 0.7 }),
      over: 'mean',
    },
    {
      name: 'opposite',
      sentence: 'The best of two, ahead by 4σ, is rejected at most as often as the bound says.',
      wrong: 'The noise of the two candidates is not independent but opposite.',
      of: 'oppositeRatio',
      expects: () => ({ atMost: 1 }),
      over: 'mean',
    },
    {
      name: 'givenFinal',
      sentence: 'The best of two, ahead by 3σ, is rejected at most as often as the bound says.',
      wrong: 'The lead is that of final rewards, and σ² the variance of what comes after τ.',
      of: 'givenFinalRatio',
      expects: () => ({ atMost: 1 }),
      over: 'mean',
    },
  ],
  findings: [],
  picture: {
    title: 'What the beginning of a step says of its end, and what that saves',
    caption:
      'Left: correlation of partial and final rewards, of random walks on √(τ/L) and of the transformer’s chains. Middle: how often the best candidate is rejected by τ, below the bound. Right: accuracy against FLOPs of a search; from left to right τ grows to the whole step, which is usual beam search.',
    panels: [
      {
        title: 'Correlation',
        x: { label: 'τ/L', domain: [0, 1] },
        y: { label: 'with the final reward', domain: [0, 1] },
        curves: [
          { name: 'random walks', x: 'walkShare', y: 'walkCorrelation', as: 'dots' },
          { name: 'transformer', x: 'chainShare', y: 'chainCorrelation', as: 'both' },
          { name: '√(τ/L)', x: 'walkShare', y: 'walkReference', as: 'line', isReference: true },
        ],
      },
      {
        title: 'Rejection of the best',
        x: { label: 'τ/L', domain: [0, 1] },
        y: { label: 'probability' },
        curves: [
          { name: 'measured', x: 'share', y: 'rejection', as: 'both' },
          { name: 'bound', x: 'share', y: 'rejectionBound', as: 'line', isReference: true },
        ],
      },
      {
        title: 'FLOPs and accuracy',
        x: { label: 'FLOPs of a prompt', scale: 'log' },
        y: { label: 'accuracy' },
        curves: [{ name: 'by τ', x: 'flops', y: 'accuracy', as: 'both' }],
      },
    ],
  },
  next: [
    {
      set: ['tau=1'],
      expect:
        'More is saved, about 2.3 times; a little accuracy goes, because one token says less of the step than two.',
    },
    {
      set: ['keep=1'],
      expect:
        'About twice is saved, and accuracy falls: with one survivor nothing replaces it where the rest of its step goes wrong.',
    },
    {
      set: ['late=0'],
      expect:
        'The control lateErrors is no longer rejected: nothing is spoiled, and the two searches are as in the check.',
    },
  ],
});
