// One of several processes that try to lock the same folders at the same moment: tests/host/folderLock.test.ts starts it.
// Arguments: module, directory, number of processes, rounds. Prints how many rounds it won; fails if two are inside at once.
import { appendFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , module, directory, processes, rounds] = process.argv;
const { inLockedFolder } = await import(module);
const pause = new Int32Array(new SharedArrayBuffer(4));

/** Waits until so many processes have come to a place. */
function meet(place, count) {
  for (;;) {
    if ((statSync(place, { throwIfNoEntry: false })?.size ?? 0) >= count) return;
    Atomics.wait(pause, 0, 0, 1);
  }
}

let won = 0;
for (let round = 0; round < Number(rounds); round++) {
  const folder = join(directory, String(round));
  appendFileSync(join(folder, 'arrived'), 'x');
  meet(join(folder, 'arrived'), Number(processes));
  try {
    await inLockedFolder(folder, async () => {
      writeFileSync(join(folder, 'inside'), String(process.pid), { flag: 'wx' });
      won++;
      // The lock is kept until all others have been refused.
      meet(join(folder, 'refused'), Number(processes) - 1);
      rmSync(join(folder, 'inside'));
    });
  } catch (error) {
    if (!String(error.message).includes('is training there')) throw error;
    appendFileSync(join(folder, 'refused'), 'x');
  }
}
console.log(won);
