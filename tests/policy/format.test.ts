// The policy reader: every malformed file ends in one sentence that names the place; what is accepted is read exactly.
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { parsePolicy, policyChunks } from '../../src/policy/format.ts';
import { randomPolicy } from '../../src/policy/random.ts';
import type { TabularPolicy } from '../../src/policy/tabular.ts';

const write = (policy: TabularPolicy): string => [...policyChunks(policy)].join('');

/** A valid document to spoil; K = 2, L = 2, V = 2. */
const valid = () => JSON.parse(write(randomPolicy({ attempts: 2, length: 2, vocabulary: 2 }, 1)));

/** The message reading ends with. */
function messageOf(text: string): string {
  try {
    parsePolicy(text, 'mine.json');
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    const { message } = error as Error;
    expect(message).toMatch(/^mine\.json: [^\n]+$/);
    return message.slice('mine.json: '.length);
  }
  throw new Error(`accepted: ${text.slice(0, 200)}`);
}

/** The message for the valid document after a change. */
function spoiled(change: (document: ReturnType<typeof valid>) => void): string {
  const document = valid();
  change(document);
  return messageOf(JSON.stringify(document));
}

describe('the documented example', () => {
  const row = (): number[] => [0.5, -0.25];
  const sample = { '': row(), '0': row(), '1': row() };
  const second = { '0,1/': row(), '0,0/': row(), '1,0/': row(), '1,1/': row() };
  const third: Record<string, number[]> = {};
  for (const first of ['0,0', '0,1', '1,0', '1,1'])
    for (const t of ['0', '1']) third[`${first}/${t}`] = row();
  const decision = { '0,1': row(), '0,0': row(), '1,0': row(), '1,1': row() };
  const tables = { sample: { ...sample, ...second, ...third }, decision };
  const document = {
    format: 'gradsplit/policy@1',
    attempts: 2,
    length: 2,
    vocabulary: 2,
    reward: { target: [0, 1], attemptCost: 0.05 },
    logits: tables,
    reference: tables,
  };

  test('is read, rows in canonical order whatever the order in the file', () => {
    const logits = structuredClone(tables);
    logits.sample['0,0/'] = [7, 8];
    logits.decision['0,1'] = [1, 2];
    const policy = parsePolicy(JSON.stringify({ ...document, logits }), 'mine.json');
    expect(policy.shape).toEqual({ attempts: 2, length: 2, vocabulary: 2 });
    expect(policy.reward).toEqual({ kind: 'target', target: [0, 1], attemptCost: 0.05 });
    // Canonical order: "", "0", "1", "0,0/" … and "0,0", "0,1" …
    expect([...policy.logits.sample.subarray(6, 8)]).toEqual([7, 8]);
    expect([...policy.logits.decision.subarray(2, 4)]).toEqual([1, 2]);
    expect(policy.reference.sample).toHaveLength(15 * 2);
  });

  test('a reward for every trajectory', () => {
    const table: Record<string, number> = {};
    for (const a of ['0,0', '0,1', '1,0', '1,1']) {
      table[a] = 1;
      for (const b of ['0,0', '0,1', '1,0', '1,1']) table[`${a}/${b}`] = b === '1,1' ? 0.9 : 0;
    }
    const { reward } = parsePolicy(JSON.stringify({ ...document, reward: { table } }), 'mine.json');
    expect(reward.kind === 'table' && [...reward.values]).toEqual([
      ...[1, 1, 1, 1],
      ...[0, 0, 0, 0.9, 0, 0, 0, 0.9, 0, 0, 0, 0.9, 0, 0, 0, 0.9],
    ]);
    delete table['0,0/1,1'];
    expect(messageOf(JSON.stringify({ ...document, reward: { table } }))).toBe(
      'reward.table: 1 of 20 trajectories is missing (first "0,0/1,1")',
    );
    table['0,0/1,1/0,0'] = 1;
    table['0,0/1,1'] = Number.NaN;
    expect(messageOf(JSON.stringify({ ...document, reward: { table } }))).toBe(
      'reward.table["0,0/1,1"]: expected a finite number or a fraction such as "3/7", found null',
    );
    table['0,0/1,1'] = 1;
    expect(messageOf(JSON.stringify({ ...document, reward: { table } }))).toBe(
      'reward.table: 1 key is no trajectory of this shape (first "0,0/1,1/0,0")',
    );
  });

  test('a byte order mark in front is skipped', () => {
    expect(parsePolicy(`\ufeff${JSON.stringify(document)}`, 'mine.json').shape.attempts).toBe(2);
  });

  test('K = 1 has no decisions, V = 2 and L = 1 are the least', () => {
    const policy = randomPolicy({ attempts: 1, length: 1, vocabulary: 2 }, 3);
    expect(JSON.parse(write(policy)).logits.decision).toEqual({});
    expect(parsePolicy(write(policy), 'mine.json')).toEqual(policy);
  });
});

