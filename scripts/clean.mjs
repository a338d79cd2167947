// Removes what a build writes, and the stamps by which the next build would leave out a step.
import { rmSync } from 'node:fs';

for (const folder of ['dist', 'build', 'assembly/generated']) {
  rmSync(new URL(`../${folder}`, import.meta.url), { recursive: true, force: true });
}
