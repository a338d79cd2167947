// Anyone's rollouts as a network and an objective see them: places, numbers, micro-batches, and what is refused.
import { beforeAll, describe, expect, test } from 'vitest';
import {
  agreement,
  checkResponseBatch,
  loggedAdvantages,
  objectiveBatch,
  partOf,
  type ResponseOptions,
  responseMicroBatches,
  responsesOf,
  tokenLogProbsOf,
  wholeOf,
} from '../../../src/attribution/index.ts';
import { InputError } from '../../../src/base/errors.ts';
import { randomStream } from '../../../src/base/random.ts';
import { episodeLayout } from '../../../src/episodes/index.ts';
import { gpt2, weightsInMemory } from '../../../src/nn/index.ts';
import { checkBatch } from '../../../src/objectives/batch.ts';
import { chooseObjective } from '../../../src/objectives/index.ts';
import { COMPONENTS } from '../../../src/policy/index.ts';
import { inTokens } from '../../../src/rollouts/index.ts';
import { pickSum } from '../../../src/tasks/index.ts';
import { chooseKernels } from '../../oracle/kernels.ts';
import { readText } from '../../rollouts/reading.ts';

beforeAll(chooseKernels);

const V = 12;
const CONTEXT = 8;

type Line = Readonly<Record<string, unknown>>;

const LINES: readonly Line[] = [
  {
    ...{ group: 'a', ids: [1, 2, 3, 4, 5], components: ['prompt', 'prompt', 'sample', 'decision', 'sample'] },
    ...{ reward: 1, oldLogProbs: [null, null, -1, -2, -3], refLogProbs: [null, null, -1.5, -2.5, -3.5] },
    ...{ logProbs: [null, null, -1, -2, -3.25], advantage: 0.5 },
  },
  {
    ...{ group: 'b', ids: [0, 6, 7, 8, 0], components: ['pad', 'prompt', 'sample', 'eos', 'pad'] },
    ...{ reward: 0, oldLogProbs: [null, null, -4, -5, null], refLogProbs: [null, null, -4.5, null, null] },
    ...{ advantage: [0, 0, -0.5, -1, 0] },
  },
  {
    ...{
      group: 'a',
      ids: [1, 2, 9, 10, 11, 3],
      components: ['prompt', 'prompt', 'sample', 'tool', 'tool', 'sample'],
    },
    ...{
      reward: 0.5,
      oldLogProbs: [null, null, -6, null, null, -7],
      refLogProbs: [null, null, -6, null, null, -7],
    },
    ...{ advantage: -1 },
  },
];

function responses(lines: readonly Line[] = LINES, options: Partial<ResponseOptions> = {}) {
  const { trajectories } = readText(lines.map((line) => JSON.stringify(line)).join('\n'));
  const given = trajectories.map((trajectory) =>
    inTokens(trajectory, {
      size: options.layout?.vocabulary ?? V,
      keepsPadding: options.layout !== undefined,
    }),
  );
  return responsesOf(given, { context: CONTEXT, ...options });
}

function messageOf(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return '';
}

