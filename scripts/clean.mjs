// Removes what a build writes, so that no stale file of an earlier build is ever packed.
import { rmSync } from 'node:fs';

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
