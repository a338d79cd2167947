// Bundles src/explorer/page/main.ts into dist/explorer/explorer.js: one script, which reports hold as it is.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** Most bytes of the script: it is in every report. */
const MOST_BYTES = 150_000;

const build = await rolldown({
  input: 'src/explorer/page/main.ts',
  platform: 'browser',
  onLog: (_level, log) => {
    throw new Error(log.message);
  },
});
const { output } = await build.generate({ format: 'iife', minify: true, comments: false });
await build.close();
const [{ code, moduleIds }] = output;
const packages = new Set(moduleIds.flatMap((id) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? []));
const notices = [...packages].sort().map((name) => {
  const { version, license, author } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'));
  return `${name} ${version}, ${license}, ${author?.name ?? author ?? 'its authors'}`;
});
const script = `/* gradsplit, MIT${notices.map((notice) => `; ${notice}`).join('')} */${code.trim()}`;
// Either would end the element that the script stands in, or change how it is read.
if (/<\/script|<!--/i.test(script)) throw new Error('explorer.js: holds text that ends a script element');
const size = Buffer.byteLength(script);
if (output.length !== 1 || size > MOST_BYTES)
  throw new Error(
    `explorer.js: expected one file of at most ${MOST_BYTES} bytes, found ${output.length} of ${size}`,
  );
mkdirSync('dist/explorer', { recursive: true });
writeFileSync('dist/explorer/explorer.js', script);
