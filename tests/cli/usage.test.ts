// The command line itself: version, help, near misses, and bad usage, which always ends in exit 2 and one message. Lines run in
// this process; a few run as child processes too and must end alike.
import { describe, expect, test } from 'vitest';
import { objectiveNames } from '../../src/objectives/index.ts';
import { packageJson } from '../structure/files.ts';
import { inProcess } from './inProcess.ts';
import { gradsplit, workplace } from './run.ts';

const place = workplace();
const policy = place.path('policy.json');
const size = ['--attempts', '2', '--length', '1', '--vocabulary', '2'];
gradsplit(['policy', 'new', ...size, '-o', policy]);

test.each([
  [['--version']],
  [['exact', '--help']],
  [[]],
  [['claims', '--json', '-']],
  [['verfy']],
  [['verify', '--claims', 'C33']],
  [['exact', policy, '--beta', '1', '--objective', 'gpro']],
  [['verify', '--json', place.path('no/x.json')]],
])('%j ends alike in a process of its own', async (args) => {
  const own = gradsplit(args);
  expect(own.stdout + own.stderr).not.toBe('');
  expect(await inProcess(args)).toEqual(own);
});

describe('version and help', () => {
  test.each([['--version'], ['-V']])('%s is the version of package.json', async (flag) => {
    expect(await inProcess([flag])).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  });

  test.each([
    ['gradsplit', ['--help']],
    ['verify', ['verify', '--help']],
    ['exact', ['exact', '-h']],
    ['claims', ['claims', '--help']],
    ['policy new', ['policy', 'new', '--help']],
    ['schema', ['schema', '--help']],
    ['bench', ['help', 'bench']],
  ])('help of %s has examples', async (_, args) => {
    const { code, stdout, stderr } = await inProcess(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: gradsplit/);
    expect(stdout).toContain('\nExamples:\n  gradsplit ');
  });

  test.each([
    ['exact', '--option'],
    ['train', '--set'],
    ['reproduce', '--set'],
  ])('help of %s says that %s takes one entry and is given again for the next', async (command, flag) => {
    const { stdout } = await inProcess([command, '--help']);
    expect(stdout.replace(/\s+/g, ' ')).toContain(`for several, give ${flag} several times`);
    expect(stdout).not.toMatch(/key=value>? …/);
  });

  test('help of exact names every objective', async () => {
    const { stdout } = await inProcess(['exact', '--help']);
    for (const name of objectiveNames) expect(stdout).toMatch(new RegExp(`\\b${name}\\b`));
  });

  test('without a command the help goes to stderr', async () => {
    const { code, stdout, stderr } = await inProcess([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: gradsplit/);
    expect(await inProcess(['policy'])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('bad usage', () => {
  test.each<[readonly string[], string | RegExp]>([
    [['verfy'], "unknown command 'verfy' (Did you mean verify?)"],
    [['nonsense'], "unknown command 'nonsense'"],
    [['policy', 'nw'], "unknown command 'nw' (Did you mean new?)"],
    [['--nonsense'], "unknown option '--nonsense'"],
    [['verify', '--claim', 'C1'], "unknown option '--claim' (Did you mean --claims?)"],
    [['verify', 'surplus'], /too many arguments/],
    [['claims', 'surplus'], /too many arguments/],
    [['exact', policy, 'surplus', '--beta', '1'], /too many arguments/],
    [['schema', 'exact@1', 'surplus'], /too many arguments/],
    [['policy', 'new', ...size, 'surplus'], /too many arguments/],
    [
      ['verify', '--claims', 'C1,C33'],
      '--claims: unknown claim "C33" (did you mean "C3"?); the claims are C1, C2,',
    ],
    [['verify', '--claims', 'c1'], '--claims: unknown claim "c1" (did you mean "C1"?)'],
    [['verify', '--claims', ''], '--claims: unknown claim ""'],
    [['verify', '--claims'], "option '--claims <ids>' argument missing"],
    [
      ['verify', '--policy', policy, '--attempts', '2'],
      /'--policy <file>' cannot be used with option '--attempts <K>'/,
    ],
    [['verify', '--policy', policy, '--length', '2'], /cannot be used with option '--length <L>'/],
    [['verify', '--policy', policy, '--vocabulary', '2'], /cannot be used with option '--vocabulary <V>'/],
    [['verify', '--attempts', '0'], '--attempts: expected an integer of at least 1, found "0"'],
    [['verify', '--attempts', '-1'], '--attempts: expected an integer of at least 1, found "-1"'],
    [['verify', '--attempts', '3x'], '--attempts: expected an integer of at least 1, found "3x"'],
    [['verify', '--attempts', '1.5'], '--attempts: expected an integer of at least 1, found "1.5"'],
    [['verify', '--attempts', ''], '--attempts: expected an integer of at least 1, found ""'],
    [['verify', '--length', '0x10'], '--length: expected an integer of at least 1, found "0x10"'],
    [['verify', '--length', '1e999'], '--length: expected an integer of at least 1, found "1e999"'],
    [['verify', '--vocabulary', '1'], '--vocabulary: expected an integer of at least 2, found "1"'],
    [['verify', '--seed', '9007199254740993'], '--seed: expected an integer of at least 0, found'],
    [
      ['verify', '--seed', '1e9'],
      '--seed: expected an integer of at least 0 in digits, such as 1000000000, found "1e9"',
    ],
    [
      ['verify', '--length', '3.0'],
      '--length: expected an integer of at least 1 in digits, such as 3, found "3.0"',
    ],
    [['bench', 'gemm', '--samples', '1000000000'], '--samples: expected an integer from 1 to 10000, found'],
    [['bench', 'gemm', '--samples', '1e9'], '--samples: expected an integer from 1 to 10000, found "1e9"'],
    [
      ['bench', 'gemm', '--seconds', '1e9'],
      '--seconds: expected a finite number greater than 0 and at most 600, such as 0.5, found "1e9"',
    ],
    [
      ['verify', '--attempts', '9', '--length', '9', '--vocabulary', '9'],
      /give about 10\^77 trajectories; at most 2000000/,
    ],
    [['exact', '--beta', '1'], /missing required argument 'policy'/],
    [['exact', policy], "required option '--beta <b>' not specified"],
    [['exact', policy, '--bta', '1'], "unknown option '--bta' (Did you mean --beta?)"],
    ...['0', '-0', '-1', 'NaN', 'abc', 'Infinity', '', '1e999', '0x10', '3x', ' 1', '1e-999'].map(
      (beta): [readonly string[], string] => [
        ['exact', policy, '--beta', beta],
        `--beta: expected a finite number greater than 0, such as 0.1, found ${JSON.stringify(beta)}`,
      ],
    ),
    [
      ['exact', policy, '--beta', '1', '--objective', 'gpro'],
      'unknown objective "gpro" (did you mean "grpo"?)',
    ],
    [['exact', policy, '--beta', '1', '--option', 'a=1'], '--option: expected --objective with it'],
    [
      ['exact', policy, '--beta', '1', '--objective', 'grpo', '--option', 'a'],
      '--option: expected key=value, found "a"',
    ],
    [
      ['exact', policy, '--beta', '1', '--objective', 'grpo', '--option', '=1'],
      '--option: expected key=value, found "=1"',
    ],
    [
      [
        'exact',
        policy,
        '--beta',
        '1',
        '--objective',
        'ppo',
        '--option',
        'clipLow=0.1',
        '--option',
        'clipLow=0.2',
      ],
      '--option: "clipLow" is given twice',
    ],
    [
      ['exact', policy, '--beta', '1', '--objective', 'ppo', '--option', 'clpLow=0.1'],
      /unknown option "clpLow" \(did you mean "clipLow"\?\)/,
    ],
    [
      ['exact', policy, '--beta', '1', '--objective', 'ppo', '--option', 'clipLow=abc'],
      /clipLow.*expected.*found "abc"/,
    ],
    [
      ['exact', policy, '--beta', '1', '--objective', 'ppo', '--option', '__proto__=1'],
      /unknown option "__proto__"/,
    ],
    [['policy', 'new'], /required option '--attempts <K>' not specified/],
    [['policy', 'new', '--atempts', '2'], "unknown option '--atempts' (Did you mean --attempts?)"],
    [
      ['policy', 'new', '--attempts', '1', '--length', '30', '--vocabulary', '2'],
      /give 1073741824 trajectories/,
    ],
    [['schema'], /missing required argument 'name'/],
    [
      ['schema', 'exact@2'],
      'unknown schema "exact@2" (did you mean "exact@1"?); the schemas are policy@1, exact@1,',
    ],
    [['schema', 'polic'], 'unknown schema "polic" (did you mean "policy@1"?)'],
    [['bench', 'gem'], 'unknown suite "gem" (did you mean "gemm"?)'],
    [['bench', '--explain', '--json', '-'], /cannot be used with option/],
    [['bench', '--interleave', 'plain', '--json', '-'], /cannot be used with option/],
    [['bench', '--interleave', 'plain', '--backend', 'gpu'], /cannot be used with option/],
    [['bench', '--backend', 'gpx'], "argument 'gpx' is invalid. Allowed choices are wasm, gpu."],
    [['bench', '--allow-fallback'], '--allow-fallback: expected --backend gpu with it'],
    [['gpu', 'surplus'], /too many arguments/],
    [['bench', '--samples', '0'], '--samples: expected an integer from 1 to 10000, found "0"'],
    [
      ['bench', '--seconds', '-1'],
      '--seconds: expected a finite number greater than 0 and at most 600, such as 0.5',
    ],
    [['bench', 'gemm', '--only', 'nothing'], '--only: no case contains "nothing"'],
    [
      ['verify', '--json', '-', '--report', '-'],
      '--report: expected a place of its own, found the same as --json',
    ],
    [
      ['verify', '--json', place.path('x'), '--report', place.path('./x')],
      '--report: expected a place of its own',
    ],
    [
      ['exact', policy, '--beta', '1', '--json', policy],
      '--json: expected a place of its own, found the same as the input',
    ],
    [['verify', '--json', place.path('no/x.json')], /^cannot write .*: there is no such file or directory/],
    [['verify', '--report', place.directory], /^cannot write .*: it is a directory, not a file/],
    [['claims', '--json', ''], /^cannot write ""/],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await inProcess(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^gradsplit: [^\n]+\n$/);
    const said = stderr.slice('gradsplit: '.length).trimEnd();
    if (typeof message === 'string') expect(said).toContain(message);
    else expect(said).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
