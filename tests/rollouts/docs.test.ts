// docs/rollouts.md has a section for every format, and the switches that the formats name.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rolloutFormats } from '../../src/rollouts/index.ts';
import { ROOT } from '../structure/files.ts';

const text = readFileSync(join(ROOT, 'docs/rollouts.md'), 'utf8');

test.each(rolloutFormats.map((format) => [format.name, format] as const))('%s', (name, format) => {
  const section = text.split(`\n## ${name}\n`)[1]?.split('\n## ')[0];
  expect(section, 'section').toBeDefined();
  // What looks like a switch: --name, or a dotted option.
  for (const [option] of format.writtenBy.matchAll(/--[a-z_]+|\b[a-z_]+\.[a-z_]+\b/g)) {
    if (!option.endsWith('.md')) expect(section).toContain(option.split('.').at(-1));
  }
  expect(format.lacks.every((sentence) => sentence.endsWith('.'))).toBe(true);
});
