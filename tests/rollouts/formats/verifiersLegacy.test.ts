// verifiers before its version 1: messages with words in their stead, groups by example, failed rollouts, what is refused.
import { expect, test } from 'vitest';
import { ROLES, type Trajectory } from '../../../src/rollouts/index.ts';
import { complaint, readText } from '../reading.ts';

/** As state_to_output makes it: metrics also stand beside the other fields, calls of tools are JSON text. */
const ROLLOUT = {
  example_id: 3,
  prompt: [
    { role: 'system', content: 'be brief' },
    { role: 'user', content: [{ type: 'text', text: 'add 1 and 2' }, { type: 'image_url' }] },
  ],
  completion: [
    { role: 'assistant', content: '', reasoning_content: 'I think', tool_calls: ['{"name":"add"}'] },
    { role: 'tool', content: 'three', tool_call_id: 'x' },
    { role: 'assistant', content: 'it is 3' },
  ],
  answer: '3',
  reward: 0.5,
  error: null,
  timing: { total: 1 },
  is_completed: true,
  is_truncated: false,
  stop_condition: 'no_tools_called',
  metrics: { exact: 1, num_turns: 2, judge: null },
  exact: 1,
  num_turns: 2,
  judge: null,
  token_usage: { input_tokens: 10, output_tokens: 5 },
  parsed_length: 7,
};

function one(more: object = {}): Trajectory {
  const { trajectories, report } = readText(`${JSON.stringify({ ...ROLLOUT, ...more })}\n`);
  expect(report.format?.name).toBe('verifiers-legacy');
  return trajectories[0]!;
}

test('messages are words, sampled where the model wrote them', () => {
  const { tokens, roles, mask, unit, texts } = one();
  expect(tokens!.join(' ')).toBe('be brief add 1 and 2 I think {"name":"add"} three it is 3');
  expect(Array.from(roles, (role) => ROLES[role])).toEqual([
    ...new Array<string>(6).fill('prompt'),
    ...['sample', 'sample', 'sample', 'tool', 'sample', 'sample', 'sample'],
  ]);
  expect([...mask]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1]);
  expect(unit).toBe('words');
  expect(texts).toEqual({
    prompt: 'be brief\nadd 1 and 2',
    promptMessages: [
      { role: 'system', content: 'be brief' },
      { role: 'user', content: 'add 1 and 2' },
    ],
    outputParts: 4,
    output: 'I think\n{"name":"add"}\nthree\nit is 3',
    groundTruth: '3',
  });
});

test('reward, further numbers, truncation', () => {
  const { reward, rewards, extras, truncated, failure, step } = one();
  expect([reward, rewards, truncated, failure, step]).toEqual([0.5, undefined, false, undefined, undefined]);
  expect(extras).toEqual({ exact: 1, num_turns: 2, judge: Number.NaN, parsed_length: 7 });
});

test('the group is the example, within its task', () => {
  expect(one().group).toBe('3');
  expect(one({ example_id: 0 }).group).toBe('0');
  expect(one({ example_id: 'e3' }).group).toBe('e3');
  expect(one({ task: 'gsm8k' }).group).toBe('gsm8k/3');
});

test('a text is what is completed without a chat, as is a message of the role text', () => {
  const { roles, tokens } = one({ prompt: 'one two', completion: 'three' });
  expect([tokens, Array.from(roles, (role) => ROLES[role])]).toEqual([
    ['one', 'two', 'three'],
    ['prompt', 'prompt', 'sample'],
  ]);
  expect([...one({ prompt: 'p', completion: [{ role: 'text', content: 'drawn' }] }).mask]).toEqual([0, 1]);
});

test('a failed rollout has no completion, and says why', () => {
  const error = {
    error: 'InfraError',
    error_chain_repr: 'InfraError()',
    error_chain_str: 'InfraError -> Timeout',
  };
  const failed = one({ completion: null, error, reward: 0, metrics: null });
  expect([failed.failure, failed.mask.includes(1), failed.reward]).toEqual([
    'InfraError -> Timeout',
    false,
    0,
  ]);
  expect(one({ error: 'Timeout()' }).failure).toBe('Timeout()');
  expect(one({ error: { error_chain_str: { toString: 1 } } }).failure).toBe('unknown');
});

test.each<readonly [object, string]>([
  [{ example_id: null }, 'example_id: expected an integer of at least 0'],
  [{ prompt: 3 }, 'prompt: expected messages, a text or null, found 3'],
  [{ completion: ['x'] }, 'completion[0]: expected an object, found "x"'],
  [{ reward: '1' }, 'reward: expected a number or null'],
  [{ metrics: { exact: 'yes' } }, 'metrics.exact: expected a number or null'],
  [{ error: 3 }, 'error: expected an error, a text or null, found 3'],
  [{ is_truncated: 1 }, 'is_truncated: expected true or false'],
])('%j is refused with its place', (more, message) => {
  expect(complaint(`${JSON.stringify({ ...ROLLOUT, ...more })}\n`)).toContain(
    `test.jsonl: line 1: ${message}`,
  );
});
