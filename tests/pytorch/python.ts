// A Python that has PyTorch, if there is one: tests that need it are skipped otherwise, and vitest prints how many.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

function hasTorch(python: string): boolean {
  return spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0;
}

/** The first that imports torch: the one on the path, or Debian's, which has the package python3-torch. */
export const python: string | undefined = ['python3', '/usr/bin/python3'].find(hasTorch);

/** Says once per file that its comparisons are left out. */
export function announceSkipped(comparisons: number): void {
  if (python === undefined) {
    console.log(`${comparisons} comparisons with PyTorch skipped: no python3 here imports torch`);
  }
}

/** What a script of this folder prints for an input; both JSON. */
export function runScript<T>(script: string, input: unknown): T {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { status, stdout, stderr } = spawnSync(python!, [path], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${script} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as T;
}