describe('malformed files', () => {
  test('no JSON object at all', () => {
    expect(messageOf('{"format": nope}')).toBe(
      'not valid JSON at line 1, column 12: expected a value, found "nope"',
    );
    expect(messageOf('\u0000\u0001\u0002PNG')).toContain('not valid JSON at line 1, column 1');
    expect(messageOf('['.repeat(200_000))).toContain('not valid JSON at line 1, column 200001');
    for (const text of ['[]', '3', 'null', '"x"', '['.repeat(200_000) + ']'.repeat(200_000)]) {
      expect(() => parsePolicy(text, 'mine.json')).toThrow(/^mine\.json: expected an object, found/);
    }
    const nested = JSON.stringify(valid()).replace(
      /"attempts":2/,
      `"attempts":${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`,
    );
    expect(messageOf(nested)).toBe('attempts: expected an integer of at least 1, found an object');
  });

  test('format and fields', () => {
    expect(messageOf('{}')).toBe('format is missing; expected "gradsplit/policy@1"');
    expect(spoiled((d) => (d.format = 'gradsplit/policy@2'))).toBe(
      'format: expected "gradsplit/policy@1", found "gradsplit/policy@2"',
    );
    expect(spoiled((d) => (d.format = 7))).toBe('format: expected "gradsplit/policy@1", found 7');
    expect(spoiled((d) => (d.lenght = d.length))).toBe('lenght is an unknown field (did you mean "length"?)');
    expect(spoiled((d) => (d.something = 1))).toContain(
      'something is an unknown field; the fields are format,',
    );
    expect(spoiled((d) => (d.logits.decisions = {}))).toBe(
      'logits.decisions is an unknown field (did you mean "decision"?)',
    );
    expect(spoiled((d) => (d['a\n\u001b[31m'] = 1))).toContain('["a\\n\\u001b[31m"] is an unknown field');
    for (const field of ['attempts', 'length', 'vocabulary', 'reward', 'logits', 'reference']) {
      expect(spoiled((d) => delete d[field])).toMatch(new RegExp(`^${field} is missing; expected an`));
    }
    expect(spoiled((d) => delete d.reference.sample)).toBe('reference.sample is missing; expected an object');
    expect(spoiled((d) => (d.logits = []))).toBe('logits: expected an object, found an array of 0');
  });

  test('sizes', () => {
    for (const size of [0, -1, 1.5, '2', null, 1e300, true]) {
      expect(spoiled((d) => (d.attempts = size))).toMatch(
        /^attempts: expected an integer of at least 1, found/,
      );
      expect(spoiled((d) => (d.length = size))).toMatch(/^length: expected an integer of at least 1, found/);
      expect(spoiled((d) => (d.vocabulary = size))).toMatch(/^vocabulary: expected an integer of at least 2/);
    }
    expect(spoiled((d) => (d.vocabulary = 1))).toBe('vocabulary: expected an integer of at least 2, found 1');
    expect(messageOf(JSON.stringify(valid()).replace('"attempts":2', '"attempts":1e999'))).toBe(
      'attempts: expected an integer of at least 1, found Infinity',
    );
  });

  test('too many trajectories: how many, before anything is allocated', () => {
    expect(spoiled((d) => (d.length = 11))).toBe(
      'attempts 2, length 11, vocabulary 2 give 4196352 trajectories; at most 2000000 can be enumerated',
    );
    expect(spoiled((d) => (d.attempts = Number.MAX_SAFE_INTEGER))).toContain('trajectories; at most 2000000');
    expect(spoiled((d) => (d.vocabulary = Number.MAX_SAFE_INTEGER))).toContain('give about 10^');
  });

  test('histories', () => {
    expect(spoiled((d) => delete d.logits.sample['0,1/0'])).toBe(
      'logits.sample: 1 of 15 histories is missing (first "0,1/0")',
    );
    expect(
      spoiled((d) => {
        d.reference.decision['0,1/'] = d.reference.decision['0,1'];
        delete d.reference.decision['0,1'];
      }),
    ).toBe(
      'reference.decision: 1 of 4 histories is missing (first "0,1") and 1 key is no history of this shape (first "0,1/")',
    );
    expect(spoiled((d) => (d.logits.sample['0,1,0'] = [0, 0]))).toContain(
      '1 key is no history of this shape (first "0,1,0")',
    );
    expect(spoiled((d) => (d.logits.sample = {}))).toBe(
      'logits.sample: 15 of 15 histories are missing (first "")',
    );
    // The last attempt has no decision.
    expect(spoiled((d) => (d.logits.decision['0,1/0,1'] = [0, 0]))).toContain('(first "0,1/0,1")');
    expect(spoiled((d) => (d.vocabulary = 3))).toMatch(/^reward|^logits\.sample/);
  });

  test('__proto__, constructor and their like are keys as any other, and pollute nothing', () => {
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype']) {
      const text = JSON.stringify(valid());
      const surplus = text.replace('"sample":{', `"sample":{"${key}":[1,2],`);
      expect(messageOf(surplus)).toBe(`logits.sample: 1 key is no history of this shape (first "${key}")`);
      expect(messageOf(text.replace('{', `{"${key}":{"polluted":1},`))).toMatch(/is an unknown field/);
      expect(messageOf(text.replace('"reward":{', `"reward":{"${key}":{"polluted":1},`))).toMatch(
        new RegExp(`^reward\\.${key} is an unknown field`),
      );
    }
    expect(messageOf('{"__proto__":{"format":"gradsplit/policy@1"}}')).toMatch(/^format is missing/);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('rows', () => {
    expect(spoiled((d) => d.logits.sample['0,1/'].push(1))).toBe(
      'logits.sample["0,1/"]: expected 2 numbers, found an array of 3',
    );
    expect(spoiled((d) => d.logits.decision['0,1'].pop())).toBe(
      'logits.decision["0,1"]: expected 2 numbers, found an array of 1',
    );
    expect(spoiled((d) => (d.logits.sample[''] = { 0: 1, 1: 2, length: 2 }))).toBe(
      'logits.sample[""]: expected 2 numbers, found an object',
    );
    for (const [value, shown] of [
      [null, 'null'],
      ['1', '"1"'],
      [[1], 'an array of 1'],
      [true, 'true'],
    ]) {
      expect(spoiled((d) => (d.reference.sample['0,1/1'][1] = value))).toBe(
        `reference.sample["0,1/1"][1]: expected a finite number, found ${shown}`,
      );
    }
    const huge = JSON.stringify(valid()).replace(/("0,1\/":\[[^,]*),[^\]]*/, '$1,1e999');
    expect(messageOf(huge)).toBe('logits.sample["0,1/"][1]: expected a finite number, found Infinity');
    expect(messageOf(huge.replace('1e999', 'NaN'))).toContain('expected a value, found "NaN"');
  });

  test('rewards', () => {
    expect(spoiled((d) => (d.reward = {}))).toBe(
      'reward: expected either target and attemptCost, or table, found neither',
    );
    expect(spoiled((d) => (d.reward.table = {}))).toBe(
      'reward: expected either target and attemptCost, or table, found both',
    );
    expect(spoiled((d) => delete d.reward.target)).toBe('reward.target is missing; expected 2 tokens');
    expect(spoiled((d) => delete d.reward.attemptCost)).toBe(
      'reward.attemptCost is missing; expected a finite number or a fraction such as "3/7"',
    );
    expect(spoiled((d) => (d.reward.attemptCost = '0.05'))).toBe(
      'reward.attemptCost: expected a finite number or a fraction such as "3/7", found "0.05"',
    );
    expect(spoiled((d) => (d.reward.target = [0]))).toBe(
      'reward.target: expected 2 tokens, found an array of 1',
    );
    for (const token of [2, -1, 0.5, '0', null]) {
      expect(spoiled((d) => (d.reward.target[1] = token))).toMatch(
        /^reward\.target\[1\]: expected a token, an integer from 0 to 1, found/,
      );
    }
  });

  test('a key given twice', () => {
    const text = JSON.stringify(valid());
    expect(messageOf(text.replace('"length":2', '"length":7,"length":2'))).toBe('length is given twice');
    expect(messageOf(text.replace('"0,1/":', '"0,1/":[9,9],"0,1/":'))).toBe(
      'logits.sample["0,1/"] is given twice',
    );
  });

  test('long keys and values are cut in messages', () => {
    const long = 'x'.repeat(100_000);
    expect(spoiled((d) => (d[long] = 1)).length).toBeLessThan(300);
    expect(spoiled((d) => (d.format = long)).length).toBeLessThan(300);
    expect(spoiled((d) => (d.logits.sample[long] = 1)).length).toBeLessThan(300);
  });
});
