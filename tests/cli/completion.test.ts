// Completion in the shells themselves: what is offered after which words.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { suites } from '../../bench/index.ts';
import { SHELLS, type Shell } from '../../src/cli/completion.ts';
import { documentNames } from '../../src/documents/names.ts';
import { inProcess } from './inProcess.ts';
import { workplace } from './run.ts';

const place = workplace();

async function scriptOf(shell: Shell): Promise<string> {
  const { code, stdout, stderr } = await inProcess(['completion', shell]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return place.file(`completion.${shell}`, stdout);
}

/** What each shell offers for a line whose last word is being typed. */
const OFFERED: Readonly<Record<Shell, (script: string, words: readonly string[]) => string>> = {
  bash: (script, words) =>
    `source ${script}; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; ` +
    `complete -p gradsplit > /dev/null && _gradsplit && printf "%s\\n" "\${COMPREPLY[@]}"`,
  zsh: (script, words) =>
    `compdef() { :; }; _files() { :; }; compadd() { shift; for w in "$@"; do [[ $w == '${words.at(-1)}'* ]] && print -r -- $w; done; }; ` +
    `words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}; source ${script}; _gradsplit`,
  fish: (script, words) => `source ${script}; complete -C '${words.join(' ')}' | string split -f1 \\t`,
};

describe.each(SHELLS.filter((shell) => spawnSync(shell, ['--version']).status === 0))('%s', (shell) => {
  const offered = async (line: string): Promise<string[]> => {
    const script = await scriptOf(shell);
    const { stdout, stderr } = spawnSync(shell, ['-c', OFFERED[shell](script, line.split(' '))], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return stdout
      .split('\n')
      .filter((word) => word !== '')
      .sort();
  };

  test('the script is valid', async () => {
    expect(spawnSync(shell, ['-n', await scriptOf(shell)], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  test.each([
    ['gradsplit ver', ['verify']],
    ['gradsplit --quiet exa', ['exact']],
    ['gradsplit policy n', ['new']],
    ['gradsplit policy new --voc', ['--vocabulary']],
    ['gradsplit verify --pol', ['--policy']],
    ['gradsplit verify --qui', ['--quiet']],
    ['gradsplit verify --backend ', ['gpu', 'wasm']],
    ['gradsplit completion z', ['zsh']],
    ['gradsplit schema reproduce', ['reproduce@1']],
    ['gradsplit bench soft', ['softmax']],
    ['gradsplit lab unc', ['uncalibrated']],
    ['gradsplit lab energy --expl', ['--explain']],
  ])('%s', async (line, expected) => {
    expect(await offered(line)).toEqual(expected);
  });
});

test('every document and every suite is offered', async () => {
  const { stdout } = await inProcess(['completion', 'bash']);
  for (const name of [...documentNames, ...Object.keys(suites)])
    expect(stdout).toMatch(new RegExp(`[' ]${name} `));
});
