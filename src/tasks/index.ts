// Public surface of gradsplit/tasks: arithmetic and the user's own questions, with prompts by split and checks.
export { addition } from './addition.ts';
export { countdown } from './countdown.ts';
export { factors } from './factors.ts';
export { jsonl } from './jsonl.ts';
export { linear } from './linear.ts';
export { multiplication } from './multiplication.ts';
export { pickSum } from './pickSum.ts';
export { getTask, registerTask, taskKinds } from './registry.ts';
export {
  defineTask,
  ERROR_KINDS,
  type ErrorKind,
  type Legal,
  parsePrompt,
  type Split,
  type Task,
  type TaskDefinition,
  type TaskFile,
  type TaskKind,
  type Tokens,
  taskFrom,
  wrongAttempt,
} from './task.ts';
export { END, PAD, RESAMPLE_TOKEN, STOP_TOKEN, type TokenTable, tokenTable } from './tokens.ts';
