// An audit of six times as many trajectories takes no more memory, as the system counts it (npm run test:full).
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
/** Loaded before the command: it says on the fourth stream how much memory the process took at most, in KiB. */
const SAYS = `import { writeSync } from 'node:fs';
process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));`;

/** Already the smaller file fills the pages that are held in memory. */
const [FEW, MANY] = [50_000, 300_000];
/** Of a trajectory at least 20 numbers of 8 bytes are kept: if they were in memory, so many bytes more would be for each. */
const KEPT = 20 * 8;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradsplit-audit-memory-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Tiny trajectories in groups of 4. */
function write(path: string, count: number): void {
  const file = openSync(path, 'w');
  writeSync(file, '{"format":"gradsplit/rollouts@1"}\n');
  let text = '';
  for (let i = 0; i < count; i++) {
    const reward = ((i * 7919) % 10_007) / 10_007;
    const group = `prompt ${Math.floor(i / 4)}`;
    text += `${JSON.stringify({ group, step: Math.floor(i / 1000), tokens: ['a', 'b'], components: ['prompt', 'sample'], mask: [0, 1], logProbs: [null, -reward], weights: [0, reward], reward: { all: reward }, advantage: reward - 0.5 })}\n`;
    if (text.length < 1e6 && i < count - 1) continue;
    writeSync(file, text);
    text = '';
  }
  closeSync(file);
}

/** The memory that an audit takes at most, in bytes. */
async function audited(count: number): Promise<number> {
  const path = join(folder, `${count}.jsonl`);
  write(path, count);
  const hook = `data:text/javascript,${encodeURIComponent(SAYS)}`;
  // The young generation at its least, so that the heap does not grow because there is room.
  const args = ['--max-semi-space-size=1', '--import', hook, MAIN, 'audit', path];
  const child = spawn(process.execPath, [...args, '--objective', 'grpo', '--fail-on', 'never'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  let said = '';
  for await (const piece of child.stdio[3] as AsyncIterable<Buffer>) said += piece.toString();
  return 1024 * Number(said);
}

test('memory is that of the pages, and not of the trajectories', { timeout: 600_000 }, async () => {
  const [few, many] = [await audited(FEW), await audited(MANY)];
  expect(few).toBeGreaterThan(0);
  expect((many - few) / (MANY - FEW)).toBeLessThan(KEPT);
});