describe('responses', () => {
  test('are everything behind the prompt, tool output with mask 0, padding not at all', () => {
    const found = responses();
    expect([...found.prompts]).toEqual([2, 1, 2]);
    expect([...found.offsets]).toEqual([0, 3, 5, 9]);
    expect([...found.mask]).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 1]);
    const [sample, decision] = (['sample', 'decision'] as const).map((name) => COMPONENTS.indexOf(name));
    expect([...found.component]).toEqual([sample, decision, sample, ...new Array(6).fill(sample)]);
    expect([...found.attempt]).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 0]);
  });

  test.each<[string, Line, string]>([
    [
      'no prompt',
      { ids: [1, 2], components: ['sample', 'sample'] },
      'test.jsonl: line 1: expected a prompt of at least one token before the response, which predicts its first token, found none',
    ],
    [
      'no prompt but padding',
      { ids: [0, 2], components: ['pad', 'sample'] },
      'test.jsonl: line 1: expected a prompt of at least one token before the response, which predicts its first token, found none',
    ],
    [
      'no response',
      { ids: [1, 2], components: ['prompt', 'prompt'] },
      'test.jsonl: line 1: expected a response after the prompt, found none',
    ],
    [
      'longer than the context',
      { ids: new Array(10).fill(1), components: ['prompt', ...new Array(9).fill('sample')] },
      'test.jsonl: line 1: expected at most 9 tokens (the context of the model and the last token, which is no input), found 10',
    ],
    [
      'an id outside the vocabulary',
      { ids: [1, 12], components: ['prompt', 'sample'] },
      'test.jsonl: line 1: ids[1]: expected an id from 0 to 11, the last one of the model, found 12',
    ],
    [
      'all tokens masked out',
      { ids: [1, 2], components: ['prompt', 'sample'], mask: [0, 0] },
      'test.jsonl: expected tokens that take part in the loss, found all 1 of the responses masked out',
    ],
  ])('refused: %s', (_, line, message) => {
    expect(messageOf(() => responses([line]))).toBe(message);
  });

  test('the controls: the longest that fits, and one trajectory of two masked out', () => {
    const longest = { ids: new Array(9).fill(1), components: ['prompt', ...new Array(8).fill('sample')] };
    expect(responses([longest]).mask).toHaveLength(8);
    const masked = { ids: [1, 2], components: ['prompt', 'sample'], mask: [0, 0] };
    expect([...responses([longest, masked]).mask]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0]);
    expect(messageOf(() => responsesOf([], { context: CONTEXT }))).toBe('expected rollouts, found none');
  });

  test('a prompt token that takes part in the loss belongs to the response', () => {
    const line = { ids: [1, 2, 3], components: ['prompt', 'prompt', 'sample'], mask: [0, 1, 1] };
    expect([...responses([line]).prompts]).toEqual([1]);
  });
});

