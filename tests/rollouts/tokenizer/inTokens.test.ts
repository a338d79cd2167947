// Trajectories in the tokens of a model: by ids, by token strings, by texts; what does not fit is named with line and place.
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/base/errors.ts';
import {
  ROLES,
  type Role,
  type Tokenizer,
  type Trajectory,
  tokenizerFrom,
  vocabularyOf,
} from '../../../src/rollouts/index.ts';
import { inTokens, type TokenOptions } from '../../../src/rollouts/tokenizer/inTokens.ts';
import { readText } from '../reading.ts';
import { FAMILIES, type Family, tokenizerFile } from './files.ts';

const CHAT =
  "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}{{ '<|im_start|>assistant\n' }}";

function tokenizerOf(family: Family, chat?: string): Tokenizer {
  return tokenizerFrom({
    tokenizer: { text: JSON.stringify(tokenizerFile(family)), source: 'tokenizer.json' },
    ...(chat === undefined ? {} : { template: { text: chat, source: 'chat_template.jinja' } }),
  });
}

const qwen2 = tokenizerOf('qwen2', CHAT);
const llama2 = tokenizerOf('llama2');

function verl(input: string, output: string): Trajectory {
  return readText(JSON.stringify({ input, output, score: 1, step: 0 })).trajectories[0]!;
}

function ours(fields: Record<string, unknown>): Trajectory {
  return readText(JSON.stringify(fields)).trajectories[0]!;
}

function board(fields: Record<string, unknown>): Trajectory {
  return readText(JSON.stringify({ prompt: 'Wait', response: ' the answer', reward: 1, ...fields }))
    .trajectories[0]!;
}

const names = ({ roles }: Trajectory): Role[] => Array.from(roles, (role) => ROLES[role]!);
const responseOf = ({ ids, roles }: Trajectory): number[] =>
  [...ids!].filter((_, t) => ROLES[roles[t]!] !== 'prompt');
const promptOf = ({ ids, roles }: Trajectory): number[] =>
  [...ids!].filter((_, t) => ROLES[roles[t]!] === 'prompt');

