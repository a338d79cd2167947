// Lines of rollouts to read: those with numbers by token, as rollouts@1 and NeMo-RL have them, and those with text, as verl has them.
import { type RandomStream, randomStream } from '../../src/base/random.ts';

/** Tokens of a line, of which those of the prompt come first. */
const TOKENS = 500;
const PROMPT = 50;

function logProbs(random: RandomStream): (number | null)[] {
  return Array.from({ length: TOKENS }, (_, t) => (t < PROMPT ? null : -3 * random.uniform()));
}

function ids(random: RandomStream): number[] {
  return Array.from({ length: TOKENS }, () => random.integer(50_000));
}

const mask = (): number[] => Array.from({ length: TOKENS }, (_, t) => (t < PROMPT ? 0 : 1));

/** A line of rollouts@1 with everything by token. */
export function rolloutsJson(i: number): string {
  const random = randomStream(1, 'rollouts line', i);
  return JSON.stringify({
    group: `question ${i >> 3}`,
    step: 1,
    tokens: Array.from({ length: TOKENS }, () => ` w${random.integer(900)}`),
    ids: ids(random),
    components: Array.from({ length: TOKENS }, (_, t) => (t < PROMPT ? 'prompt' : 'sample')),
    mask: mask(),
    logProbs: logProbs(random),
    oldLogProbs: logProbs(random),
    samplerLogProbs: logProbs(random),
    reward: i % 2,
    advantage: random.normal(),
  });
}

/** A line as NeMo-RL writes it: numbers only. */
export function nemoRlJson(i: number): string {
  const random = randomStream(1, 'nemo line', i);
  const numbers = (): number[][] => [logProbs(random).map((x) => x ?? 0)];
  return JSON.stringify({
    content: [['a question', 'an answer']],
    rewards: [i % 2],
    input_lengths: [TOKENS],
    token_ids: [ids(random)],
    token_loss_mask: [mask()],
    sample_loss_mask: [1],
    advantages: [new Array<number>(TOKENS).fill(random.normal())],
    generation_logprobs: numbers(),
    prev_logprobs: numbers(),
    idx: i,
  });
}

/** A line as verl writes it: texts. */
export function verlJson(i: number): string {
  const random = randomStream(1, 'verl line', i);
  const words = (n: number): string =>
    Array.from({ length: n }, () => `word${random.integer(900)}`).join(' ');
  return JSON.stringify({ input: words(PROMPT), output: words(TOKENS), gts: '4', score: i % 2, step: 1 });
}
