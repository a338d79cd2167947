// Which classes of solutions training never sees: a fixed share of all classes, drawn from a stream of its own.
import { COUNT, numberOption, type OptionsOf } from '../base/options.ts';
import { randomStream } from '../base/random.ts';

/** Options of tasks that hold out classes of solutions. */
export const heldOutOptions = {
  heldOut: numberOption(
    0.25,
    { expected: 'a number above 0 and below 1', holds: (x) => x > 0 && x < 1 },
    'The share of classes that training never sees.',
  ),
  splitSeed: numberOption(0, COUNT, 'The seed that chooses these classes.'),
};

/** ⌈share·n⌉ of n classes, at most n − 1, chosen by the seed and not by the seed of training. */
export function heldOutClasses(
  classes: readonly string[],
  { heldOut, splitSeed }: OptionsOf<typeof heldOutOptions>,
): ReadonlySet<string> {
  const random = randomStream(splitSeed, 'held-out classes');
  const rest = [...classes];
  const count = Math.min(classes.length - 1, Math.ceil(heldOut * classes.length));
  const chosen = new Set<string>();
  while (chosen.size < count) chosen.add(rest.splice(random.integer(rest.length), 1)[0]!);
  return chosen;
}
