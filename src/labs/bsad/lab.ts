// BSAD: the best policy from preferences between batches of trajectories, without a reward model.
import { defineLab, type Expected } from '../lab.ts';
import { lotteryChance } from './duel.ts';
import { measure } from './measure.ts';
import { type BsadLabOptions, options } from './options.ts';

/** The failure rate that is allowed. */
function allowed({ delta }: BsadLabOptions): Expected {
  return { atMost: delta };
}

/**
 * Four standard errors of a share of wins, over the five seeds together and for the half width t·s/√5 of their interval:
 * (1 + 2.78)·√(¼/(5·duels)), and a little more than half as much again for the spread of s.
 */
function around(exact: number, { duels }: BsadLabOptions): Expected {
  const tolerance = 6 * Math.sqrt(0.25 / (5 * duels));
  return { atLeast: exact - tolerance, atMost: exact + tolerance };
}

/** Batched sequential action dueling in a process of a few states. */
export const bsad = defineLab({
  name: 'bsad',
  title: 'Best policy from preferences, without a reward model',
  source: 'arXiv 2406.07455',
  question:
    'Can the best policy be found from which of two batches of trajectories is preferred, and what does it cost?',
  look: 'queries against the gap, and how often a better lottery wins by the size of a batch',
  minutes: 1,
  options,
  full: { runs: 1000, decisionRuns: 2000, sweepRuns: 40, duels: 50_000 },
  small: { runs: 20, decisionRuns: 100, sweepRuns: 3, duels: 2000, rlooSteps: 40 },
  method: [
    'A process has $H$ steps. A trajectory visits one state at each step, takes an action and is paid a noisy reward; nobody sees rewards. A query shows two batches of $M$ trajectories to a judge, who says which of them has the larger sum of rewards, or says so with probability $1/(1+e^{-(R_1-R_2)/T})$ (`link=logistic`). Equal sums are decided by a fair coin.',
    'Best actions are identified from the last step backward. At step $h$ a trajectory rolls in to some state, takes one of the two actions that duel there, and then follows the actions already identified. Trajectories of a state are dealt to the two batches in pairs in an order drawn by a coin, so that how states are reached favours neither action. The rewards before step $h$ count too: they are noise that both batches share in distribution.',
    "The roll-in looks at no reward. It learns by Q-learning to reach the states seen least among those still undecided at step $h$: arriving in $s$ is worth $\\min_{s'} n(s')/n(s)$. Trajectories that end in a decided state are counted but not used.",
    "After $n=w+l$ duels of two actions the evidence is $U_n=\\int_0^1 (2p)^w(2-2p)^l\\,dp$, the mixture of likelihood ratios against $p=\\tfrac12$. A duel stops as soon as $U_n\\ge 1/\\delta'$, with $\\delta'=\\delta$ divided by the number of states times the number of other actions, and the action that is behind is out. The chance that the better of the two is thrown out is at most $\\delta'$ whatever the number of duels, so that all of the policy is right with probability at least $1-\\delta$.",
    'The random processes are built so that every action but the best falls short of it by the same gap $\\Delta$ in every state. For small gaps a duel is won with probability $p-\\tfrac12\\propto\\Delta\\sqrt M$, and $\\log U_n\\approx n\\,\\mathrm{KL}(p\\,\\|\\,\\tfrac12)-\\tfrac12\\log n$: queries grow as $\\log(1/\\delta)/\\Delta^2$.',
    'The lottery is the counter-example to single trajectories: one action pays 1, the other 3 with probability 0.4, which is 1.2 on average. Alone it wins 40 % of the duels. A batch of 25 wins if at least 9 of 25 lotteries pay: $P(\\mathrm{Bin}(25,0.4)\\ge 9)=0.7265$, and no tie is possible. With $M$ a multiple of 3 ties are, and count one half.',
    'BSAD has no objective that is differentiated: it counts preferences. What is split here is the policy gradient on the same process, for comparison: a table of logits trained by RLOO, which is shown the rewards. Its segments are the steps of the process. RLOO weighs all steps of a trajectory alike, so that shares of the weight are equal and shares of the gradient need not be. Its rollouts go through the audit.',
  ],
  paper: [
    'The authors describe a model-free algorithm that identifies the optimal policy directly from preferences between trajectories, backward over the steps, with a dueling-bandit routine in each state, reward-free exploration and an adaptive stop.',
    'They prove a sample complexity of order $c_{\\mathcal M}SA^3H^3M\\log(1/\\delta)$ up to logarithms, with a constant that depends on the instance, and conclude that preferences need not cost more than rewards do.',
    'They compare batches of $M$ trajectories, so that the action with the larger expected reward wins more than half of the duels.',
  ],
  ours: [
    'The stop is our own choice: the uniform mixture of likelihood ratios, whose error is bounded at all times by the inequality of Ville.',
    "Queries are not a straight line through the origin in $\\log(1/\\delta)$: a decision costs about $(\\log(1/\\delta')+\\tfrac12\\log n)/\\mathrm{KL}(p\\,\\|\\,\\tfrac12)$ of them. The exponent is therefore taken from the queries that a smaller $\\delta$ adds, against $\\log(\\delta_0/\\delta)$.",
    'For the same reason the exponent in the gap is a little steeper than −2: $-2/(1-\\tfrac12/(n\\,\\mathrm{KL}))$, about −2.15 at the default; large gaps, at which $p-\\tfrac12$ grows more slowly than $\\Delta$, pull it back by up to 0.1.',
    'Larger batches do not make the lottery better step by step: it wins 64 % at $M=2$ and 52 % at $M=4$, because sums of 3 and of 1 seldom meet. The probability tends to 1 only as $\\Phi(0.136\\sqrt M)$.',
    'With a logistic link the size of the difference counts, and the lottery wins more than half of the duels even alone ($0.514$ at $T=1$): the counter-example needs a judge who looks at the order only.',
    'The failure rate lies far below $\\delta$: the bound of Ville is met by overshoot, and errors are summed over decisions.',
  ],
  differs: [
    'States and actions are a few; trajectories are drawn from a process that we made, so that all gaps are equal.',
    'With more than two actions all pairs of those that are left take turns, and an action that has lost a duel is out.',
    'The preference is computed from the rewards, and not given by people.',
  ],
  restsOn:
    'The abstract and public summaries of the paper; the details of its exploration bonus, its confidence radius and its link are our own choice.',
  measure,
  checks: [
    {
      name: 'failures',
      sentence: 'The whole policy is right but for a share of at most δ of runs.',
      of: 'failures',
      expects: allowed,
      over: 'mean',
      paper: 'identified with probability at least 1 − δ',
    },
    {
      name: 'decision',
      sentence:
        'A single decision at a quarter of the gap is wrong in a share of at most δ of runs, looking after every duel.',
      of: 'decisionFailures',
      expects: allowed,
      over: 'mean',
    },
    {
      name: 'gap',
      sentence: 'Queries grow as 1/gap²: their exponent is −2 up to the logarithm in the stop.',
      of: 'gapExponent',
      // Steeper by at most ½/(n·KL − ½) of 2, with n·KL ≥ log(1/δ) ≥ 4.2 at the defaults, which is 0.27; flatter by up to 0.1, where p − ½
      // is no longer proportional to the gap.
      expects: () => ({ atLeast: -2.3, atMost: -1.85 }),
      over: 'mean',
      paper: 'instance-dependent, as in best-arm identification',
    },
    {
      name: 'confidence',
      sentence: 'The queries that a smaller δ adds grow as log(1/δ): their exponent is 1.',
      of: 'deltaExponent',
      // ½·log n grows by 1.1 while log(1/δ) grows by 34.5: 1 up to 0.05, plus the error of the smallest addition, about a tenth.
      expects: () => ({ atLeast: 0.8, atMost: 1.2 }),
      over: 'mean',
      paper: 'log(1/δ)',
    },
    {
      name: 'batch',
      sentence: 'A batch of M lotteries is preferred as often as the binomial distribution says.',
      of: 'lotteryWins',
      expects: (given) =>
        given.link === 'direct' ? around(lotteryChance(given.batch), given) : { atLeast: 0.5 },
      over: 'mean',
    },
    {
      name: 'alone',
      sentence: 'A single lottery loses: the order of two trajectories points to the wrong action.',
      of: 'lotteryWinsAlone',
      expects: (given) => (given.link === 'direct' ? around(lotteryChance(1), given) : { atMost: 1 }),
      over: 'mean',
    },
    {
      name: 'lottery',
      sentence:
        'With batches the better action of the counter-example is identified but for a share of at most δ of runs.',
      of: 'lotteryRight',
      expects: ({ delta }) => ({ atLeast: 1 - delta }),
      over: 'mean',
    },
  ],
  controls: [
    {
      name: 'noBatch',
      sentence: 'The better action of the counter-example is identified.',
      wrong:
        'Single trajectories are compared, M = 1: the safe action wins 60 % of the duels and is identified for certain.',
      of: 'lotteryRightAlone',
      expects: ({ delta }) => ({ atLeast: 1 - delta }),
      over: 'mean',
    },
    {
      name: 'oneLook',
      sentence: 'A single decision is wrong in a share of at most δ of runs.',
      wrong: 'The stop is a test of level δ for one look, but it looks after every duel.',
      of: 'peekingFailures',
      expects: allowed,
      over: 'mean',
    },
  ],
  findings: [],
  picture: {
    title: 'What preferences cost, and why they are asked about batches',
    caption:
      'Left: queries against the gap on logarithmic axes beside 1/gap². Middle: the queries that a smaller δ adds beside a straight line. Right: how often the better lottery wins by the size of a batch, measured and exact; below one half the wrong action is identified.',
    panels: [
      {
        title: 'Queries by gap',
        x: { label: 'gap', scale: 'log' },
        y: { label: 'queries', scale: 'log' },
        curves: [
          { name: 'measured', x: 'gap', y: 'queriesByGap', as: 'both' },
          { name: '1/gap²', x: 'gap', y: 'gapReference', as: 'line', isReference: true },
        ],
      },
      {
        title: 'Queries by confidence',
        x: { label: 'log(δ₀/δ)', scale: 'log' },
        y: { label: 'queries added', scale: 'log' },
        curves: [
          { name: 'measured', x: 'moreDigits', y: 'moreQueries', as: 'both' },
          { name: 'proportional', x: 'moreDigits', y: 'digitsReference', as: 'line', isReference: true },
        ],
      },
      {
        title: 'The lottery by batch',
        x: { label: 'M' },
        y: { label: 'wins of the better action', domain: [0.3, 0.9] },
        curves: [
          { name: 'measured', x: 'batch', y: 'lotteryWins', as: 'dots' },
          { name: 'exact', x: 'batch', y: 'lotteryExact', as: 'line', isReference: true },
        ],
      },
    ],
  },
  next: [
    {
      set: ['batch=3'],
      expect:
        'The lottery is still found, with many more queries of its own; fewer trajectories in a batch mean more queries, and about as many trajectories in all.',
    },
    {
      set: ['link=logistic'],
      expect:
        'The control noBatch is no longer rejected: a judge who weighs the size of the difference finds the lottery from single trajectories, slowly.',
    },
    {
      set: ['noise=0.25'],
      expect:
        'A duel tells more: queries fall to about 0.4 of what they were. The exponent in the gap is flatter, at the edge of what is expected, because wins near 1 tell little more; a test for one look errs less often, and its control may not be rejected.',
    },
  ],
});
