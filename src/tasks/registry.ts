// The kinds of tasks by name: those that are built in, and those that a user registers.
import { InputError } from '../base/errors.ts';
import { showText, showValue } from '../base/show.ts';
import { suggest } from '../base/suggest.ts';
import { addition } from './addition.ts';
import { countdown } from './countdown.ts';
import { factors } from './factors.ts';
import { jsonl } from './jsonl.ts';
import { linear } from './linear.ts';
import { multiplication } from './multiplication.ts';
import { pickSum } from './pickSum.ts';
import type { TaskKind } from './task.ts';

const kinds = new Map<string, TaskKind>(
  [addition, multiplication, linear, pickSum, countdown, factors, jsonl].map((kind) => [kind.name, kind]),
);

/** All kinds of tasks: first the built-in ones, then those that were registered. */
export function taskKinds(): TaskKind[] {
  return [...new Set(kinds.values())];
}

/**
 * Adds a kind of task of your own, which configurations can then name.
 * @param alias another name for it, such as the path of its module
 * @throws InputError if the name is taken
 */
export function registerTask(kind: TaskKind, alias: string = kind.name): void {
  const { name } = kind;
  if (kinds.has(name)) throw new InputError(`task "${showText(name, 40)}": the name is taken`);
  kinds.set(name, kind).set(alias, kind);
}

/**
 * The kind of task of that name.
 * @param place whose name it is, for messages
 * @throws InputError that suggests the nearest name and lists all names
 * @example
 * ```ts
 * import { getTask } from 'gradsplit/tasks';
 * const task = getTask('pickSum').create({ digits: 5 });
 * task.promptLegal.length; // → 8
 * ```
 */
export function getTask(name: unknown, place = 'task'): TaskKind {
  const kind = typeof name === 'string' ? kinds.get(name) : undefined;
  if (kind !== undefined) return kind;
  const names = [...kinds.keys()];
  const near = typeof name === 'string' ? suggest(name, names) : '';
  throw new InputError(`${place}: expected one of ${names.join(', ')}, found ${showValue(name)}${near}`);
}
