// What comes through a pipe without end and is no rollouts is refused at its beginning; rollouts pass as they are.
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { recognised } from '../../../src/host/rollouts/recognised.ts';
import { RecordReader } from '../../../src/rollouts/index.ts';

const encoder = new TextEncoder();

/** Passes pieces through; of an endless source at most so many, so that a fault ends. */
async function passed(
  pieces: Iterable<string | Uint8Array>,
  most?: number,
): Promise<{ readonly text: string; readonly taken: number }> {
  let taken = 0;
  async function* source(): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) {
      if (++taken > 1000) throw new Error('taken without end');
      yield typeof piece === 'string' ? encoder.encode(piece) : piece;
    }
  }
  const found: Uint8Array[] = [];
  for await (const piece of recognised('stdin', source(), new RecordReader({}), most)) found.push(piece);
  return { text: Buffer.concat(found).toString('latin1'), taken };
}

function* endless(piece: string): Generator<string> {
  for (;;) yield piece;
}

test.each([
  ['lines that are no JSON', 'y\n', 'stdin: line 1: not valid JSON'],
  ['lines that are no rollouts', '{}\n', 'stdin: line 1: '],
  ['numbers', '12345\n', 'stdin: line 1: expected an object, found 12345'],
])('%s', async (_, line, message) => {
  await expect(passed(endless(line))).rejects.toThrow(message);
});

test('blank lines', async () => {
  await expect(passed(endless('\n\n\n\n\n'), 100)).rejects.toThrow(
    'stdin: expected rollouts, found none in the first 0 MB',
  );
});

const LINE = '{"input":"a","output":"b","score":1,"step":0}\n';

test.each([
  ['in one piece', [LINE + LINE]],
  ['byte by byte', [...LINE, ...LINE]],
  ['after blank lines', ['\n', ' \n', LINE]],
  ['a header first', ['{"format":"gradsplit/rollouts@1"}\n', '{"ids":[1,2]}\n']],
  ['a wrong line later, which is the affair of a pass', [LINE, 'no\n']],
  ['almost nothing', ['{', '}']],
  ['nothing', []],
])('rollouts pass: %s', async (_, pieces) => {
  expect((await passed(pieces)).text).toBe(pieces.join(''));
});

test('compressed bytes and tables pass', async () => {
  const packed = gzipSync(LINE);
  expect((await passed([packed])).text).toBe(packed.toString('latin1'));
  expect((await passed(['PAR1', 'whatever'])).text).toBe('PAR1whatever');
});