describe('the batch of an objective', () => {
  const N = 9;
  const logProb = Float64Array.from({ length: N }, (_, t) => -10 - t);

  test('has the log-probs of the checkpoint, and what was logged of other policies', () => {
    const { batch, sources } = objectiveBatch(responses(), { logProb }, true);
    checkBatch(batch);
    expect(batch.logProb).toBe(logProb);
    expect([...batch.oldLogProb]).toEqual([-1, -2, -3, -4, -5, -6, -16, -17, -7]);
    expect([...batch.refLogProb]).toEqual([-1.5, -2.5, -3.5, -4.5, -14, -6, -16, -17, -7]);
    expect([...batch.reward]).toEqual([1, 0, 0.5]);
    expect([...batch.group]).toEqual([0, 1, 0]);
    // One token without a number in the reference takes part in the loss.
    expect(sources).toEqual({ old: 'oldLogProbs', ref: 'refLogProbs', sampler: 'old', filled: 1 });
  });

  test('a reference checkpoint goes before the file; without any, ratios are 1 and penalties 0', () => {
    const refLogProb = logProb.map((x) => x - 1);
    const given = objectiveBatch(responses(), { logProb, refLogProb }, true);
    expect([given.sources.ref, [...given.batch.refLogProb]]).toEqual(['reference', [...refLogProb]]);
    const bare = LINES.map(({ oldLogProbs: _o, refLogProbs: _r, logProbs: _l, ...line }) => line);
    const { batch, sources } = objectiveBatch(responses(bare), { logProb }, true);
    expect(sources).toEqual({ old: 'model', ref: 'model', sampler: 'old', filled: 0 });
    expect([[...batch.oldLogProb], [...batch.refLogProb]]).toEqual([[...logProb], [...logProb]]);
    const { objective, options } = chooseObjective('grpo', { beta: 0.1 });
    expect(
      objective
        .parts!.weights(
          batch,
          objective.parts!.scales(objective.parts!.numbers(batch, options), options),
          options,
        )
        .kl!.every((w) => Math.abs(w) === 0),
    ).toBe(true);
  });

  test.each([
    [undefined, 'nothing'],
    [null, 'null'],
  ])('a reward that is %s is refused where it is needed', (reward, found) => {
    const { reward: _, ...rest } = LINES[1]!;
    const line = reward === undefined ? rest : { ...rest, reward };
    const batch = (isNeeded: boolean) =>
      objectiveBatch(responses([LINES[0]!, line]), { logProb: logProb.slice(0, 5) }, isNeeded);
    expect(messageOf(() => batch(true))).toBe(
      `test.jsonl: line 2: reward: expected a finite number, which the objective needs, found ${found}`,
    );
    expect([...batch(false).batch.reward]).toEqual([1, 0]);
  });

  test('trajectories without a group are groups of their own, and equal names of two steps are two groups', () => {
    const [a] = LINES;
    const { group: _, ...alone } = a!;
    const lines = [{ ...a, step: 1 }, { ...a, step: 2 }, alone, alone, { ...a, step: 1 }];
    const { batch } = objectiveBatch(responses(lines), { logProb: new Float64Array(15).fill(-1) }, true);
    expect([...batch.group]).toEqual([0, 1, 2, 3, 0]);
  });

  test('rewards by function are there if every trajectory has all of them', () => {
    const by = (reward: Line) => ({ ...LINES[0]!, reward });
    const two = new Float64Array(6).fill(-1);
    const both = objectiveBatch(
      responses([by({ x: 1, y: 2 }), by({ y: 3, x: 4 })]),
      { logProb: two },
      true,
    ).batch;
    expect(both.rewards!.map((of) => [...of])).toEqual([
      [1, 4],
      [2, 3],
    ]);
    const one = objectiveBatch(responses([by({ x: 1, y: 2 }), by({ y: 3 })]), { logProb: two }, true).batch;
    expect(one.rewards).toBeUndefined();
  });

  test('how far the file and the checkpoint lie apart', () => {
    const close = Float64Array.from([-1, -2, -3, -1, -1, -1, -1, -1, -1]);
    expect(agreement(responses(), close)).toEqual({
      tokens: 3,
      meanDifference: 0.25 / 3,
      largestDifference: 0.25,
      at: 2,
    });
    const bare = LINES.map(({ oldLogProbs: _o, logProbs: _l, ...line }) => line);
    expect(agreement(responses(bare), close)).toBeUndefined();
  });

  test('logged advantages by token, if all are known', () => {
    expect([...loggedAdvantages(responses())!]).toEqual([0.5, 0.5, 0.5, -0.5, -1, -1, 0, 0, -1]);
    expect(
      loggedAdvantages(responses([...LINES, { ids: [1, 2], components: ['prompt', 'sample'] }])),
    ).toBeUndefined();
  });
});

