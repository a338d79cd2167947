// prime-rl's exported tokens and verifiers' traces: fields, trees whose shared messages are trained once, and what is refused.
import { describe, expect, test } from 'vitest';
import { ROLES, readRollouts, type Trajectory } from '../../src/rollouts/index.ts';

async function readAll(...records: unknown[]): Promise<Trajectory[]> {
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const found: Trajectory[] = [];
  for await (const trajectory of readRollouts([Buffer.from(text)], { source: 'r.jsonl' }))
    found.push(trajectory);
  return found;
}

const rolesOf = ({ roles }: Trajectory): string[] => Array.from(roles, (role) => ROLES[role]!);

/** A line as prime-rl's token_export.py makes it: 2 tokens of prompt, 2 drawn, 1 of a tool, 1 drawn. */
const EXPORT = {
  schema_version: 1,
  step: 7,
  rank: 1,
  micro_step: 3,
  micro_sequence_idx: 0,
  export_sequence_idx: 0,
  env_name: 'gsm8k',
  token_ids: [10, 11, 20, 21, 30, 22],
  position_ids: [0, 1, 2, 3, 4, 5],
  loss_mask: [false, false, true, true, false, true],
  advantages: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
  inference_logprobs: [0, 0, -1, -2, 0, null],
  trainer_logprobs: [null, -3, -1.1, -2.1, -4, -0.5],
  entropy: [1, 1, 1, 1, 1, 1],
  mismatch_kl: [null, null, 0.1, 0.1, null, 0.1],
  rl_weights: [null, null, null, null, null, null],
};

describe('exported tokens', () => {
  test('have the trainer\u2019s own numbers; null is a number that is not there', async () => {
    const [found] = await readAll(EXPORT);
    expect([...found!.ids!]).toEqual(EXPORT.token_ids);
    expect([...found!.mask]).toEqual([0, 0, 1, 1, 0, 1]);
    expect(rolesOf(found!)).toEqual(['prompt', 'prompt', 'sample', 'sample', 'tool', 'sample']);
    expect([...found!.logProbs!]).toEqual([Number.NaN, -3, -1.1, -2.1, -4, -0.5]);
    expect([...found!.samplerLogProbs!]).toEqual([0, 0, -1, -2, 0, Number.NaN]);
    expect([found!.step, found!.rank, found!.microbatch, found!.isMaskLogged]).toEqual([7, 1, 3, true]);
    expect(found!.reward).toBeUndefined();
  });

  test('of another schema, and arrays of another length, are refused with the place', async () => {
    await expect(readAll({ ...EXPORT, schema_version: 2 })).rejects.toThrow(
      'r.jsonl: line 1: schema_version: expected 1, as other versions have other fields, found 2',
    );
    await expect(readAll({ schema_version: 0, tokens: [{ id: 1 }] })).rejects.toThrow(
      'schema_version: expected 1',
    );
    await expect(readAll({ ...EXPORT, advantages: [1] })).rejects.toThrow(
      'r.jsonl: line 1: advantages: expected an array of 6',
    );
  });
});

/** A question, two turns with a tool between them, and a second branch that shares the first turn. */
const node = (parent: number | null, role: string, content: string, more: object = {}) => ({
  parent,
  message: { role, content },
  sampled: role === 'assistant',
  token_ids: [],
  mask: [],
  logprobs: [],
  ...more,
});
const TRACE = {
  version: 1,
  id: 't1',
  task: { type: 'Math', data: { question: 'q' }, key: 'k' },
  agent: { config: {}, name: 'agent' },
  nodes: [
    node(null, 'user', 'what is 1 + 1', { token_ids: [1, 2], mask: [false, false] }),
    node(0, 'assistant', 'let me see', {
      token_ids: [3, 4, 5],
      mask: [false, true, true],
      logprobs: [-0.1, -0.2],
      advantages: [2, 2],
    }),
    node(1, 'tool', '2', { token_ids: [6], mask: [false] }),
    node(2, 'assistant', 'it is 2', {
      token_ids: [7, 8],
      mask: [false, true],
      logprobs: [-0.3],
      advantages: [2],
    }),
    node(1, 'assistant', 'three', { token_ids: [9], mask: [true], logprobs: [-0.4], advantages: [-1] }),
  ],
  calls: [
    { node: 1, finish_reason: 'tool_calls' },
    { node: 4, finish_reason: 'length' },
  ],
  rewards: { correct: { score: 1, weight: 0.5 }, style: null },
  ok: true,
  errors: [],
};
const EPISODE = {
  id: 'e1',
  env: { id: 'math' },
  task: { type: 'Math', data: {}, key: 'k' },
  group: { id: 'g9' },
  run: { type: 'train', id: 'r', work: { type: 'train', step: 4, policy: { start: 2, end: 3 } } },
  ok: true,
  errors: [],
  traces: [TRACE],
};

