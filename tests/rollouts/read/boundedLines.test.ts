// Pieces are handed on when their first line has ended, and a line that is too long is refused before that.
import { expect, test } from 'vitest';
import { boundedLines } from '../../../src/rollouts/read/lines.ts';

const encoder = new TextEncoder();

/** What is handed on before the end or an error, and the error. */
async function handedOn(pieces: readonly string[], longest: number) {
  const out: string[] = [];
  const all = (async function* () {
    for (const piece of pieces) yield encoder.encode(piece);
  })();
  try {
    for await (const piece of boundedLines('pipe', all, longest)) out.push(new TextDecoder().decode(piece));
  } catch (error) {
    return { out, error: (error as Error).message };
  }
  return { out, error: undefined };
}

test('lines within the bound pass as they are', async () => {
  const pieces = ['ab', 'cd\ne', 'f\n\n', 'ghij'];
  expect(await handedOn(pieces, 4)).toEqual({ out: pieces, error: undefined });
  expect(await handedOn([], 4)).toEqual({ out: [], error: undefined });
  expect(await handedOn(['abc'], 4)).toEqual({ out: ['abc'], error: undefined });
});

test('of a first line that is too long nothing is handed on', async () => {
  const error = 'pipe: line 1: expected at most 0 MB, found a longer line';
  expect(await handedOn(['abc', 'de'], 4)).toEqual({ out: [], error });
  expect(await handedOn(['abcde\nf'], 4)).toEqual({ out: [], error });
});

test('a later one is refused where it becomes too long', async () => {
  const error = 'pipe: line 3: expected at most 0 MB, found a longer line';
  expect(await handedOn(['a\nb\ncd', 'ef', 'g', 'h\n'], 4)).toEqual({ out: ['a\nb\ncd', 'ef'], error });
});
