// Every guide works as it is written: its files are saved in an empty folder and its commands are run there, one after the other.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { MAIN } from '../cli/run.ts';
import { type GuideCommands, guides, stepsOf } from './guides.ts';

const place = mkdtempSync(join(tmpdir(), 'gradsplit-guides-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** A folder with a command `gradsplit`, as `npm install` makes one. */
const bin = join(place, 'bin');
mkdirSync(bin);
writeFileSync(join(bin, 'gradsplit'), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
chmodSync(join(bin, 'gradsplit'), 0o755);

function runIn(folder: string, { text }: GuideCommands): SpawnSyncReturns<string> {
  return spawnSync('sh', ['-e', '-c', text], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` },
  });
}

describe.skipIf(process.platform === 'win32')('guides', () => {
  test.each(guides())(
    '$name',
    ({ name, steps }) => {
      const folder = join(place, name);
      mkdirSync(folder);
      expect(steps.length).toBeGreaterThan(0);
      for (const step of steps) {
        if (step.kind === 'file') writeFileSync(join(folder, step.name), step.text);
        else {
          const { status, stdout, stderr } = runIn(folder, step);
          expect({ commands: step.text, status, stderr }).toMatchObject({ status: 0 });
          expect(stdout + stderr, step.text).not.toBe('');
        }
      }
    },
    600_000,
  );

  test('a command that fails, and one that is not there, is seen', () => {
    const folder = join(place, 'wrong');
    mkdirSync(folder);
    for (const text of [
      'gradsplit train --config no.json --out a\necho done\n',
      'gradsplit no-such-command\n',
    ]) {
      expect(runIn(folder, { kind: 'commands', text }).status).toBe(2);
    }
  });

  test('a file without a name is an error', () => {
    expect(() => stepsOf('Look:\n\n```json\n{}\n```\n')).toThrow(
      'a block of json that is saved under no name',
    );
  });
});
