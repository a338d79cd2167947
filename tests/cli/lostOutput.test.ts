// Outputs that are lost: an exit code of its own, one sentence where it can be said, and no work that silently did not happen. A
// reader that closes stdout has what it wanted.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { gradsplit, MAIN, workplace } from './run.ts';

const place = workplace();
const FULL = 'no space is left on the device';

/** A line of bash in which `gradsplit` is the built command, and the exit codes of its last pipe. */
function bash(line: string): { readonly codes: string; readonly stdout: string; readonly stderr: string } {
  const script = `gradsplit() { "${process.execPath}" "${MAIN}" "$@"; }\n${line}; codes="\${PIPESTATUS[*]}"; echo "codes $codes" >&2`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  const codes = /^codes (.*)\n$/m.exec(stderr)![1]!;
  return { codes, stdout, stderr: stderr.replace(/^codes .*\n$/m, '') };
}

describe('a full device', () => {
  test.each(['claims', 'claims --json -', '--help', 'train --help', 'schema policy@1', '--version'])(
    'as stdout of %s is exit 74 and one sentence',
    (command) => {
      const { codes, stderr } = bash(`gradsplit ${command} > /dev/full`);
      expect({ codes, stderr }).toEqual({ codes: '74', stderr: `gradsplit: cannot write stdout: ${FULL}\n` });
    },
  );

  test('as the place of a document is exit 74 and one sentence', () => {
    const { code, stdout, stderr } = gradsplit(['claims', '--json', '/dev/full']);
    expect({ code, stdout }).toEqual({ code: 74, stdout: '' });
    expect(stderr).toBe(`gradsplit: cannot write /dev/full: ${FULL}\n`);
  });

  test.each(['verify --claims C3', 'verfy'])('as stderr of %s is exit 74', (command) => {
    expect(bash(`gradsplit ${command} 2> /dev/full`)).toMatchObject({ codes: '74', stdout: '' });
  });
});

describe('a reader that goes away', () => {
  test('from stdout wanted no more: no error', () => {
    const { codes, stdout, stderr } = bash(
      'gradsplit policy new --attempts 1 --length 14 --vocabulary 2 | head -c 20',
    );
    expect({ codes, stderr }).toEqual({ codes: '0 0', stderr: '' });
    expect(stdout).toBe('{\n  "format": "grads');
  });

  test('from stdout does not keep work from being done', () => {
    const json = place.path('verified.json');
    expect(bash(`gradsplit verify --claims C3 --json "${json}" 2> /dev/null | true`).codes).toBe('0 0');
    expect(existsSync(json)).toBe(true);
  });

  test('from stderr is an error: nothing was verified', () => {
    expect(bash('gradsplit verify --claims C3,C5,C6 2>&1 | head -1').codes).toBe('74 0');
  });

  test('from the stderr of a training stops it, with its state saved and its lock released', () => {
    const run = place.path('run');
    expect(bash(`gradsplit train --preset pick-sum --out "${run}" 2>&1 | head -1`).codes).toBe('74 0');
    expect(existsSync(`${run}/lock`)).toBe(false);
    expect(readdirSync(`${run}/checkpoints`)).toHaveLength(1);
  });

  test('from the stderr of an experiment stops it, with its locks released', () => {
    const out = place.path('experiment');
    // At most a line a minute is written, so a reader that goes away would be noticed after a minute only.
    const line = `gradsplit reproduce pick-sum --quick --seeds 1 --workers 1 --out "${out}" 2> /dev/full`;
    expect(bash(line).codes).toBe('74');
    expect(readdirSync(out)).not.toContain('lock');
    expect(readdirSync(`${out}/seed-1/base`)).not.toContain('lock');
  });
});
