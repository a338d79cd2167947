// rollouts@1: everything that a line can say is read as it is, and nothing else is let through.
import { describe, expect, test } from 'vitest';
import { rolloutsLine } from '../../../src/rollouts/index.ts';
import { complaint, readText } from '../reading.ts';
import { dumps } from '../upstream/python.ts';
import { rolloutsRecords, rolloutsText } from '../upstream/rollouts.ts';
import { truth } from '../upstream/truth.ts';

const truths = truth(1);

test('every field', () => {
  const { trajectories, report } = readText(rolloutsText(truths));
  expect(report.format?.name).toBe('rollouts@1');
  expect(report.header).toEqual({ objective: 'grpo', options: { clipLow: 0.1 } });
  expect([report.lines, report.trajectories, report.skipped]).toEqual([12, 12, 0]);
  const told = truths.map(({ prompt, values, returns, tokenRewards, texts, ...rest }, i) => ({
    ...rest,
    place: { file: 'test.jsonl', line: i + 2 },
  }));
  expect(trajectories).toEqual(told);
});

test('what a critic, a failure, versions and metrics say is read and written', () => {
  const line =
    '{"ids":[4,5],"components":["prompt","sample"],"values":[null,0.5],"returns":[null,1],"tokenRewards":[0,1],' +
    '"versions":[3,3,4],"trainedVersion":5,"failure":"timeout","groundTruth":"7","extras":{"kl":0.25}}';
  const pair = line.replace('[3,3,4]', '[3,4]');
  const [read] = readText(`${pair}\n`).trajectories;
  expect(read).toMatchObject({
    values: Float64Array.of(Number.NaN, 0.5),
    returns: Float64Array.of(Number.NaN, 1),
    tokenRewards: Float64Array.of(0, 1),
    versions: Float64Array.of(3, 4),
    trainedVersion: 5,
    failure: 'timeout',
    texts: { groundTruth: '7' },
    extras: { kl: 0.25 },
  });
  expect(JSON.parse(rolloutsLine(read!))).toEqual(JSON.parse(pair));
  expect(complaint(`${line}\n`)).toContain('versions: expected an array of 2');
});

