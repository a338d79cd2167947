// Joins prime-rl's exported tokens with the traces of the same step: these have the rewards, groups and texts that the tokens lack.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RecordReader, RolloutStream, type Trajectory } from '../../rollouts/index.ts';
import { digest } from '../../rollouts/values/digest.ts';
import { decompressed } from './decompress.ts';
import { regularFile } from './regularFile.ts';

/** What a trace adds. */
const ADDED = ['reward', 'rewards', 'group', 'rollout', 'truncated', 'failure', 'texts'] as const;

/** The traces of the step of an exported file: what was trained on if that is there, else all. */
function tracesBeside(path: string): string | undefined {
  const step = dirname(path);
  const run = join(step, '..', '..');
  return ['effective', 'all']
    .map((subset) => join(run, 'rollouts', step.split(/[\\/]/).at(-1)!, 'train', subset, 'traces.jsonl'))
    .find((traces) => existsSync(traces));
}

function added(trace: Trajectory): Partial<Trajectory> {
  return Object.fromEntries(
    ADDED.flatMap((name) => (trace[name] === undefined ? [] : [[name, trace[name]]])),
  );
}

/**
 * A function that adds to the trajectories of a file of exported tokens what the traces of its step say of the same token ids. Kept are the
 * traces of one step. A sequence that no trace has, such as one that was cut to the trainer's length, stays as it is.
 * @throws InputError if the traces are damaged
 */
export async function joinTraces(path: string): Promise<(trajectory: Trajectory) => Trajectory> {
  const traces = tracesBeside(path);
  if (traces === undefined) return (trajectory) => trajectory;
  const byIds = new Map<string, Partial<Trajectory>>();
  const stream = new RolloutStream(traces, new RecordReader({ format: 'verifiers' }));
  const keep = (found: Iterable<Trajectory>): void => {
    for (const trace of found) if (trace.ids !== undefined) byIds.set(digest(trace.ids), added(trace));
  };
  const file = await regularFile(traces);
  for await (const piece of decompressed(traces, file.bytes())) keep(stream.push(piece));
  keep(stream.end());
  return (trajectory) => ({ ...trajectory, ...byIds.get(digest(trajectory.ids ?? [])) });
}
