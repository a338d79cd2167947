// Processes that try to take the same stale locks at the same moment, for a short test and a long one.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of built or other code that has `inLockedFolder`. */
const MODULE = new URL('../../build/modules/src/host/folderLock.js', import.meta.url).href;
const CONTENDER = fileURLToPath(new URL('lockContender.mjs', import.meta.url));

/**
 * Lets processes contend for one stale lock a round. Returns the number of locks that were taken.
 * @throws Error if two processes were inside at once, or something is left behind
 */
export async function contend(directory: string, processes: number, rounds: number): Promise<number> {
  const place = mkdtempSync(join(directory, 'rounds-'));
  const ended = spawnSync('true').pid;
  for (let round = 0; round < rounds; round++) {
    const folder = join(place, String(round));
    mkdirSync(folder);
    writeFileSync(join(folder, 'lock'), `${ended} ${hostname()} 1 a-${round}\n`);
  }
  const args = [CONTENDER, MODULE, place, String(processes), String(rounds)];
  const children = Array.from({ length: processes }, () => spawn(process.execPath, args));
  const result = async (child: (typeof children)[number]): Promise<number> => {
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
    const [code] = await once(child, 'close');
    if (code === 0) return Number(said);
    throw new Error(said);
  };
  // The others wait for one that has failed.
  const won = await Promise.all(children.map(result)).finally(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  for (const folder of readdirSync(place)) {
    const left = readdirSync(join(place, folder)).filter((name) => name !== 'arrived' && name !== 'refused');
    if (left.length > 0) throw new Error(`left in ${folder}: ${left.join(', ')}`);
  }
  return won.reduce((sum, count) => sum + count, 0);
}
