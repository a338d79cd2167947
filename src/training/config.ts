// The configuration of a run: plain JSON, completed with defaults, every wrong entry named with the near one.
import { InputError } from '../base/errors.ts';
import { type Options, parseOptions, type RawOptions } from '../base/options.ts';
import { showValue } from '../base/show.ts';
import { suggest } from '../base/suggest.ts';
import { getObjective, type ObjectiveName } from '../objectives/index.ts';
import { type TaskName, taskNames, taskOptions } from '../tasks/index.ts';
import { modelOptions, phaseOptions, runOptions } from './options.ts';

/** One phase: an objective and all its options. */
export interface PhaseConfig {
  readonly objective: ObjectiveName;
  readonly options: Options;
}

/** A complete configuration. */
export interface TrainingConfig {
  readonly task: { readonly name: TaskName; readonly file?: string; readonly options: Options };
  readonly model: Options;
  readonly run: Options;
  /** SFT from random parameters. */
  readonly base: PhaseConfig;
  /** What follows from there. */
  readonly train: PhaseConfig;
}

const SECTIONS = ['task', 'model', 'run', 'base', 'train'] as const;

function section(value: unknown, place: string): RawOptions {
  if (value === undefined) return {};
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as RawOptions;
  throw new InputError(`${place}: expected an object, found ${showValue(value)}`);
}

function parseTask(raw: RawOptions, place: string): TrainingConfig['task'] {
  const { name, file, ...rest } = raw;
  if (!taskNames.some((known) => known === name)) {
    const near = typeof name === 'string' ? suggest(name, taskNames) : '';
    throw new InputError(
      `${place}.name: expected one of ${taskNames.join(', ')}, found ${showValue(name)}${near}`,
    );
  }
  const task = name as TaskName;
  if ((task === 'jsonl') !== (typeof file === 'string')) {
    const expected = task === 'jsonl' ? 'the name of a JSONL file' : 'nothing, as only jsonl has a file';
    throw new InputError(`${place}.file: expected ${expected}, found ${showValue(file)}`);
  }
  const options = parseOptions(place, taskOptions[task], rest);
  return typeof file === 'string' ? { name: task, file, options } : { name: task, options };
}

function parsePhase(raw: RawOptions, place: string, initial: ObjectiveName): PhaseConfig {
  const { objective = initial, ...rest } = raw;
  if (typeof objective !== 'string') {
    throw new InputError(
      `${place}.objective: expected the name of an objective, found ${showValue(objective)}`,
    );
  }
  const { name } = getObjective(objective);
  const table = phaseOptions(name, rest.data === 'own' ? 'own' : 'traces');
  const options = parseOptions(place, table, rest);
  if (options.critic === 'value') {
    throw new InputError(`${place}: option critic: expected none, as no critic is trained, found value`);
  }
  if (name === 'rloo' && options.group === 1) {
    throw new InputError(`${place}: option group: expected at least 2 with rloo, found 1`);
  }
  return { objective: name, options };
}

/**
 * A complete configuration from the JSON value of a file or a preset.
 * @param source how it is called in messages
 * @throws InputError naming the entry, what was expected, and the near name
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
  const [model, modelPlace] = at('model');
  const [run, runPlace] = at('run');
  return {
    task: parseTask(...at('task')),
    model: parseOptions(modelPlace, modelOptions, model),
    run: parseOptions(runPlace, runOptions, run),
    base,
    train: parsePhase(...at('train'), 'rloo'),
  };
}

/** A configuration as it stands in a file; `parseConfig` gives the same one back. */
export function configValue({ task, model, run, base, train }: TrainingConfig): Record<string, unknown> {
  const { options, ...named } = task;
  const phase = (p: PhaseConfig): object => ({ objective: p.objective, ...p.options });
  return { task: { ...named, ...options }, model, run, base: phase(base), train: phase(train) };
}

/**
 * A configuration value with entries replaced: `task.digits=5`; a key without a dot belongs to `train`.
 * @throws InputError if a key has more than one dot
 */
export function withEntries(
  value: Record<string, unknown>,
  entries: Iterable<readonly [string, string]>,
): Record<string, unknown> {
  const out = { ...value };
  for (const [key, text] of entries) {
    const steps = key.includes('.') ? key.split('.') : ['train', key];
    if (steps.length !== 2) throw new InputError(`${key}: expected a key such as task.digits or beta`);
    const [name, entry] = steps as [string, string];
    out[name] = { ...(out[name] as object | undefined), [entry]: text };
  }
  return out;
}
