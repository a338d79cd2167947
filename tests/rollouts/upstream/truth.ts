// Rollouts that the writers of upstream shapes write down: every field there is, in groups of one prompt.
import { type RandomStream, randomStream } from '../../../src/base/random.ts';
import type { Trajectory } from '../../../src/rollouts/index.ts';

/** How many, and how long. */
export interface TruthShape {
  readonly groups: number;
  readonly size: number;
  readonly longest: number;
}

const WORDS = ['so', 'we', 'add', 'Wait,', '12', '√2', '"x"', '<b>', 'né', '\u{1f600}', '\\n', '{', ':'];

function numbers(length: number, from: number, random: RandomStream): Float64Array {
  return Float64Array.from({ length }, (_, t) => (t < from ? Number.NaN : -3 * random.uniform() - 1e-3));
}

/** A trajectory whose tokens are words, so that its texts can be divided again: all of them are logged. */
export type Truth = Trajectory &
  Required<
    Pick<
      Trajectory,
      | 'ids'
      | 'tokens'
      | 'logProbs'
      | 'oldLogProbs'
      | 'refLogProbs'
      | 'samplerLogProbs'
      | 'values'
      | 'returns'
      | 'tokenRewards'
      | 'reward'
      | 'rewards'
      | 'group'
      | 'step'
      | 'correct'
      | 'truncated'
    >
  > & {
    readonly prompt: number;
    readonly advantage: number;
    readonly texts: { readonly prompt: string; readonly output: string; readonly groundTruth: string };
  };

/** Rollouts of one step. */
export function truth(
  seed: number,
  { groups, size, longest }: TruthShape = { groups: 3, size: 4, longest: 12 },
): Truth[] {
  const random = randomStream(seed, 'truth');
  return Array.from({ length: groups * size }, (_, i): Truth => {
    const g = Math.floor(i / size);
    const ofPrompt = randomStream(seed, 'prompt', g);
    const prompt = 1 + ofPrompt.integer(5);
    const promptIds = Array.from({ length: prompt }, () => ofPrompt.integer(WORDS.length));
    // Prompts differ from each other, and never begin as a response does.
    promptIds.push(WORDS.length + g);
    const response = 1 + random.integer(longest);
    const ids = Int32Array.from([
      ...promptIds,
      ...Array.from({ length: response }, () => random.integer(WORDS.length)),
    ]);
    const tokens = Array.from(ids, (id) => WORDS[id] ?? `question${id}`);
    const length = ids.length;
    const from = promptIds.length;
    const mask = Uint8Array.from(ids, (_, t) => (t < from ? 0 : 1));
    const rewards = { accuracy: random.integer(2), format: random.integer(3) / 2 };
    return {
      place: { file: 'truth', line: i + 1 },
      length,
      unit: 'tokens',
      ids,
      tokens,
      prompt: from,
      roles: mask.map((flag) => flag),
      mask,
      isMaskLogged: true,
      areRolesLogged: true,
      logProbs: numbers(length, from, random),
      oldLogProbs: numbers(length, from, random),
      refLogProbs: numbers(length, from, random),
      samplerLogProbs: numbers(length, from, random),
      values: numbers(length, from, random),
      returns: numbers(length, from, random),
      tokenRewards: numbers(length, from, random),
      rewards,
      reward: rewards.accuracy + rewards.format,
      correct: rewards.accuracy === 1,
      advantage: random.normal(),
      group: `g${g}`,
      step: 7,
      truncated: random.integer(2) === 1,
      texts: {
        prompt: tokens.slice(0, from).join(' '),
        output: tokens.slice(from).join(' '),
        groundTruth: `answer ${g}`,
      },
    };
  });
}

/** The part of an array that belongs to the response. */
export function ofResponse<T>({ prompt }: Truth, values: ArrayLike<T>): T[] {
  return Array.from(values).slice(prompt);
}

/** Which trajectories are grouped together: for each the index of the first one of its group and step. */
export function partition(trajectories: readonly Trajectory[]): number[] {
  const first = new Map<string, number>();
  return trajectories.map(({ group, step }, i) => {
    const key = `${step} ${group}`;
    if (!first.has(key)) first.set(key, i);
    return first.get(key)!;
  });
}
