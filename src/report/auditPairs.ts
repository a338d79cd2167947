// Which mistakes hide each other when both are made: pairs that were planted together, and what is still found.

/** Two mistakes in the same rollouts. */
export interface MistakePair {
  readonly codes: readonly [string, string];
  readonly found: readonly string[];
  /** Why the other one is not; left out where both are found. */
  readonly why?: string;
}

const ONE_CAUSE =
  'of the causes of differences between trainer and sampler one is named, the most special one';

/** Mended first, the one that is found makes way for the other. */
export const mistakePairs: readonly MistakePair[] = [
  { codes: ['kl-k1-loss', 'ratio-one-stale'], found: ['kl-k1-loss', 'ratio-one-stale'] },
  { codes: ['microbatch-mean', 'tool-tokens-trained'], found: ['microbatch-mean', 'tool-tokens-trained'] },
  { codes: ['eos-untrained', 'microbatch-mean'], found: ['eos-untrained', 'microbatch-mean'] },
  {
    codes: ['kl-ignored', 'batch-count-divisor'],
    found: ['kl-ignored'],
    why: 'a divisor is looked for in weights that have the declared penalty',
  },
  { codes: ['critic-tempered', 'logprob-positive'], found: ['critic-tempered', 'logprob-positive'] },
  {
    codes: ['placeholder-logprob', 'temperature-missing'],
    found: ['placeholder-logprob', 'temperature-missing'],
  },
  {
    codes: ['dual-clip-missing', 'kl-ignored'],
    found: ['kl-ignored'],
    why: 'each form is compared with weights that are as declared in all else',
  },
  { codes: ['shifted-by-one', 'temperature-missing'], found: ['shifted-by-one'], why: ONE_CAUSE },
  {
    codes: ['temperature-missing', 'truncated-sampling'],
    found: ['truncated-sampling'],
    why: `${ONE_CAUSE}; what the cut took off hides that the difference changes its sign`,
  },
  { codes: ['retokenised', 'sampler-mismatch'], found: ['retokenised'], why: ONE_CAUSE },
  {
    codes: ['ref-temperature', 'temperature-missing'],
    found: ['temperature-missing'],
    why: 'a slope against the reference is only believed where trainer and sampler have none',
  },
  {
    codes: ['border-shift', 'decision-starved'],
    found: ['border-shift'],
    why: 'the tokens without weight are not those that are labelled as decisions',
  },
];

/** The pairs as a table of Markdown. */
export function pairsMarkdown(): string {
  const rows = mistakePairs.map(
    ({ codes: [a, b], found, why }) =>
      `| [${a}](#${a}), [${b}](#${b}) | ${found.length === 2 ? 'both' : found[0]} | ${why ?? ''} |`,
  );
  return ['| both are made | found | why not the other one |', '|---|---|---|', ...rows].join('\n');
}
