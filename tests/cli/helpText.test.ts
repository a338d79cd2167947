// Help in a narrow terminal: text wrapped, commands that can still be copied.
import { expect, test } from 'vitest';
import { fitHelp } from '../../src/cli/helpText.ts';

test('text is wrapped under its indent, and what fits stays as it is', () => {
  expect(fitHelp('Usage: x\n  one two three four\n\n  a  b', 12)).toBe(
    'Usage: x\n  one two\n  three four\n\n  a  b',
  );
});

test('a command goes on after a backslash, before an option', () => {
  const line = '  GRADSPLIT_THREADS=2 gradsplit train --preset pick-sum --out runs/b --set a=1';
  expect(fitHelp(line, 48)).toBe(
    '  GRADSPLIT_THREADS=2 gradsplit train \\\n      --preset pick-sum --out runs/b --set a=1',
  );
  // What a shell makes of it is the same command.
  expect(fitHelp(line, 30).replace(/ \\\n +/g, ' ')).toBe(line);
});