function messageOf(trajectory: Trajectory, options: TokenOptions = {}): string {
  try {
    inTokens(trajectory, options);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return '';
}

describe('texts', () => {
  test.each(FAMILIES)(
    '%s: the prompt keeps its tokens, the response follows, and together they are the text',
    (family) => {
      const tokenizer = tokenizerOf(family);
      for (const [prompt, output] of [
        ['Wait, the answer is', ' 46. I check the sum'],
        ['the sum:\n', 'the answer'],
        ['the ans', 'wer is 46'],
        ['12', '34'],
        ['the answer ', ' the'],
        ['Ü', 'ber 😀'],
      ] as const) {
        const found = inTokens(verl(prompt, output), { vocabulary: tokenizer });
        expect(promptOf(found)).toEqual([...tokenizer.beginning, ...tokenizer.encode(prompt)]);
        const whole = tokenizer.pieces([...found.ids].slice(tokenizer.beginning.length)).join('');
        expect(whole.replace(/^ /, '')).toBe((prompt + output).replace(/^ /, ''));
        expect(found.tokens.slice(-responseOf(found).length).join('')).toBe(output);
        expect(found.unit).toBe('tokens');
        expect([...found.mask]).toEqual(names(found).map((role) => (role === 'prompt' ? 0 : 1)));
      }
    },
  );

  test('a control: encoding the response of a SentencePiece tokenizer by itself would put a blank before it', () => {
    const alone = llama2.pieces(llama2.encode('wer is')).join('');
    expect(alone).toBe(' wer is');
    expect(
      inTokens(verl('the ans', 'wer is'), { vocabulary: llama2 }).tokens.slice(-2).join(''),
    ).not.toContain('  ');
  });

  test('what stands before every text stands there once', () => {
    const once = inTokens(verl('<s>the sum', ' 46'), { vocabulary: llama2 });
    expect(promptOf(once).filter((id) => llama2.nameOf(id) === '<s>')).toHaveLength(1);
    expect(promptOf(once)[0]).toBe(llama2.idOf('<s>'));
  });

  test('a prompt as what a user says goes through the template, and so do messages', () => {
    const wrapped = inTokens(verl('the sum', 'is 46'), { vocabulary: qwen2, chat: true });
    expect(qwen2.decode(promptOf(wrapped))).toBe(
      '<|im_start|>user\nthe sum<|im_end|>\n<|im_start|>assistant\n',
    );
    const results = {
      ...{ example_id: 1, prompt: [{ role: 'user', content: 'the sum' }], reward: 1, is_completed: true },
      completion: [{ role: 'assistant', content: 'is 46' }],
    };
    const [messages] = readText(JSON.stringify(results)).trajectories;
    expect([...inTokens(messages!, { vocabulary: qwen2 }).ids]).toEqual([...wrapped.ids]);
    expect(messageOf(messages!, { vocabulary: tokenizerOf('qwen2') })).toBe(
      'test.jsonl: line 1: expected a chat template in the folder of tokenizer.json, which the prompt needs, found none',
    );
    const several = { ...results, completion: [...results.completion, { role: 'user', content: 'sure?' }] };
    expect(messageOf(readText(JSON.stringify(several)).trajectories[0]!, { vocabulary: qwen2 })).toBe(
      'test.jsonl: line 1: expected one text as the response, found several messages; give token ids',
    );
  });

  test('without a tokenizer they cannot be taken', () => {
    const message = 'test.jsonl: line 1: expected token ids, or a tokenizer that gives them, found text only';
    expect(messageOf(verl('a', 'b'))).toBe(message);
    expect(messageOf(verl('a', 'b'), { vocabulary: vocabularyOf(['a', 'b'], 'the task') })).toBe(message);
  });

  test('words without texts are no text', () => {
    const text =
      '{"format":"gradsplit/rollouts@1","unit":"words"}\n{"tokens":["a","b"],"components":["prompt","sample"]}';
    expect(messageOf(readText(text).trajectories[0]!, { vocabulary: qwen2 })).toBe(
      'test.jsonl: line 2: expected the text of the response, found words only',
    );
  });
});

describe('token strings', () => {
  const components = ['prompt', 'sample', 'sample', 'sample'];
  const ids = qwen2.encode('Wait the answer.');
  const byName = ids.map((id) => qwen2.nameOf(id)!);

  test('names and texts of tokens give the same ids, and none of them a tokenizer', () => {
    const texts = qwen2.pieces(ids);
    expect(texts).not.toEqual(byName);
    for (const tokens of [byName, texts]) {
      expect([...inTokens(ours({ tokens, components }), { vocabulary: qwen2 }).ids]).toEqual(ids);
    }
    expect(messageOf(ours({ tokens: texts, components }))).toBe(
      'test.jsonl: line 1: expected ids, or a tokenizer that gives them, found token strings only',
    );
  });

  test.each(['llama2', 'mistral'] as const)(
    '%s: texts that begin a word and texts that go on with one',
    (family) => {
      const tokenizer = tokenizerOf(family);
      const all = tokenizer.encode('the check again, wait.');
      const tokens = tokenizer.pieces(all);
      const roles = all.map((_, t) => (t === 0 ? 'prompt' : 'sample'));
      expect([...inTokens(ours({ tokens, components: roles }), { vocabulary: tokenizer }).ids]).toEqual(all);
    },
  );

  test('the names of a task need no tokenizer', () => {
    const task = vocabularyOf(['<pad>', '<stop>', '<resample>', '<end>', '7', '8'], 'the task pickSum');
    const tokens = ['<pad>', '7', '8', '<stop>'];
    const roles = ['pad', 'prompt', 'sample', 'decision'];
    const found = inTokens(ours({ tokens, components: roles }), { vocabulary: task, keepsPadding: true });
    expect([...found.ids]).toEqual([0, 4, 5, 1]);
    expect([...inTokens(ours({ tokens, components: roles }), { vocabulary: task }).ids]).toEqual([4, 5, 1]);
    expect(
      messageOf(ours({ tokens: ['7', '8', '9', '<stop>'], components: roles }), { vocabulary: task }),
    ).toBe('test.jsonl: line 1: tokens[2]: expected a token of the task pickSum, found "9"');
  });

  test('one that the tokenizer does not have is named, and not those before it', () => {
    const tokens = byName.with(2, 'Ġanswers!');
    expect(messageOf(ours({ tokens, components }), { vocabulary: qwen2 })).toBe(
      'test.jsonl: line 1: tokens[2]: expected a token of tokenizer.json, found "Ġanswers!"',
    );
  });

  test('beside ids they must belong to them, by name or by text', () => {
    const texts = qwen2.pieces(ids);
    for (const tokens of [byName, texts, texts.map((text) => text.trimStart())]) {
      expect(messageOf(ours({ ids, tokens, components }), { vocabulary: qwen2 })).toBe('');
    }
    expect(messageOf(ours({ ids, tokens: byName.with(1, 'Ġa'), components }), { vocabulary: qwen2 })).toBe(
      `test.jsonl: line 1: tokens[1]: tokenizer.json expects "Ġthe" for id ${ids[1]}, found "Ġa"`,
    );
    expect(
      messageOf(ours({ ids: [...ids.slice(0, 3), 99_999], tokens: byName, components }), {
        vocabulary: qwen2,
      }),
    ).toBe('test.jsonl: line 1: tokens[3]: tokenizer.json expects an id that it has for id 99999, found "."');
    // Nobody can tell without a tokenizer.
    expect(messageOf(ours({ ids, tokens: byName.with(1, 'x'), components }))).toBe('');
  });

  test('ids outside the model are named, those of padding are not looked at', () => {
    const rollout = { ids: [-100, 5, 6, 9], components: ['pad', 'prompt', 'sample', 'sample'] };
    expect([...inTokens(ours(rollout), { size: 10 }).ids]).toEqual([5, 6, 9]);
    expect(messageOf(ours(rollout), { size: 9 })).toBe(
      'test.jsonl: line 1: ids[3]: expected an id from 0 to 8, the last one of the model, found 9',
    );
    expect(messageOf(ours({ ...rollout, ids: [0, 5, -1, 9] }))).toBe(
      'test.jsonl: line 1: ids[2]: expected an id of at least 0, found -1',
    );
    expect(messageOf(ours(rollout), { size: 10, keepsPadding: true })).toBe(
      'test.jsonl: line 1: ids[0]: expected an id from 0 to 9, the last one of the model, found -100',
    );
    expect(messageOf(verl('Wait', ' the'), { vocabulary: qwen2, size: 200 })).toMatch(
      /^test\.jsonl: line 1: tokenizer\.json gives "Wait" the id \d+, and the model has 200 tokens only$/,
    );
  });

  test('padding between tokens is refused', () => {
    expect(messageOf(ours({ ids: [0, 1, 2], components: ['prompt', 'pad', 'sample'] }))).toBe(
      'test.jsonl: line 1: components[1]: expected padding at the ends only, found it within',
    );
  });

  test('ids alone get the texts of their tokens', () => {
    const found = inTokens(ours({ ids, components }), { vocabulary: qwen2 });
    expect(found.tokens.join('')).toBe('Wait the answer.');
    expect(inTokens(ours({ ids: [3, 4], components: ['prompt', 'sample'] })).tokens).toEqual(['⟨3⟩', '⟨4⟩']);
  });
});

describe('a prompt in text before a response in tokens', () => {
  const response = qwen2.encode(' the answer');
  const fields = {
    response_tokens: response.map((id) => qwen2.nameOf(id)!),
    logprobs: response.map((_, t) => -1 - t),
  };

  test('is put before it, and everything moves with it', () => {
    const found = inTokens(board(fields), { vocabulary: qwen2 });
    expect([...found.ids]).toEqual([...qwen2.encode('Wait'), ...response]);
    expect(names(found)).toEqual(['prompt', ...response.map(() => 'sample')]);
    expect([...found.mask]).toEqual([0, ...response.map(() => 1)]);
    expect([...found.logProbs!]).toEqual([Number.NaN, ...fields.logprobs]);
    expect(found.length).toBe(found.ids.length);
  });

  test('padding at its end is left out', () => {
    const padded = board({
      ...fields,
      response_tokens: [...fields.response_tokens, '<pad>', '<pad>'],
      logprobs: [...fields.logprobs, 0, 0],
    });
    const found = inTokens(padded, { vocabulary: qwen2 });
    expect([...found.logProbs!].slice(1)).toEqual(fields.logprobs);
    expect(found.length).toBe(1 + response.length);
  });
});
