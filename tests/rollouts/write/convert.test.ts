// Rollouts as rollouts@1: what is there is written to the last bit, what has no place is named, and a second time changes nothing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { schemas } from '../../../src/documents/index.ts';
import {
  Conversion,
  readRollouts,
  rolloutsHeader,
  rolloutsLine,
  type Trajectory,
} from '../../../src/rollouts/index.ts';
import { pythonRolloutsLine } from '../../../src/rollouts/write/rolloutsLine.ts';
import { readText } from '../reading.ts';
import { msSwiftText } from '../upstream/msSwift.ts';
import { nemoRlText } from '../upstream/nemoRl.ts';
import { openInstructText } from '../upstream/openInstruct.ts';
import { rlLoggingBoardText } from '../upstream/rlLoggingBoard.ts';
import { rolloutsText } from '../upstream/rollouts.ts';
import { truth } from '../upstream/truth.ts';
import { unipoText } from '../upstream/unipo.ts';
import { verlText, verlUidText } from '../upstream/verl.ts';

async function converted(text: string): Promise<{ text: string; notes: Conversion }> {
  const notes = new Conversion(readRollouts([new TextEncoder().encode(text)], { source: 'x' }));
  let out = '';
  for await (const piece of notes.pieces()) out += piece;
  return { text: out, notes };
}

const truths = truth(8);
const TEXTS: readonly (readonly [string, string])[] = [
  ['rollouts@1', rolloutsText(truths)],
  ['verl', verlText(truths)],
  ['verl with uid', verlUidText(truths)],
  ['nemo-rl', nemoRlText(truths, [1])],
  ['open-instruct', openInstructText(truths)],
  ['ms-swift', msSwiftText(truths, 5)],
  ['rl-logging-board', rlLoggingBoardText(truths)],
  ['unipo', unipoText(truths)],
];

describe.each(TEXTS)('%s', (_, text) => {
  test('a second time changes nothing', async () => {
    const once = await converted(text);
    expect((await converted(once.text)).text).toBe(once.text);
  });

  test('every line is valid by the schema', async () => {
    for (const line of (await converted(text)).text.trimEnd().split('\n')) {
      expect(schemas['rollouts@1'].safeParse(JSON.parse(line)).error).toBeUndefined();
    }
  });

  test('what has a place is the same after it', async () => {
    const before = readText(text).trajectories;
    const after = readText((await converted(text)).text).trajectories;
    const kept = (
      ['tokens', 'ids', 'roles', 'mask', 'isMaskLogged', 'unit', 'logProbs', 'oldLogProbs'] as const
    ).concat([
      'refLogProbs',
      'samplerLogProbs',
      'reward',
      'correct',
      'advantage',
      'group',
      'step',
      'truncated',
    ] as never[]);
    expect(after).toHaveLength(before.length);
    for (const [i, t] of before.entries()) {
      for (const name of kept) expect(after[i]![name], name).toEqual(t[name]);
    }
  });
});

test('numbers keep their last bit, −0 too; what is not finite becomes null', () => {
  const trajectory: Trajectory = {
    place: { file: 'a', line: 1 },
    length: 5,
    unit: 'tokens',
    ids: Int32Array.of(1, 2, 3, 4, 5),
    roles: Uint8Array.of(1, 1, 1, 1, 1),
    mask: Uint8Array.of(1, 1, 1, 1, 1),
    isMaskLogged: false,
    areRolesLogged: false,
    logProbs: Float64Array.of(-0, 0.1 + 0.2, Number.NaN, Number.NEGATIVE_INFINITY, 5e-324),
  };
  const line = rolloutsLine(trajectory);
  expect(line).toContain('"logProbs":[-0,0.30000000000000004,null,null,5e-324]');
  expect(line).not.toContain('mask');
  // As Python writes it, NaN is a word where the file had it, and what is not there stays null.
  expect(pythonRolloutsLine(trajectory)).toContain('null,-Infinity,5e-324]');
  const withNaN = pythonRolloutsLine({ ...trajectory, nan: [{ field: 'logProbs', token: 2 }] });
  expect(withNaN).toContain('NaN,-Infinity,5e-324]');
  const [read] = readText(withNaN).trajectories;
  expect([read!.nan, read!.logProbs]).toEqual([[{ field: 'logProbs', token: 2 }], trajectory.logProbs]);
});

test('any numbers', () => {
  const [base] = readText('{"ids":[1,2,3]}').trajectories;
  fc.assert(
    fc.property(fc.array(fc.double(), { minLength: 3, maxLength: 3 }), (values) => {
      const line = rolloutsLine({ ...base!, logProbs: Float64Array.from(values), advantage: values[0]! });
      const [read] = readText(line).trajectories;
      const finite = values.map((x) => (Number.isFinite(x) ? x : Number.NaN));
      expect([...read!.logProbs!]).toEqual(finite);
      expect(read!.advantage).toBe(finite[0]);
    }),
  );
});

describe('rewards', () => {
  const [base] = readText('{"ids":[1]}').trajectories;

  test('by function where they add up to the reward', () => {
    expect(rolloutsLine({ ...base!, reward: 3, rewards: { a: 1, b: 2 } })).toContain(
      '"reward":{"a":1,"b":2}',
    );
    expect(rolloutsLine({ ...base!, rewards: { a: Number.NaN } })).toContain('"reward":{"a":null}');
  });

  test('else the reward, and the others are noted', async () => {
    expect(rolloutsLine({ ...base!, reward: 5, rewards: { a: 1 } })).toContain('"reward":5');
    const notes = new Conversion({
      report: readText('{"ids":[1]}').report,
      async *[Symbol.asyncIterator]() {
        yield { ...base!, reward: 5, rewards: { a: 1 } };
      },
    });
    for await (const _ of notes.pieces());
    expect([...notes.leftOut]).toEqual([['rewards', 1]]);
  });
});

test('what has no place, and what becomes null, is counted', async () => {
  const { notes } = await converted(verlText(truths));
  expect([...notes.leftOut]).toEqual([['texts', 12]]);
  const nan = await converted('{"ids":[1,2],"logProbs":[NaN,-Infinity],"reward":Infinity}');
  expect(nan.notes.becameNull).toBe(3);
  expect(nan.text).toContain('"logProbs":[null,null],"reward":null');
});

test('the header of a file is kept; words are said to be words', async () => {
  const kept = await converted(rolloutsText(truths));
  expect(kept.text.split('\n')[0]).toBe(
    '{"format":"gradsplit/rollouts@1","objective":"grpo","options":{"clipLow":0.1}}',
  );
  expect((await converted(verlText(truths))).text.split('\n')[0]).toBe(rolloutsHeader({ unit: 'words' }));
});

test('words and tokens do not go into one file', async () => {
  const [withTokens, without] = rlLoggingBoardText(truths).split('\n') as [string, string];
  const text = `${withTokens}\n${without.replace(/"response_tokens": \[.*?\], /, '')}\n`;
  await expect(converted(text)).rejects.toThrow('x: line 2: expected tokens as before, found words');
});

test('a trajectory without tokens and ids cannot be written', () => {
  const { ids: _, ...rest } = readText('{"ids":[1]}').trajectories[0]!;
  expect(() => rolloutsLine(rest)).toThrow('test.jsonl: line 1: expected tokens or ids, found neither');
});
