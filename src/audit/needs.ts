// What a rule may need of the input, in words for the reason why it was not checked.
import type { Need } from './rule.ts';

const WORDS: Readonly<Record<Need, string>> = {
  tokens: 'tokens (the file has text only)',
  ids: 'token ids',
  mask: 'a loss mask',
  roles: 'the role of each token',
  decisions: 'decision tokens: --decision-tokens or --decision-pattern says which they are',
  ends: 'end tokens by their role',
  logProbs: 'log-probs of the trained policy',
  oldLogProbs: 'log-probs at the start of the step',
  refLogProbs: 'log-probs of the reference',
  samplerLogProbs: 'log-probs of the sampler',
  values: "a critic's values",
  returns: "a critic's returns",
  tokenRewards: 'rewards by token',
  reward: 'rewards',
  rewards: 'rewards by function',
  extras: 'further logged numbers, such as metrics',
  correct: 'whether answers are correct',
  advantage: 'logged advantages',
  tokenAdvantages: 'logged advantages by token',
  weights: 'logged weights of tokens',
  group: 'groups',
  step: 'steps',
  microbatch: 'micro-batches',
  rank: 'ranks',
  rollout: 'which trajectories come from one rollout',
  truncated: 'whether trajectories hit the limit of length',
  failure: 'trajectories that failed',
  versions: 'versions of the policy',
  texts: 'texts',
  groundTruth: 'ground truths',
  objective: 'the objective: --objective NAME says which, --objective auto finds out',
};

/** Whether the input has what is needed; of a list any one. */
export function isMet(need: Need | readonly Need[], has: ReadonlySet<Need>): boolean {
  return typeof need === 'string' ? has.has(need) : need.some((one) => has.has(one));
}

/** What is needed, in words, without how to get it; of a list any one. */
export function needed(need: Need | readonly Need[]): string {
  const words = (one: Need): string => WORDS[one].replace(/ \(.*|: --.*/, '');
  return typeof need === 'string' ? words(need) : need.map(words).join(', or ');
}

/** Says that the input lacks something, or all of a list. */
export function missing(need: Need | readonly Need[]): string {
  const words = typeof need === 'string' ? WORDS[need] : need.map((one) => WORDS[one]).join(', and ');
  return `the input lacks ${words}`;
}
