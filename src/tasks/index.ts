// Public surface of gradsplit/tasks: arithmetic and the user's own questions, with prompts by split and checks.
import type { OptionTable, RawOptions } from '../base/options.ts';
import { addition, additionOptions } from './addition.ts';
import { countdown } from './countdown.ts';
import { heldOutOptions } from './heldOut.ts';
import { linear } from './linear.ts';
import { multiplication, multiplicationOptions } from './multiplication.ts';
import { pickSum, pickSumOptions } from './pickSum.ts';
import type { Task, TaskName } from './task.ts';

export { jsonl } from './jsonl.ts';
export {
  ERROR_KINDS,
  type ErrorKind,
  type Legal,
  parsePrompt,
  type Split,
  type Task,
  type TaskName,
  type Tokens,
  wrongAttempt,
} from './task.ts';
export { END, PAD, RESAMPLE_TOKEN, STOP_TOKEN, type TokenTable, tokenTable } from './tokens.ts';

/** Tasks that draw their prompts themselves, by name; `jsonl` needs a file. */
export const arithmeticTasks: Readonly<Record<Exclude<TaskName, 'jsonl'>, (raw?: RawOptions) => Task>> = {
  addition,
  multiplication,
  linear,
  pickSum,
  countdown,
};

/** The options of every task: defaults, what is expected, a sentence each. */
export const taskOptions: Readonly<Record<TaskName, OptionTable>> = {
  addition: additionOptions,
  multiplication: multiplicationOptions,
  linear: heldOutOptions,
  pickSum: pickSumOptions,
  countdown: heldOutOptions,
  jsonl: heldOutOptions,
};

/** The names of all tasks. */
export const taskNames: readonly TaskName[] = Object.keys(taskOptions) as TaskName[];
