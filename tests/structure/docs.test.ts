// The documents stay true: links lead somewhere, commands and options exist, examples are valid.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { version } from '../../src/base/version.ts';
import { createProgram } from '../../src/cli/program.ts';
import { schemas } from '../../src/documents/index.ts';
import { documentNames } from '../../src/documents/names.ts';
import { parsePolicy } from '../../src/policy/format.ts';
import { packageJson, ROOT, readFiles } from './files.ts';

const documents = new Map([...readFiles('')].filter(([path]) => path.endsWith('.md')));

test('the documents that the package promises are there', () => {
  for (const path of ['README.md', 'CHANGELOG.md', 'docs/theory.md', 'docs/design.md', 'docs/formats.md']) {
    expect(documents.get(path)?.length ?? 0, path).toBeGreaterThan(200);
  }
});

/** Relative links of a document that lead nowhere. */
function brokenLinks(path: string, text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!.split('#')[0]!);
  const relative = targets.filter((target) => target !== '' && !/^[a-z]+:/.test(target));
  return relative
    .filter((target) => !existsSync(join(ROOT, dirname(path), target)))
    .map((t) => `${path}: ${t}`);
}

test('results, the lock file, the citation and the changelog name the version of the package', () => {
  const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
  expect(version).toBe(packageJson.version);
  expect(JSON.parse(read('package-lock.json')).version).toBe(packageJson.version);
  expect(read('CITATION.cff')).toContain(`\nversion: ${packageJson.version}\n`);
  const released = read('CITATION.cff').match(/^date-released: (.+)$/m)?.[1];
  expect(documents.get('CHANGELOG.md')).toContain(`\n## [${packageJson.version}] - ${released}\n`);
});

test('relative links lead to files', () => {
  expect([...documents].flatMap(([path, text]) => brokenLinks(path, text))).toEqual([]);
  expect(brokenLinks('docs/a.md', '[x](no-such-file.md) [y](#here)')).toEqual(['docs/a.md: no-such-file.md']);
});

/** Paths of this repository in a document, written as code, that lead nowhere. */
function brokenPaths(path: string, text: string): string[] {
  const named = [...text.matchAll(/`((?:src|tests|docs|bench|scripts|examples|assembly)\/[\w./-]*)`/g)];
  return named.filter(([, name]) => !existsSync(join(ROOT, name!))).map(([, name]) => `${path}: ${name}`);
}

test('paths that documents name exist', () => {
  expect([...documents].flatMap(([path, text]) => brokenPaths(path, text))).toEqual([]);
  expect(brokenPaths('a.md', '`src/no-such-file.ts`, `src/index.ts`')).toEqual(['a.md: src/no-such-file.ts']);
});

test('every decision has a page with its five sections, named in the index', () => {
  const pages = [...documents].filter(([path]) => /^docs\/decisions\/\d/.test(path));
  expect(pages.length).toBeGreaterThanOrEqual(10);
  for (const [path, text] of pages) {
    const [number, title] = text.match(/^# (\d+)\. (.+)\n/)!.slice(1) as [string, string];
    const name = path.slice('docs/decisions/'.length);
    expect(Number.parseInt(name, 10), path).toBe(Number(number));
    expect(text.match(/^## .+/gm)?.join(' '), path).toMatch(
      /^## Context ## Options ## Decision ## Why ## Consequences$/,
    );
    expect(documents.get('docs/decisions/README.md')).toContain(`[${title}](${name})`);
  }
});

/** Command lines that name a command or an option which is not there. */
function brokenCommands(path: string, text: string): string[] {
  const lines = text.split('\n').filter((line) => /^( {4,}|\$ )(\$ )?(npx )?gradsplit /.test(line));
  return lines
    .filter((line) => !isCommandLine(line.replace(/^.*?gradsplit /, '')))
    .map((line) => `${path}: ${line}`);
}

function isCommandLine(line: string): boolean {
  const words = line
    .split(/[|>#]/)[0]!
    .split(/[\s[\]]+/)
    .filter((word) => word !== '');
  let command: Command | undefined = createProgram();
  while (command !== undefined && command.commands.length > 0 && !/^-/.test(words[0] ?? '-')) {
    const name = words.shift()!;
    if (/^[A-Z…]/.test(name)) return true;
    command = command.commands.find((c) => c.name() === name);
  }
  const known = command?.options.flatMap((option) => [option.short, option.long]) ?? [];
  const used = words.filter((word) => /^--?[a-z]/i.test(word)).map((word) => word.split('=')[0]);
  return (
    command !== undefined && used.every((word) => [...known, '--help', '-h', '--version'].includes(word))
  );
}

test('commands and options that documents show exist', () => {
  expect([...documents].flatMap(([path, text]) => brokenCommands(path, text))).toEqual([]);
  expect(brokenCommands('a.md', '    $ npx gradsplit exact a --bta 1')).toHaveLength(1);
  expect(brokenCommands('a.md', '    gradsplit exat a')).toHaveLength(1);
  expect(brokenCommands('a.md', '    gradsplit exact a --beta 1 | less')).toEqual([]);
});

test('npm scripts that documents show exist', () => {
  const scripts = Object.keys(packageJson.scripts);
  const shown = [...documents.values()].flatMap((text) =>
    [...text.matchAll(/\bnpm run ([\w:]+)/g)].map((m) => m[1]!),
  );
  expect(shown.filter((name) => !scripts.includes(name))).toEqual([]);
});

describe('docs/formats.md', () => {
  const formats = documents.get('docs/formats.md')!;
  const blocks = [...formats.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => match[1]!);

  test('has a section for every schema', () => {
    for (const name of documentNames) expect(formats).toContain(`\n## gradsplit/${name}: `);
  });

  test('its policy is valid, with either reward', () => {
    const policy = parsePolicy(blocks[0]!, 'formats.md');
    expect(policy.reward.kind).toBe('target');
    const withTable = { ...JSON.parse(blocks[0]!), reward: JSON.parse(blocks[1]!) };
    expect(parsePolicy(JSON.stringify(withTable), 'formats.md').reward.kind).toBe('table');
    expect(schemas['policy@1'].safeParse(withTable).success).toBe(true);
  });

  test('names every option of every command it shows', () => {
    const options = createProgram()
      .commands.flatMap((c) => [c, ...c.commands])
      .flatMap((c) => c.options);
    const names = options.map((option) => option.short ?? option.long!);
    expect(names.filter((name) => !formats.includes(name))).toEqual([]);
  });
});
