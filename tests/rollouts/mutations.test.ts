// Sixteen thousand damaged lines: each is read, or refused in one sentence with its place, or left out and counted. Never a crash, and
// never a trajectory whose parts contradict each other. tests/full has ten times as many.
import { expect, test } from 'vitest';
import { randomStream } from '../../src/base/random.ts';
import type { Trajectory } from '../../src/rollouts/index.ts';
import { damagedBytes, encoder, readDamaged, TEXTS } from './damage.ts';
import { complaint, readBytes } from './reading.ts';

const EACH = 1500;

test.each(TEXTS)('%s', (name, text) => {
  const { refused, read, wrong } = readDamaged(name, text, EACH, randomStream(5, `damage ${name}`));
  expect(wrong).toEqual([]);
  // Both happen, or the damage is none or too much.
  expect(refused).toBeGreaterThan(EACH / 4);
  expect(read).toBeGreaterThan(EACH / 50);
});

test('with skipBad every undamaged line keeps its group, whatever stands between', () => {
  const random = randomStream(6, 'between');
  for (const [name, text] of TEXTS.filter(([name]) => name !== 'unipo')) {
    const lines = text.trimEnd().split('\n');
    const mixed: Uint8Array[] = [];
    const isWhole: boolean[] = [];
    for (const line of lines) {
      // What has been inserted may be a line feed, or leave the line as it was: only what is refused alone is put between.
      const bytes = damagedBytes(line, random);
      if (!bytes.includes(10) && complaint(bytes, { format: name }) !== '') {
        mixed.push(bytes);
        isWhole.push(false);
      }
      mixed.push(encoder.encode(line));
      isWhole.push(true);
    }
    const joined = mixed.flatMap((line) => [...line, 10]);
    const clean = readBytes(encoder.encode(text), { format: name }).trajectories;
    const { trajectories, report } = readBytes(Uint8Array.from(joined), { format: name, skipBad: true });
    // A header behind a damaged line is refused as well, for it is not the first.
    const strip = (ts: readonly Trajectory[]): unknown[] => ts.map(({ place: _, ...rest }) => rest);
    expect(strip(trajectories), name).toEqual(strip(clean));
    expect(report.skipped, name).toBeGreaterThan(0);
  }
});
