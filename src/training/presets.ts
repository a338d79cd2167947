// Presets are configurations with a name.
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import { suggest } from '../base/suggest.ts';

/** A `Preset` is a configuration with a name. */
export interface Preset {
  readonly name: string;
  readonly task: string;
  /** One sentence that says what it is for. */
  readonly sentence: string;
  /**
   * The approximate time that `train` takes, in minutes on one core of the machine of docs/performance.md.
   */
  readonly minutes: number;
  /** The configuration as written in a file; entries that are left out have their defaults. */
  readonly config: Record<string, unknown>;
}

/**
 * Presets take many small steps of a small network, because the number of updates matters most on these
 * tasks.
 */
const SMALL = { width: 48, layers: 2 };
const QUICK = { batch: 64, learningRate: 0.002, warmup: 50 };

/** These are all presets, in the order in which they are listed. */
export const presets: readonly Preset[] = [
  {
    name: 'pick-sum',
    task: 'pickSum',
    sentence:
      'Wrong attempts are context only: the base never learns to imitate errors, its decisions are what is weak.',
    minutes: 5,
    config: {
      task: { name: 'pickSum' },
      base: { steps: 1500, learningRate: 0.002, warmup: 50, wrongAttempts: 'masked' },
      train: { objective: 'rloo', steps: 150, learningRate: 0.0002 },
    },
  },
  {
    name: 'pick-sum-in-loss',
    task: 'pickSum',
    sentence: 'Wrong attempts are in the SFT loss: the base imitates errors, its sampling is what is weak.',
    minutes: 5,
    config: {
      task: { name: 'pickSum' },
      base: { steps: 1500, learningRate: 0.002, warmup: 50, wrongAttempts: 'inLoss' },
      train: { objective: 'rloo', steps: 150, learningRate: 0.0002 },
    },
  },
  {
    name: 'addition',
    task: 'addition',
    sentence:
      'Three-digit addition, near misses as wrong attempts, context only; OOD has more carries than training.',
    minutes: 1,
    config: {
      task: { name: 'addition' },
      model: SMALL,
      base: { ...QUICK, steps: 750, wrongAttempts: 'masked', errors: 'nearMiss' },
      train: { objective: 'rloo', steps: 200, learningRate: 0.0002 },
    },
  },
  {
    name: 'linear',
    task: 'linear',
    sentence:
      'Digits x, y with a·x + b·y = c: easier to verify than to find; OOD has coefficients never seen.',
    minutes: 2,
    config: {
      task: { name: 'linear' },
      model: SMALL,
      base: { ...QUICK, steps: 2500, wrongAttempts: 'masked', errors: 'nearMiss' },
      train: { objective: 'rloo', steps: 200, learningRate: 0.0002 },
    },
  },
  {
    name: 'countdown',
    task: 'countdown',
    sentence:
      'A target from three digits and two operations, a search of 54 candidates; OOD has sets of digits never seen.',
    minutes: 3,
    config: {
      task: { name: 'countdown' },
      model: SMALL,
      base: { ...QUICK, steps: 2500, wrongAttempts: 'masked', errors: 'nearMiss' },
      train: { objective: 'rloo', steps: 200, learningRate: 0.0002 },
    },
  },
];

/**
 * Returns the preset with this name.
 * @throws InputError that suggests the nearest name and lists all names
 * @example
 * ```ts
 * import { getPreset } from 'gradsplit/training';
 * getPreset('pick-sum').task; // → 'pickSum'
 * ```
 */
export function getPreset(name: string): Preset {
  const preset = presets.find((p) => p.name === name);
  if (preset !== undefined) return preset;
  const known = presets.map((p) => p.name);
  throw new InputError(
    `unknown preset "${showText(name, 40)}"${suggest(name, known)}; the presets are ${known.join(', ')}`,
  );
}
