// Debian's Chromium on the built package: a static server for the repository, a page with an import map, and the flags that
// give a machine without a GPU a software one.
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { packageJson, ROOT } from '../structure/files.ts';

const CHROMIUM = '/usr/bin/chromium';

const FLAGS = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
];

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** What the page must find: gpu.js for a browser, installed in a folder of its own. */
const GPU_JS = 'tests/gpu/gpujs/node_modules/gpu.js/dist/gpu-browser.js';

/** `gradsplit/gpu` and the packages that are imported below `experiments`, as addresses. */
function importMap(): string {
  const own = Object.entries(packageJson.exports).flatMap(([path, target]) =>
    typeof target === 'string' ? [] : [[`gradsplit${path.slice(1)}`, target.default.slice(1)]],
  );
  const random = ['distribution/uniformFloat64', 'distribution/uniformInt', 'generator/xoroshiro128plus'];
  const pureRand = random.map((name) => [`pure-rand/${name}`, `/node_modules/pure-rand/lib/esm/${name}.js`]);
  const leven = ['leven', '/node_modules/leven/index.js'];
  return JSON.stringify({ imports: Object.fromEntries([...own, ...pureRand, leven]) });
}

const html = (): string => `<!doctype html>
<script type="importmap">${importMap()}</script>
<script src="/${GPU_JS}"></script>
<script type="module" src="/tests/gpu/page/browser.mjs"></script>`;

function serve(): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    const file = join(ROOT, path);
    if (path === '/') response.setHeader('content-type', 'text/html').end(html());
    else if (path.includes('..') || !existsSync(file)) response.writeHead(404).end();
    else response.setHeader('content-type', TYPES[extname(path)] ?? 'text/plain').end(readFileSync(file));
  });
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => done(server));
  });
}

/** An open page with the checks, and what closes it. */
export interface Browser {
  readonly version: string;
  readonly page: Page;
  close(): Promise<void>;
}

/** @throws Error saying what to install if something is missing */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is missing: apt-get install chromium`);
  if (!existsSync(join(ROOT, GPU_JS))) throw new Error(`${GPU_JS} is missing: npm run test:gpu installs it`);
  const server = await serve();
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page
    .waitForFunction('window.gpuChecks !== undefined', undefined, { timeout: 30_000 })
    .catch((error: Error) => {
      throw new Error(`the page has not started: ${errors.join('; ') || error.message}`);
    });
  return {
    version: browser.version(),
    page,
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}
