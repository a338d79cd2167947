// Zstandard files: whole ones, several frames, pieces of any size, and those that end early or are damaged.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { isZstd, unpackZstd } from '../../src/host/zstd.ts';

/** `for (i = 0; i < 60; i++) {"i":i,"text":"abcabcabc"}` as lines, packed by zstd 1.5.4 at level 19 with a checksum. */
const PACKED = Buffer.from(
  'KLUv/WSGBXUDAAKFDhOwqQOPb9GaGkou2VpKKRIa43Un////v23btt22bduSJEmS27ZtW0EMwl3uNIUcRqFKS5IKCFApxQQ9qBHwC/tnoIOC4gERJAjBv0Kg8gOuqlVlQzSSAcZc1IIVQ9EJJAIrXtxbzS2gcv1Vj1EwFQ==',
  'base64',
);
const LINES = Array.from({ length: 60 }, (_, i) => `{"i":${i},"text":"abcabcabc"}\n`).join('');

/** A frame of stored blocks: single segment with 4 bytes of size, no checksum. */
function stored(content: Uint8Array, block = 1 << 16): Uint8Array {
  const header = Buffer.alloc(9);
  header.set([0x28, 0xb5, 0x2f, 0xfd, 0xa0]);
  header.writeUInt32LE(content.length, 5);
  const parts: Uint8Array[] = [header];
  for (let at = 0; at < content.length || at === 0; at += block) {
    const part = content.subarray(at, at + block);
    const isLast = at + block >= content.length ? 1 : 0;
    parts.push(
      Uint8Array.from([0, 8, 16], (shift) => (((part.length << 3) | isLast) >> shift) & 255),
      part,
    );
  }
  return Buffer.concat(parts);
}

async function unpack(pieces: readonly Uint8Array[], name = 'a.zst'): Promise<Buffer> {
  const out: Uint8Array[] = [];
  for await (const piece of unpackZstd(pieces, name)) out.push(piece);
  return Buffer.concat(out);
}

const inPieces = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

describe('what zstd packed', () => {
  test('is unpacked, whatever the size of the pieces', async () => {
    expect(isZstd(PACKED)).toBe(true);
    for (const size of [1, 2, 7, 100, PACKED.length]) {
      expect((await unpack(inPieces(PACKED, size))).toString()).toBe(LINES);
    }
  });

  test('may be several frames', async () => {
    const frames = Buffer.concat([PACKED, stored(Buffer.from('x\n')), PACKED]);
    expect((await unpack(inPieces(frames, 13))).toString()).toBe(`${LINES}x\n${LINES}`);
  });

  test('that ends early is refused, wherever it ends', async () => {
    for (let end = 1; end < PACKED.length; end++) {
      await expect(unpack([PACKED.subarray(0, end)], 'a\u001b.zst')).rejects.toThrow(
        /^a\\u001b\.zst: the Zstandard stream (ends before its end|is damaged)/,
      );
    }
  });

  test('is refused where it is damaged, and nothing else is ever thrown', async () => {
    const damaged = fc.record({
      at: fc.nat(PACKED.length - 1),
      to: fc.nat(255),
      size: fc.integer({ min: 1, max: 200 }),
    });
    await fc.assert(
      fc.asyncProperty(damaged, async ({ at, to, size }) => {
        const bytes = Uint8Array.from(PACKED);
        bytes[at] = to;
        await unpack(inPieces(bytes, size)).catch((error: unknown) =>
          expect(error).toBeInstanceOf(InputError),
        );
      }),
      { numRuns: 100 },
    );
  });
});

test('a window that no `zstd` makes by default is refused before it is allocated', async () => {
  const header = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x90, 1, 0, 0]);
  await expect(unpack([header])).rejects.toThrow(
    'needs a window of 268435456 bytes; expected at most 134217728',
  );
  const single = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0x10, 1, 0, 0]);
  await expect(unpack([single])).rejects.toThrow('needs a window of 268435456 bytes');
});

test('stored content comes back as it is', async () => {
  const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) & 255);
  expect(Buffer.compare(await unpack(inPieces(stored(content), 5000)), content)).toBe(0);
  expect(isZstd(Buffer.from('{"a":1}'))).toBe(false);
  expect(isZstd(new Uint8Array(0))).toBe(false);
});
