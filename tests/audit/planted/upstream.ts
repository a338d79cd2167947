// Planted rollouts in the shapes in which trainers write them, read back.
import { upstreamWriters } from '../../../src/audit/index.ts';
import { parseJsonLine } from '../../../src/base/jsonLine.ts';
import { RecordReader, type Trajectory } from '../../../src/rollouts/index.ts';
import type { Case } from './planted.ts';

/** The names of the shapes. */
export const shapes: readonly string[] = upstreamWriters.map(({ name }) => name);

/** The files that hold rollouts: prime-rl's marks of complete steps do not. */
const holdsRollouts = (path: string): boolean => !path.endsWith('STABLE');

/** The rollouts as they are read from what the trainer writes. */
export function throughUpstream(
  { trajectories, setting }: Case,
  shape: string,
): Case & { readonly format: string; readonly trajectories: readonly Trajectory[] } {
  const writer = upstreamWriters.find(({ name }) => name === shape)!;
  const reader = new RecordReader();
  const read = writer
    .files(trajectories)
    .filter(({ path }) => holdsRollouts(path))
    .flatMap(({ path, text }) => {
      const lines = text.split('\n').slice(0, -1);
      return lines.flatMap((line, k) =>
        reader.read({ file: path, line: k + 1 }, () => parseJsonLine(line, path)),
      );
    });
  return { setting, trajectories: read, format: reader.format!.name };
}
