// Mistakes that were seen in prime-rl, in the folder of a run of it: exported tokens with the traces beside them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { rules, runRules, writeUpstream } from '../../src/audit/index.ts';
import { openRollouts } from '../../src/host/rollouts/open.ts';
import type { Trajectory } from '../../src/rollouts/index.ts';
import * as groups from './planted/groups.ts';
import type { Case } from './planted/planted.ts';
import * as scores from './planted/scores.ts';

/** The rollouts as they are read from the folder of a run. */
async function throughRun({ trajectories }: Case): Promise<Trajectory[]> {
  const folder = mkdtempSync(join(tmpdir(), 'gradsplit-prime-'));
  try {
    for (const { path, text } of ['prime-rl', 'verifiers'].flatMap((name) =>
      writeUpstream(name, trajectories),
    )) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const source = await openRollouts([folder]);
    const found: Trajectory[] = [];
    const rollouts = source.read();
    for await (const one of rollouts) found.push(one);
    expect(rollouts.report.format?.name).toBe('prime-rl');
    await source.close();
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test.each([
  ['group-misaligned', groups.groupMisaligned, 'sums'],
  ['scorer-failed-as-zero', scores.scorerFailedAsZero, 'batch'],
] as const)('%s', async (code, { clean, mistakes }: typeof groups.groupMisaligned, way) => {
  const own = rules.filter((rule) => rule.code === code);
  const found = async (given: Case): Promise<string[]> => {
    const read = await throughRun(given);
    expect(read).toHaveLength(given.trajectories.length);
    for (const { reward, group, logProbs } of read)
      expect([reward, group, logProbs]).not.toContain(undefined);
    const { findings, notChecked } = await runRules(own, () => read, given.setting);
    expect(notChecked).toEqual([]);
    return findings.map(({ rule }) => rule.code);
  };
  expect(await found(clean(1))).toEqual([]);
  expect(await found(mistakes[way]!(1))).toEqual([code]);
});
