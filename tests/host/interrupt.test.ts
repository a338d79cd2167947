// Long computations run inside `interruptible`: values and errors pass through, Ctrl-C stops them at once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { interruptible } from '../../src/host/interrupt.ts';

test('values and errors pass through unchanged', () => {
  const value = { a: 1 };
  expect(interruptible(() => value)).toBe(value);
  const error = new RangeError('mine');
  expect(() =>
    interruptible(() => {
      throw error;
    }),
  ).toThrow(error);
  expect(interruptible(() => interruptible(() => 7))).toBe(7);
});

test('an endless computation is stopped by SIGINT', async () => {
  const module = fileURLToPath(new URL('../../build/modules/src/host/interrupt.js', import.meta.url));
  const program = `
    import { interruptible } from ${JSON.stringify(module)};
    process.on('SIGINT', () => console.log('too late'));
    try {
      interruptible(() => { process.stderr.write('started'); for (;;); });
    } catch (error) {
      console.log(error.name);
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  let out = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  await once(child.stderr, 'data');
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  expect({ out, code }).toEqual({ out: 'Interrupted\n', code: 0 });
});