describe('traces', () => {
  test('are trees: a trajectory a branch, and what branches share is trained in the first alone', async () => {
    const [first, second, ...others] = await readAll(EPISODE);
    expect(others).toEqual([]);
    expect([...first!.ids!]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...first!.mask]).toEqual([0, 0, 0, 1, 1, 0, 0, 1]);
    expect(rolesOf(first!)).toEqual([
      'prompt',
      'prompt',
      'prompt',
      'sample',
      'sample',
      'tool',
      'tool',
      'sample',
    ]);
    expect([...first!.samplerLogProbs!]).toEqual([NaN, NaN, NaN, -0.1, -0.2, NaN, NaN, -0.3]);
    expect([...second!.ids!]).toEqual([1, 2, 3, 4, 5, 9]);
    expect([...second!.mask]).toEqual([0, 0, 0, 0, 0, 1]);
    expect([...(second!.advantage as Float64Array)]).toEqual([NaN, NaN, NaN, 2, 2, -1]);
    // Every drawn token is trained once.
    const trained = [first!, second!].flatMap(({ ids, mask }) => [...ids!].filter((_, t) => mask[t] === 1));
    expect(trained.sort()).toEqual([4, 5, 8, 9]);
    for (const trajectory of [first!, second!]) {
      expect(trajectory).toMatchObject({ group: 'g9', step: 4, rollout: 't1', reward: 0.5, truncated: true });
      expect(trajectory.rewards).toEqual({ correct: 1, style: Number.NaN });
      expect([...trajectory.versions!]).toEqual([2, 3]);
    }
    expect([first!.place.entry, second!.place.entry]).toEqual([0, 1]);
    expect(first!.texts).toEqual({ prompt: 'what is 1 + 1', output: 'let me see\n2\nit is 2' });
  });

  test('may stand alone, may have failed, and may have no tokens: then words stand in', async () => {
    const [nodes] = [TRACE.nodes.map(({ parent, message, sampled }) => ({ parent, message, sampled }))];
    const failed = {
      ...TRACE,
      nodes,
      ok: false,
      errors: [{ type: 'ToolError', message: 'no' }],
      rewards: {},
    };
    const [first] = await readAll(failed);
    expect(first).toMatchObject({ unit: 'words', failure: 'ToolError: no', rollout: 't1' });
    expect(first!.tokens).toEqual(['what', 'is', '1', '+', '1', 'let', 'me', 'see', '2', 'it', 'is', '2']);
    expect(rolesOf(first!).slice(5)).toEqual([
      'sample',
      'sample',
      'sample',
      'tool',
      'sample',
      'sample',
      'sample',
    ]);
    expect([...first!.mask]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1]);
  });

  test('with circles, or numbers that do not fit, are refused with the place', async () => {
    const broken = (i: number, more: object) => ({
      ...EPISODE,
      traces: [{ ...TRACE, nodes: TRACE.nodes.map((n, k) => (k === i ? { ...n, ...more } : n)) }],
    });
    await expect(readAll(broken(1, { parent: 1 }))).rejects.toThrow(
      'r.jsonl: line 1: traces[0].nodes[1].parent: expected the index of a node before 1, or null, found 1',
    );
    await expect(readAll(broken(1, { logprobs: [-1] }))).rejects.toThrow(
      'r.jsonl: line 1: traces[0].nodes[1].logprobs: expected an array of 2, one entry a sampled token',
    );
    await expect(readAll(broken(3, { mask: [true] }))).rejects.toThrow(
      'traces[0].nodes[3].mask: expected an array of 2',
    );
  });
});
