// The page of docs/guides/browser.md, saved beside the installed package and opened in Chromium.
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exact, randomPolicy } from '../../src/index.ts';
import { guides } from '../examples/guides.ts';
import { ROOT } from '../structure/files.ts';

const CHROMIUM = '/usr/bin/chromium';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

let server: Server;
let browser: Browser;

/** What a folder with the installed package holds: the files of the guide, this package, and the packages that it needs. */
function contentOf(path: string): string | Buffer | undefined {
  const file = guides()
    .flatMap(({ steps }) => steps)
    .find((step) => step.kind === 'file' && `/${step.name}` === path);
  if (file !== undefined) return file.text;
  const own = path.replace(/^\/node_modules\/gradsplit\//, '/');
  const found = join(ROOT, own);
  return path.startsWith('/node_modules/') && existsSync(found) ? readFileSync(found) : undefined;
}

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is missing: apt-get install chromium`);
  server = createServer((request, response) => {
    const path = request.url ?? '/';
    const content = contentOf(path);
    if (content === undefined) response.writeHead(404).end();
    else response.setHeader('content-type', TYPES[extname(path)] ?? 'text/plain').end(content);
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

test('the page of the guide says what Node says', async () => {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/page.html`);
  await page.waitForFunction("document.getElementById('out').textContent !== '…'", { timeout: 60_000 });
  const text = await page.textContent('#out');
  expect(errors).toEqual([]);
  const numbers = text!
    .match(/^Var\(R\) = (\S+): sampling (\S+), deciding (\S+)$/)!
    .slice(1)
    .map(Number);
  const { reward } = exact(randomPolicy({ attempts: 2, length: 1, vocabulary: 2 }, 1), { beta: 0.1 });
  const expected = [reward.variance, reward.varianceSample, reward.varianceDecision];
  // exp and log are the engine's own; they may differ in the last bits.
  for (const [i, x] of expected.entries()) expect(Math.abs(numbers[i]! - x)).toBeLessThan(1e-12);
});
