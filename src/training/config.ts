// Reads the configuration of a run from plain JSON: fills in defaults, and names every wrong entry with the nearest valid one.
import { InputError } from '../base/errors.ts';
import {
  checkOptionNames,
  completeOptions,
  inSection,
  type Options,
  type OptionsOf,
  type OptionValue,
  parseOptions,
  type RawOptions,
  valueOfText,
} from '../base/options.ts';
import { showValue } from '../base/show.ts';
import { suggest } from '../base/suggest.ts';
import { getObjective, type Objective } from '../objectives/index.ts';
import { getTask } from '../tasks/index.ts';
import {
  type LoopConfig,
  loopOptions,
  type ModelOptions,
  modelOptions,
  objectiveOptions,
  phaseOptions,
  type RotaryOptions,
  rotaryArchitecture,
  rotaryModelOptions,
  runOptions,
  type Source,
} from './options.ts';

/** A `PhaseConfig` configures one phase: an objective with its options, and the options of the loop. */
export type PhaseConfig = LoopConfig & {
  /** The name of the objective. */
  readonly objective: string;
  /** The options of the objective. */
  readonly options: Options;
};

/** `PhaseOf` is the configuration of a phase that learns from the given source. */
export type PhaseOf<S extends Source> = Extract<PhaseConfig, { readonly learnsFrom: S }>;

/** A `TrainingConfig` is a complete configuration of a run, as plain data. */
export interface TrainingConfig {
  readonly task: { readonly name: string; readonly file?: string; readonly options: Options };
  readonly model: ModelOptions;
  readonly run: OptionsOf<typeof runOptions>;
  /** The base phase: SFT from random parameters. */
  readonly base: PhaseConfig;
  /** The training phase, which begins with the parameters at the end of the base phase. */
  readonly train: PhaseConfig;
}

const SECTIONS = ['task', 'model', 'run', 'base', 'train'] as const;

/** Returns whether a value is a JSON object and not an array. */
function isObject(value: unknown): value is RawOptions {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function section(value: unknown, place: string): RawOptions {
  if (value === undefined) return {};
  if (isObject(value)) return value;
  throw new InputError(`${place}: expected an object, found ${showValue(value)}`);
}

function parseTask(raw: RawOptions, place: string): TrainingConfig['task'] {
  const { name: given, file, ...rest } = raw;
  const { options: table, readsFile } = getTask(given, `${place}.name`);
  const name = String(given);
  if (readsFile !== (typeof file === 'string')) {
    const expected = readsFile ? 'the name of a JSONL file' : 'nothing, as only jsonl has a file';
    throw new InputError(`${place}.file: expected ${expected}, found ${showValue(file)}`);
  }
  const options = parseOptions(place, table, rest, inSection(place));
  return typeof file === 'string' ? { name, file, options } : { name, options };
}

/**
 * Returns what a phase learns from. Its objective decides, together with `data` if the objective imitates.
 */
function sourceOf({ imitates }: Objective, { data }: RawOptions): Source {
  if (!imitates) return 'episodes';
  return data === 'own' ? 'solved' : 'demonstrations';
}

function parseModel(raw: RawOptions, place: string): TrainingConfig['model'] {
  const { architecture } = raw;
  const isGpt2 = architecture === undefined || architecture === 'gpt2';
  const model: ModelOptions = isGpt2
    ? { ...parseOptions(place, modelOptions, raw, inSection(place)), architecture: 'gpt2' }
    : parseRotary(raw, place);
  const { width, heads } = model;
  if (width % heads !== 0) {
    throw new InputError(`${place}.width: expected a multiple of model.heads, ${heads}, found ${width}`);
  }
  return model;
}

function parseRotary(raw: RawOptions, place: string): RotaryOptions {
  const table = { ...modelOptions, architecture: rotaryArchitecture, ...rotaryModelOptions };
  const model = parseOptions(place, table, raw, inSection(place));
  const { architecture, width, heads, keyHeads, window } = model;
  if (architecture === 'llama' && window > 0)
    throw new InputError(
      `${place}.window: expected 0 with llama, whose config.json knows none, found ${window}`,
    );
  if (keyHeads > 0 && heads % keyHeads !== 0) {
    throw new InputError(`${place}.keyHeads: expected a divisor of model.heads, ${heads}, found ${keyHeads}`);
  }
  if (width % heads === 0 && (width / heads) % 2 !== 0) {
    throw new InputError(
      `${place}.width: expected an even number for each of the ${heads} heads of ${architecture}, found ${width}`,
    );
  }
  return model;
}

function parseLoop(place: string, learnsFrom: Source, raw: RawOptions): LoopConfig {
  switch (learnsFrom) {
    case 'demonstrations':
      return { learnsFrom, loop: completeOptions(inSection(place), loopOptions.demonstrations, raw) };
    case 'solved':
      return { learnsFrom, loop: completeOptions(inSection(place), loopOptions.solved, raw) };
    case 'episodes':
      return { learnsFrom, loop: completeOptions(inSection(place), loopOptions.episodes, raw) };
  }
}

/**
 * Checks that the loop provides what the objective needs.
 * @throws InputError if it does not
 */
function checkNeeds(place: string, objective: Objective, options: Options, config: LoopConfig): void {
  const { readsValues, leastGroup } = objective.traits(options);
  if (readsValues) {
    throw new InputError(
      options.critic === 'value'
        ? `${place}.critic: expected none, as no critic is trained, found value`
        : `${place}.objective: expected one that needs no critic, as none is trained, found ${objective.name}`,
    );
  }
  if (config.learnsFrom === 'episodes' && config.loop.group < leastGroup) {
    throw new InputError(
      `${place}.group: expected at least ${leastGroup} with ${objective.name}, found ${config.loop.group}`,
    );
  }
}

function parsePhase(raw: RawOptions, place: string, initial: string): PhaseConfig {
  const { objective: name = initial, ...rest } = raw;
  if (typeof name !== 'string') {
    throw new InputError(`${place}.objective: expected the name of an objective, found ${showValue(name)}`);
  }
  const objective = getObjective(name, `${place}.objective`);
  const source = sourceOf(objective, rest);
  checkOptionNames(place, Object.keys(phaseOptions(objective, source)), rest);
  const loop = parseLoop(place, source, rest);
  const options = completeOptions(inSection(place), objectiveOptions(objective), rest);
  checkNeeds(place, objective, options, loop);
  return { objective: name, ...loop, options };
}

/**
 * Completes the JSON value of a file or a preset to a configuration.
 * @param source the name of the value in messages
 * @throws InputError naming the entry and what was expected, and suggesting the nearest name
 * @example
 * ```ts
 * import { parseConfig } from 'gradsplit/training';
 * const config = parseConfig({ task: { name: 'addition' }, train: { objective: 'grpo' } }, 'example');
 * [config.train.objective, config.model.width]; // → ['grpo', 64]
 * ```
 */
export function parseConfig(value: unknown, source: string): TrainingConfig {
  const root = section(value ?? null, source);
  for (const key of Object.keys(root)) {
    if (SECTIONS.some((known) => known === key)) continue;
    throw new InputError(
      `${source}: unknown section ${showValue(key)}${suggest(key, SECTIONS)}; the sections are ${SECTIONS.join(', ')}`,
    );
  }
  const at = (name: (typeof SECTIONS)[number]): [RawOptions, string] => [
    section(root[name], `${source}: ${name}`),
    `${source}: ${name}`,
  ];
  const base = parsePhase(...at('base'), 'sft');
  if (base.objective !== 'sft') {
    throw new InputError(`${source}: base.objective: expected sft, found ${base.objective}`);
  }
  const [run, runPlace] = at('run');
  return {
    task: parseTask(...at('task')),
    model: parseModel(...at('model')),
    run: parseOptions(runPlace, runOptions, run, inSection(runPlace)),
    base,
    train: parsePhase(...at('train'), 'rloo'),
  };
}

/** Returns options as they are written in a file: a list is text with commas, as on a command line. */
function written(options: Options): Record<string, Exclude<OptionValue, readonly number[]>> {
  const asText = (value: OptionValue): Exclude<OptionValue, readonly number[]> =>
    typeof value === 'object' ? value.join(',') : value;
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, asText(value)]));
}

