// How a command line ends: exit codes for each kind of error, and no stack unless asked for.
import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { InputError, ShapeError } from '../../src/base/errors.ts';
import { ending } from '../../src/cli/ending.ts';
import { Interrupted } from '../../src/host/interrupt.ts';
import { OutputLost } from '../../src/host/systemError.ts';

test('bad input is one line, exit 2', () => {
  expect(ending(new InputError('a\nb'), false)).toEqual({ exitCode: 2, message: 'gradsplit: a\\u000ab' });
  expect(ending(new ShapeError('x'), true)).toEqual({ exitCode: 2, message: 'gradsplit: x' });
});

test('bad usage is one line, exit 2; help and version are exit 0', () => {
  const usage = new CommanderError(
    1,
    'commander.unknownCommand',
    "error: unknown command 'x'\n(Did you mean y?)",
  );
  expect(ending(usage, false)).toEqual({
    exitCode: 2,
    message: "gradsplit: unknown command 'x' (Did you mean y?)",
  });
  expect(ending(new CommanderError(0, 'commander.version', '1'), false)).toEqual({
    exitCode: 0,
    message: '',
  });
  expect(ending(new CommanderError(1, 'commander.help', '(outputHelp)'), false)).toEqual({
    exitCode: 2,
    message: '',
  });
});

test('a lost output is exit 74, in one line', () => {
  expect(ending(new OutputLost('cannot write x: y'), false)).toEqual({
    exitCode: 74,
    message: 'gradsplit: cannot write x: y',
  });
});

test('an interruption is exit 130', () => {
  expect(ending(new Interrupted('interrupted'), false).exitCode).toBe(130);
});

test('a defect is exit 70, its stack only for who asks', () => {
  const defect = new TypeError('x is not a function');
  const short = ending(defect, false);
  expect(short.exitCode).toBe(70);
  expect(short.message).toMatch(
    /^gradsplit: internal error, a defect of gradsplit: x is not a function \(GRADSPLIT_DEBUG=1/,
  );
  expect(short.message).not.toContain('\n');
  expect(ending(defect, true).message).toContain(defect.stack!);
  expect(ending('thrown text', false)).toMatchObject({ exitCode: 70 });
});
