// The analyses in a browser: bundled, loaded by Chromium from a server with the .wasm beside. What kernels compute is to the bit what
// Node gives; what the host adds, exp and log among it, may differ in the last bits, because engines have their own.
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../structure/files.ts';
import { analyses } from './analyses.ts';
import { bundle } from './bundle.ts';

const CHROMIUM = '/usr/bin/chromium';
const wasm = readFileSync(`${ROOT}dist/wasm/plain.wasm`);

let server: Server;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is missing: apt-get install chromium`);
  const { files } = await bundle("export { analyses } from './tests/browser/analyses.ts';");
  server = createServer((request, response) => {
    const name = request.url?.slice(1) ?? '';
    const script = files.get(name);
    if (name === '') response.setHeader('content-type', 'text/html').end('<!doctype html>');
    else if (name === 'plain.wasm') response.setHeader('content-type', 'application/wasm').end(wasm);
    else if (script !== undefined) response.setHeader('content-type', 'text/javascript').end(script);
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** How far a number may be off, relative to 1 or to itself: float64 in tables, float32 in networks. */
const TOLERANCE: Readonly<Record<string, number>> = {
  engine: 0,
  exact: 1e-12,
  // A check shows the worst of many cases, and the last bit decides which that is: names and verdicts are what must agree.
  verify: Number.POSITIVE_INFINITY,
  evaluate: 1e-5,
  compare: 1e-5,
  sample: 1e-5,
};

/** Where two documents differ by more than rounding. */
function differences(found: unknown, expected: unknown, tolerance: number, path = ''): string[] {
  if (typeof found === 'number' && typeof expected === 'number') {
    const near = Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected));
    return near ? [] : [`${path}: ${found}, not ${expected}`];
  }
  if (typeof found !== 'object' || typeof expected !== 'object' || found === null || expected === null) {
    return found === expected ? [] : [`${path}: ${found}, not ${expected}`];
  }
  const keys = new Set([...Object.keys(found), ...Object.keys(expected)]);
  return [...keys].flatMap((key) =>
    differences(Reflect.get(found, key), Reflect.get(expected, key), tolerance, `${path}/${key}`),
  );
}

test('a difference beyond rounding is seen', () => {
  expect(differences({ a: [1, 'x'] }, { a: [1 + 1e-14, 'x'] }, 1e-12)).toEqual([]);
  expect(differences({ a: [1, 'x'] }, { a: [1.1, 'y'], b: null }, 1e-12)).toHaveLength(3);
});

describe('in Chromium as in Node', () => {
  let found: Record<string, string>;
  let expected: Record<string, string>;

  beforeAll(async () => {
    expected = analyses(new Uint8Array(wasm));
    // As text: vitest would rewrite the import in a function.
    found = await page.evaluate(`(async () => {
      const { analyses } = await import('/entry.js');
      const wasm = await (await fetch('/plain.wasm')).arrayBuffer();
      return analyses(new Uint8Array(wasm));
    })()`);
  }, 300_000);

  test.each(Object.entries(TOLERANCE))('%s', (name, tolerance) => {
    expect(expected[name]!.length).toBeGreaterThan(500);
    expect(differences(JSON.parse(found[name]!), JSON.parse(expected[name]!), tolerance)).toEqual([]);
  });
});