/**
 * Returns a configuration as it is written in a file; `parseConfig` turns it back into the same
 * configuration.
 */
export function configValue({ task, model, run, base, train }: TrainingConfig): Record<string, unknown> {
  const { options, ...named } = task;
  const phase = ({ objective, loop, options }: PhaseConfig): object => ({
    objective,
    ...written({ ...loop, ...options }),
  });
  // A network of GPT-2 is written as it was before there were others.
  const { architecture, ...sizes } = model;
  const network = architecture === 'gpt2' ? sizes : model;
  return {
    task: { ...named, ...written(options) },
    model: network,
    run,
    base: phase(base),
    train: phase(train),
  };
}

/**
 * Returns a configuration value with entries replaced, such as `task.digits=5`. A key without a dot belongs
 * to `train`; a text that is a number, `true` or `false` becomes one.
 * @throws InputError if a key has more than one dot
 * @example
 * ```ts
 * import { withEntries } from 'gradsplit/training';
 * withEntries({ task: { name: 'addition' } }, [['task.digits', '5'], ['beta', '0.1']]);
 * // the same as { task: { name: 'addition', digits: 5 }, train: { beta: 0.1 } }
 * withEntries({}, [['beta', '0.1']]); // → { train: { beta: 0.1 } }
 * ```
 */
export function withEntries(
  value: Record<string, unknown>,
  entries: Iterable<readonly [string, string]>,
): Record<string, unknown> {
  // A map, because a section could be called `__proto__`.
  const out = new Map(Object.entries(value));
  for (const [key, text] of entries) {
    const [name, entry, ...more] = key.includes('.') ? key.split('.') : ['train', key];
    if (name === undefined || entry === undefined || more.length > 0) {
      throw new InputError(`${key}: expected a key such as task.digits or beta`);
    }
    const section = out.get(name) ?? {};
    // A value that is not an object is kept: parseConfig reports where it is.
    if (isObject(section)) out.set(name, { ...section, [entry]: valueOfText(text) });
  }
  return Object.fromEntries(out);
}

/** Returns the entries of a configuration as `section.key`, with their values as text. */
export function configEntries(config: TrainingConfig): Map<string, string> {
  const sections = configValue(config) as Record<string, Record<string, unknown>>;
  return new Map(
    Object.entries(sections).flatMap(([section, entries]) =>
      Object.entries(entries).map(([name, value]) => [`${section}.${name}`, String(value)] as const),
    ),
  );
}
