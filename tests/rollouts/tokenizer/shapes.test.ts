// Rollouts in the shape of every trainer become the tokens that they were written from.
import { expect, test } from 'vitest';
import { writeUpstream } from '../../../src/audit/index.ts';
import { parseJsonLine } from '../../../src/base/jsonLine.ts';
import {
  inTokens,
  RecordReader,
  ROLES,
  type Trajectory,
  tokenizerFrom,
} from '../../../src/rollouts/index.ts';
import { readText } from '../reading.ts';
import { tokenizerFile } from './files.ts';

const tokenizer = tokenizerFrom({
  tokenizer: { text: JSON.stringify(tokenizerFile('qwen2')), source: 'tokenizer.json' },
  // The prompt as it is, so that messages and texts give the same tokens.
  template: { text: '{{ messages[0].content }}', source: 'chat_template.jinja' },
});

function truth(prompt: string, output: string, reward: number): Trajectory {
  const before = tokenizer.encode(prompt);
  const ids = [...before, ...tokenizer.encode(output)];
  const logProbs = ids.map((_, t) => (t < before.length ? null : -1));
  const line = {
    ...{ group: prompt, step: 1, ids, tokens: tokenizer.pieces(ids), reward, advantage: reward - 0.5 },
    ...{ components: ids.map((_, t) => (t < before.length ? 'prompt' : 'sample')) },
    ...{ logProbs, oldLogProbs: logProbs, refLogProbs: logProbs, samplerLogProbs: logProbs },
  };
  const [trajectory] = readText(JSON.stringify(line)).trajectories;
  return { ...trajectory!, texts: { prompt, output } };
}

const given = [truth('Wait, the sum', ' is 46.', 1), truth('Wait, the sum', ' is 45', 0)];

function through(shape: string): readonly Trajectory[] {
  const reader = new RecordReader();
  return writeUpstream(shape, given)
    .filter(({ path }) => !path.endsWith('STABLE'))
    .flatMap(({ path, text }) =>
      text
        .split('\n')
        .slice(0, -1)
        .flatMap((line, k) => reader.read({ file: path, line: k + 1 }, () => parseJsonLine(line, path))),
    );
}

test.each([
  ...['rollouts@1', 'verl', 'verl-uid', 'trl', 'nemo-rl', 'prime-rl', 'verifiers', 'verifiers-legacy'],
  ...['open-instruct', 'ms-swift', 'rl-logging-board', 'unipo', 'slime', 'skyrl'],
])('%s', (shape) => {
  const found = through(shape).map((trajectory) => inTokens(trajectory, { vocabulary: tokenizer }));
  const sorted = (all: readonly Trajectory[]): string[] => all.map(({ ids }) => ids!.join(' ')).toSorted();
  expect(sorted(found)).toEqual(sorted(given));
  for (const { roles, ids, tokens } of found) {
    const response = [...ids].filter((_, t) => ROLES[roles[t]!] === 'sample');
    expect([tokenizer.encode(' is 46.'), tokenizer.encode(' is 45')]).toContainEqual(response);
    expect(tokens.join('')).toMatch(/^Wait, the sum is 4[56]\.?$/);
  }
});
