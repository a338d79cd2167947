// The GPU kernels in a real browser, every mode that it has. Modes it does not have are skipped, counted and printed.
import { afterAll, describe, expect, test } from 'vitest';
import { openBrowser } from './chromium.ts';

const { page, version, close } = await openBrowser();
afterAll(close);

const reasons = await page.evaluate<Record<string, string | undefined>>('gpuChecks.modes()');
const names = await page.evaluate<Record<string, string[]>>('gpuChecks.names()');

test('the browser has WebGL2, WebGL and WebGPU', () => {
  // Chromium with the flags of chromium.ts has them on any machine; without them nothing below would be tested.
  const missing = Object.entries(reasons).filter(([mode, why]) => mode !== 'headlessgl' && why !== undefined);
  expect(missing).toEqual([]);
});

for (const [mode, reason] of Object.entries(reasons)) {
  describe(`${mode}, Chromium ${version}`, () => {
    test.for(names[mode]!)('%s', async (name, { skip }) => {
      skip(reason !== undefined, reason);
      const call = `gpuChecks.run(${JSON.stringify(mode)}, ${JSON.stringify(name)})`;
      const detail = await page.evaluate<string | undefined>(call);
      if (detail !== undefined) console.log(`${mode}, ${name}: ${detail}`);
    });
  });
}