describe('micro-batches', () => {
  const network = gpt2({
    vocabulary: V,
    context: CONTEXT,
    width: 8,
    layers: 2,
    heads: 2,
    tied: true,
  });

  test.each([5, 8, 10, 100, undefined])(
    'of at most %s tokens hold every token once, and fit the network',
    (most) => {
      const all = responses();
      const parts = responseMicroBatches(all, most);
      expect(parts.flatMap(({ tokens }) => [...tokens]).toSorted((a, b) => a - b)).toEqual([
        ...new Array(9).keys(),
      ]);
      for (const { batch, tokens, trajectories } of parts) {
        checkResponseBatch(batch, { vocabulary: V, context: CONTEXT });
        const inputs = batch.inputs.reduce((sum, { ids }) => sum + ids.length, 0);
        expect(inputs).toBeLessThanOrEqual(most ?? 1000);
        expect(batch.offsets).toHaveLength(trajectories.length + 1);
        expect(batch.targets).toHaveLength(tokens.length);
      }
    },
  );

  test('the row before a token predicts it', () => {
    for (const { batch, trajectories } of responseMicroBatches(responses(), 10)) {
      const ids = batch.inputs.flatMap((part) => [...part.ids]);
      trajectories.forEach((i, b) => {
        const own = LINES[i]!.ids as number[];
        const first = batch.offsets[b]!;
        expect(own).toContain(ids[batch.rows[first]!]);
        for (let t = first + 1; t < batch.offsets[b + 1]!; t++)
          expect(ids[batch.rows[t]!]).toBe(batch.targets[t - 1]);
      });
    }
  });

  test('log-probs do not depend on how the responses are cut, to the bit', async () => {
    const all = responses();
    const weights = weightsInMemory(network.initial(randomStream(3, 'model'), 'f64'));
    const logProbs = async (most?: number): Promise<Float64Array> => {
      const parts = responseMicroBatches(all, most);
      const values: Float64Array[] = [];
      for (const { batch } of parts) values.push(await tokenLogProbsOf(network, weights, batch));
      const whole = wholeOf(parts, values);
      expect(parts.map((part) => [...partOf(part, whole)])).toEqual(values.map((of) => [...of]));
      return whole;
    };
    const whole = await logProbs();
    expect(whole.every((x) => x < 0)).toBe(true);
    for (const most of [5, 8, 10]) expect([...(await logProbs(most))]).toEqual([...whole]);
  });

  test('a trajectory that is longer by itself is refused, and so is a size below 1', () => {
    expect(messageOf(() => responseMicroBatches(responses(), 4))).toBe(
      'test.jsonl: line 3: expected at most 4 tokens, as many as a micro-batch may have, found 5',
    );
    expect(messageOf(() => responseMicroBatches(responses(), 0))).toBe(
      'maxTokens: expected at least 1, found 0',
    );
  });
});

describe('episodes of a task here', () => {
  const task = pickSum.create({});
  const layout = episodeLayout(task, 2);
  const vocabulary = task.tokens.names.length;
  const prompt = task.promptLegal.map((legal) => legal[0]!);
  const attempt = layout.legal.slice(0, layout.attemptLength).map((legal) => legal.at(-1)!);
  const roles = [
    ...prompt.map((id) => (id === 0 ? 'pad' : 'prompt')),
    ...attempt.map(() => 'sample'),
    'decision',
  ];

  test('keep the padding of their prompts, and know what was legal', () => {
    const found = responses([{ ids: [...prompt, ...attempt, 1], components: roles }], {
      context: 100,
      layout,
    });
    expect([...found.prompts]).toEqual([layout.promptLength]);
    const [{ batch }] = responseMicroBatches(found) as [ReturnType<typeof responseMicroBatches>[number]];
    expect(batch.inputs[0]!.ids.subarray(0, prompt.length)).toEqual(Int32Array.from(prompt));
    expect(batch.legal).toHaveLength(batch.targets.length * vocabulary);
    batch.targets.forEach((target, t) => {
      const row = batch.legal!.subarray(t * vocabulary, (t + 1) * vocabulary);
      expect(row[target]).toBe(1);
      expect(row.reduce((sum, x) => sum + x, 0)).toBe(layout.legal[t]!.length);
    });
  });

  test('a token that is not legal is refused with its place', () => {
    const at = prompt.length + attempt.length;
    const line = { ids: [...prompt, ...attempt, 4], components: roles };
    expect(messageOf(() => responses([line], { context: 100, layout }))).toBe(
      `test.jsonl: line 1: ids[${at}]: expected one of the 2 tokens that are legal there, found 4`,
    );
    const short = { ids: [...prompt.slice(1), ...attempt, 1], components: roles.slice(1) };
    expect(messageOf(() => responses([short], { context: 100, layout }))).toBe(
      `test.jsonl: line 1: expected a prompt of ${prompt.length} tokens, found one of ${prompt.length - 1}`,
    );
  });
});
