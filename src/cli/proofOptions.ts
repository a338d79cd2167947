// The options that say what a proof is about: the shape of the policies, and the random points.
import { type Command, Option } from 'commander';
import type { PolicyShape } from '../policy/shape.ts';
import { integerOption } from './values.ts';

/** What was said of the shape. */
export type ShapeFlags = Partial<PolicyShape>;

/** What was said of the points. */
export interface PointFlags {
  readonly points: number;
  readonly seed: number;
}

/** The most points of one proof. */
const MOST_POINTS = 100;

/** Adds --attempts, --length and --vocabulary. */
export function addShapeOptions(command: Command, length = 'tokens per attempt'): Command {
  const size = (name: keyof PolicyShape, letter: string, least: number, what: string): Option =>
    new Option(`--${name} <${letter}>`, what).argParser(integerOption(`--${name}`, least));
  return command
    .addOption(size('attempts', 'K', 1, 'attempts at most (default: 3)'))
    .addOption(size('length', 'L', 1, `${length} (default: 2)`))
    .addOption(size('vocabulary', 'V', 2, 'vocabulary (default: 3)'));
}

/** Adds --points and --seed. */
export function addPointOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--points <n>', 'random points of GF(2^61-1)')
        .default(3)
        .argParser(integerOption('--points', 1, MOST_POINTS)),
    )
    .addOption(
      new Option('--seed <n>', 'seed of the points').default(1).argParser(integerOption('--seed', 0)),
    );
}

/** The shape asked for; what was not said is that of `verify`. */
export async function shapeOf({ attempts, length, vocabulary }: ShapeFlags): Promise<PolicyShape> {
  const { DEFAULT_SHAPE } = await import('../analyses/verify.ts');
  return {
    attempts: attempts ?? DEFAULT_SHAPE.attempts,
    length: length ?? DEFAULT_SHAPE.length,
    vocabulary: vocabulary ?? DEFAULT_SHAPE.vocabulary,
  };
}
