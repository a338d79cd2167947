// Where tokens of an episode stand, and demonstrations drawn from a task.
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/base/random.ts';
import {
  attemptsOf,
  checkWrong,
  drawDemonstration,
  type EpisodeBatch,
  episodeBatch,
  episodeLayout,
  isComplete,
  responseOf,
} from '../../src/episodes/index.ts';
import { factors, PAD, parsePrompt, RESAMPLE_TOKEN, STOP_TOKEN } from '../../src/tasks/index.ts';
import { demonstrations, layout, task } from './episodes.ts';

const [a, b, c] = [
  [5, 6, 7],
  [8, 9, 10],
  [11, 12, 13],
] as const;

test('the layout of three attempts of three tokens', () => {
  expect([...layout.component]).toEqual([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
  expect([...layout.attempt]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2]);
  expect(layout.context).toBe(9 + 11 - 1);
  expect(layout.legal[3]).toEqual([STOP_TOKEN, RESAMPLE_TOKEN]);
  expect(layout.legal[4]).toEqual(task.attemptLegal[0]);
  expect(() => episodeLayout(task, 0)).toThrow('attempts: expected an integer of at least 1, found 0');
});

test('decisions stand between attempts, and after the last one only if another was possible', () => {
  expect(responseOf(layout, [a])).toEqual([...a, STOP_TOKEN]);
  expect(responseOf(layout, [a, b])).toEqual([...a, RESAMPLE_TOKEN, ...b, STOP_TOKEN]);
  expect(responseOf(layout, [a, b, c])).toEqual([...a, RESAMPLE_TOKEN, ...b, RESAMPLE_TOKEN, ...c]);
  for (const attempts of [[a], [a, b], [a, b, c]]) {
    const response = responseOf(layout, attempts);
    expect(attemptsOf(layout, response)).toEqual(attempts);
    const beginnings = response.map((_, i) => isComplete(layout, response.slice(0, i + 1)));
    expect(beginnings).toEqual(response.map((_, i) => i === response.length - 1));
  }
  expect(() => responseOf(layout, [a, b, c, a])).toThrow('an episode has 1 to 3 attempts, found 4');
});

describe('demonstrations', () => {
  test('end with a right attempt after wrong ones, as many as was asked for', () => {
    const random = randomStream(1, 'test');
    const counts = [0, 0, 0];
    const draws = 600;
    const wrong = [0.5, 0.3, 0.2];
    for (let i = 0; i < draws; i++) {
      const prompt = task.prompt('id', random);
      const attempts = drawDemonstration(task, prompt, { wrong, errors: 'nearMiss' }, random);
      expect(attempts.map((attempt) => task.check(prompt, attempt))).toEqual(
        attempts.map((_, k) => k === attempts.length - 1),
      );
      counts[attempts.length - 1]!++;
    }
    // Five standard deviations of a binomial.
    wrong.forEach((p, j) => {
      expect(Math.abs(counts[j]! / draws - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / draws));
    });
  });

  test.each([[[]], [[0.5, 0.4]], [[0.25, 0.25, 0.25, 0.25]], [[1.5, -0.5]], [[Number.NaN]]])(
    'probabilities %j are refused',
    (wrong) => expect(() => checkWrong(wrong, 3)).toThrow('wrong: expected 1 to 3 probabilities'),
  );

  test('the message has the full key, and the sum as people write it', () => {
    expect(() => checkWrong([0.1, 0.2], 3, 'base.wrong')).toThrow(
      'base.wrong: expected 1 to 3 probabilities that add up to 1, found 2 that add up to 0.3',
    );
    // Not "1", which would be right.
    expect(() => checkWrong([1 + 4 * Number.EPSILON], 3)).toThrow('add up to 1.0000000000000009');
  });

  test('decimals that add up to 1 are taken', () =>
    expect(checkWrong([0.4, 0.3, 0.2, 0.1], 4)).toBe(undefined));
});

/** The token at a row of all inputs end to end, and those before it in its episode. */
function inputUpTo({ inputs }: EpisodeBatch, row: number): number[] {
  let before = 0;
  for (const { ids, length } of inputs) {
    if (row < before + ids.length) {
      const at = row - before;
      return [...ids.subarray(at - (at % length), at + 1)];
    }
    before += ids.length;
  }
  throw new Error(`there is no row ${row}`);
}

test.each([5, 300])(
  'a batch of %d lays responses end to end and knows where each token is predicted',
  (n) => {
    const episodes = demonstrations(n);
    const batch = episodeBatch(layout, episodes);
    episodes.forEach(({ prompt, response }, i) => {
      const from = batch.offsets[i]!;
      expect(batch.offsets[i + 1]! - from).toBe(response.length);
      response.forEach((token, j) => {
        expect(batch.targets[from + j]).toBe(token);
        const before = [...prompt, ...response.slice(0, j)];
        expect(inputUpTo(batch, batch.rows[from + j]!)).toEqual(before);
        const legal = batch.legal.subarray(
          (from + j) * layout.vocabulary,
          (from + j + 1) * layout.vocabulary,
        );
        expect([...legal].flatMap((yes, v) => (yes ? [v] : []))).toEqual(
          [...layout.legal[j]!].sort((x, y) => x - y),
        );
      });
    });
  },
);

test('episodes of many lengths are padded in parts, and nothing but padding is added', () => {
  const episodes = demonstrations(300);
  const { inputs } = episodeBatch(layout, episodes);
  const tokens = episodes.reduce((sum, { prompt, response }) => sum + prompt.length + response.length - 1, 0);
  const filled = inputs.reduce((sum, { ids }) => sum + ids.filter((id) => id !== PAD).length, 0);
  expect(filled).toBe(tokens);
  expect(inputs.length).toBeGreaterThan(1);
  const longest = Math.max(...inputs.map(({ length }) => length));
  expect(inputs.reduce((sum, { ids }) => sum + ids.length, 0)).toBeLessThan(0.95 * episodes.length * longest);
});

test('a token without an alternative is masked out, every other one takes part in the loss', () => {
  const forced = factors.create();
  const five = episodeLayout(forced, 2);
  const wrong = forced.tokens.encode('11*11', 'attempt');
  const right = forced.tokens.encode('17*23', 'attempt');
  const prompt = parsePrompt(forced, '0391=');
  const { mask } = episodeBatch(five, [
    { prompt, response: responseOf(five, [wrong, right]) },
    { prompt, response: responseOf(five, [right]) },
  ]);
  const attempt = [1, 1, 0, 1, 1];
  expect([...mask]).toEqual([...attempt, 1, ...attempt, ...attempt, 1]);
});
