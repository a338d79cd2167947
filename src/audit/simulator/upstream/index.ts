// Rollouts in the shapes in which trainers write them.
import { InputError } from '../../../base/errors.ts';
import { showText } from '../../../base/show.ts';
import { suggest } from '../../../base/suggest.ts';
import type { Trajectory } from '../../../rollouts/index.ts';
import { rlLoggingBoard, unipo, verifiers } from './runs.ts';
import { msSwift, trl, verifiersLegacy, verl, verlUid } from './texts.ts';
import { nemoRl, openInstruct, primeRl, skyRl, slime, slimeTrain } from './tokens.ts';
import { pythonLine, type UpstreamFile, type UpstreamWriter } from './written.ts';

export type { UpstreamFile, UpstreamWriter } from './written.ts';

/** gradsplit/rollouts@1, as the lines of Python in docs/rollouts.md write it from inside a trainer. */
const rolloutsAt1: UpstreamWriter = {
  name: 'rollouts@1',
  format: 'rollouts@1',
  files: (trajectories) => [{ path: 'rollouts.jsonl', text: trajectories.map(pythonLine).join('') }],
};

/** All writers. A shape has what its trainer writes, and leaves out the rest. */
export const upstreamWriters: readonly UpstreamWriter[] = [
  rolloutsAt1,
  verl,
  verlUid,
  trl,
  nemoRl,
  primeRl,
  verifiers,
  verifiersLegacy,
  openInstruct,
  msSwift,
  rlLoggingBoard,
  unipo,
  slime,
  slimeTrain,
  skyRl,
];

/**
 * Trajectories as the files of a run that a trainer writes, with its numbers in float32. They need token ids for all shapes that have
 * tokens, and texts or texts of tokens for the others.
 * @param name of the trainer, or of the format: one of `upstreamWriters`
 * @throws InputError for an unknown name
 * @example
 * ```ts
 * import { simulate, writeUpstream } from 'gradsplit/audit';
 * const { trajectories } = simulate({ prompts: 2, groupSize: 4, steps: 2 });
 * writeUpstream('nemo-rl', trajectories).map(({ path }) => path); // → ['train_data_step3.jsonl', 'train_data_step4.jsonl']
 * ```
 */
export function writeUpstream(name: string, trajectories: readonly Trajectory[]): readonly UpstreamFile[] {
  const writer = upstreamWriters.find((one) => one.name === name);
  if (writer === undefined) {
    const names = upstreamWriters.map((one) => one.name);
    throw new InputError(
      `unknown shape "${showText(name, 40)}"${suggest(name, names)}; the shapes are ${names.join(', ')}`,
    );
  }
  return writer.files(trajectories);
}
