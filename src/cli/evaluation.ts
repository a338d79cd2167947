// What `gradsplit eval` and `gradsplit compare` share: the options of an evaluation and what they mean.
import { type Command, Option } from 'commander';
import type { EvaluationOptions } from '../training/index.ts';
import { integerOption } from './values.ts';

/** The options of both commands. */
export interface EvaluationFlags {
  readonly episodes: number;
  readonly seed: number;
  readonly greedy?: true;
  readonly threads?: number;
  readonly json?: string;
}

/** What the help of both says of their arguments. */
export const READING = `
DIR is a run folder, whose last checkpoint is taken, or one of its checkpoints. Prompts and random numbers depend only on --seed,
so all policies answer the same questions.`;

/** Adds the options to a command that writes such a document. */
export function withFlags(command: Command, document: string): Command {
  return command
    .addOption(
      new Option('--episodes <n>', 'prompts per split, with one episode each')
        .argParser(integerOption('--episodes', 1))
        .default(1000),
    )
    .addOption(
      new Option('--seed <n>', 'the seed of the evaluation').argParser(integerOption('--seed', 0)).default(0),
    )
    .option('--greedy', 'take the likeliest token instead of drawing')
    .addOption(
      new Option('--threads <n>', 'threads that compute; results do not depend on their number').argParser(
        integerOption('--threads', 1),
      ),
    )
    .option('--json <file>', `write a ${document} document; - is stdout`);
}

/** The evaluation that is asked for. */
export async function optionsOf(flags: EvaluationFlags): Promise<EvaluationOptions> {
  const { atTemperature, greedy } = await import('../episodes/draw.ts');
  const { episodes, seed } = flags;
  return { episodes, seed, drawing: flags.greedy === true ? greedy : atTemperature(1) };
}

/** Computes on so many threads, or on as many as are chosen for the machine. */
export async function useThreads(threads: number | undefined): Promise<void> {
  const [{ loadWasmKernels }, { useKernels }] = await Promise.all([
    import('../host/loadKernels.ts'),
    import('../autodiff/index.ts'),
  ]);
  useKernels(await loadWasmKernels(threads === undefined ? {} : { threads }));
}