describe('what a line may leave out', () => {
  const only = (text: string) => readText(`${text}\n`).trajectories[0]!;

  test('everything but tokens or ids', () => {
    expect(only('{"ids":[4,5]}')).toEqual({
      place: { file: 'test.jsonl', line: 1 },
      length: 2,
      unit: 'tokens',
      ids: Int32Array.of(4, 5),
      roles: Uint8Array.of(1, 1),
      mask: Uint8Array.of(1, 1),
      isMaskLogged: false,
      areRolesLogged: false,
    });
    expect(only('{"tokens":[]}').length).toBe(0);
  });

  test('components: from the mask, else from log-probs', () => {
    expect([...only('{"ids":[1,2,3,4],"mask":[0,1,0,1]}').roles]).toEqual([0, 1, 3, 1]);
    expect([...only('{"ids":[1,2,3],"logProbs":[null,null,-1]}').roles]).toEqual([0, 0, 1]);
    expect([...only('{"ids":[1,2],"mask":[0,0]}').roles]).toEqual([0, 0]);
  });

  test('the mask: from components', () => {
    const line = '{"ids":[1,2,3,4,5,6],"components":["prompt","sample","decision","tool","pad","eos"]}';
    expect([...only(line).mask]).toEqual([0, 1, 1, 0, 0, 1]);
    expect([...only(line).roles]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('null is the same as nothing, but for what was scored', () => {
    const { reward, ...rest } = only(
      '{"ids":[1],"tokens":null,"refLogProbs":null,"group":null,"step":null,"correct":null,"reward":null}',
    );
    expect(reward).toBeNaN();
    expect(rest).toEqual((({ reward: _, ...other }) => other)(only('{"ids":[1],"reward":1}')));
    const parts = only('{"ids":[1],"reward":{"a":1,"b":null}}');
    expect([parts.reward, parts.rewards]).toEqual([1, { a: 1, b: Number.NaN }]);
    expect(only('{"ids":[1],"reward":{"a":null}}').reward).toBeNaN();
  });

  test('advantages by token', () => {
    expect(only('{"ids":[1,2],"advantage":[null,0.5]}').advantage).toEqual(Float64Array.of(Number.NaN, 0.5));
  });
});

describe('what is wrong is named with its place', () => {
  test.each([
    ['{"ids":[1],"logprobs":[0]}', 'logprobs is an unknown field (did you mean "logProbs"?)'],
    ['{"ids":[1],"ids":[2]}', 'ids is given twice'],
    ['{"ids":[1],"reward":{"a":1,"a":2}}', 'reward.a is given twice'],
    [
      '{"ids":[1,2],"logProbs":[-1]}',
      'logProbs: expected an array of 2, one entry a token, found an array of 1',
    ],
    ['{"ids":[1,2],"mask":[1,2]}', 'mask[1]: expected 0 or 1, found 2'],
    ['{"ids":[1,2],"components":["prompt","toString"]}', 'components[1]: expected one of prompt, sample'],
    ['{"ids":[1],"logProbs":["NaN"]}', 'logProbs[0]: expected a number or null, found "NaN"'],
    ['{"ids":[1.5]}', 'ids[0]: expected a token id, found 1.5'],
    ['{"ids":[4294967296]}', 'ids[0]: expected a token id'],
    ['{"tokens":["a",1]}', 'tokens[1]: expected a text, found 1'],
    ['{"tokens":["a"],"ids":[1,2]}', 'ids: expected an array of 1, one entry a token, found an array of 2'],
    ['{"ids":[1],"group":5}', 'group: expected a text, found 5'],
    ['{"ids":[1],"step":-1}', 'step: expected an integer of at least 0, found -1'],
    ['{"ids":[1],"correct":1}', 'correct: expected true or false, found 1'],
    ['{"ids":[1],"reward":"1"}', 'reward: expected a number or null, found "1"'],
    ['{"ids":[1],"reward":{"a":"1"}}', 'reward.a: expected a number or null, found "1"'],
    ['{"ids":[1],"advantage":[1,2]}', 'advantage: expected an array of 1'],
    ['{"ids":[1],"microbatch":0.5}', 'microbatch: expected an integer'],
    ['{"ids":[1]} x', 'not valid JSON at column 13: expected nothing more after the document, found "x"'],
    ['[1]', 'expected an object, found an array of 1'],
  ])('%s', (line, message) => {
    expect(complaint(`{"ids":[1]}\n${line}\n`)).toContain(`test.jsonl: line 2: ${message}`);
  });

  test('headers', () => {
    const header = '{"format":"gradsplit/rollouts@1"}\n';
    expect(complaint(`{"format":"gradsplit/rollouts@2"}\n`)).toContain(
      'line 1: format: expected "gradsplit/rollouts@1"',
    );
    expect(complaint(`${header.replace('}', ',"objectiv":"grpo"}')}`)).toContain('did you mean "objective"?');
    expect(complaint(`{"ids":[1]}\n${header}`)).toContain(
      'line 2: expected the header in the first line only',
    );
    expect(complaint(header)).toBe('test.jsonl: expected rollouts, found only a header');
    expect(complaint(`${header.replace('}', ',"unit":"letters"}')}`)).toContain('unit: expected "words"');
  });

  test('words stand in for tokens where the header says so', () => {
    const text = '{"format":"gradsplit/rollouts@1","unit":"words"}\n{"tokens":["a"]}\n';
    expect(readText(text).trajectories[0]!.unit).toBe('words');
  });
});

test('NaN and infinities as Python writes them', () => {
  const [one] = readText(
    '{"ids":[1,2,3,4],"logProbs":[NaN,Infinity,-Infinity,null],"reward":NaN}',
  ).trajectories;
  expect(one!.logProbs).toEqual(
    Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN),
  );
  expect(one!.nan).toEqual([{ field: 'logProbs', token: 0 }]);
  expect(one!.reward).toBeNaN();
});

test('each field alone that is missing leaves the others as they are', () => {
  for (const record of rolloutsRecords(truths).slice(0, 1)) {
    for (const name of Object.keys(record)) {
      const { [name]: _, ...rest } = record;
      expect(complaint(dumps(rest)), name).toBe('');
    }
  }
});
