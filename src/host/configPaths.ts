// The paths inside a configuration. In a file they are relative to the folder of that file; in memory they are absolute.
import { relative, resolve } from 'node:path';

type Members = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns a configuration whose `task.file` has gone through a function; whatever else it is stays as it is. */
function withTaskFile<T>(value: T, change: (file: string) => string): T {
  if (!isObject(value) || !isObject(value.task) || typeof value.task.file !== 'string') return value;
  return { ...value, task: { ...value.task, file: change(value.task.file) } };
}

/**
 * Returns the configuration of a file with absolute paths.
 * @param value what the file says, which may be wrong
 * @param folder the folder of the file; for a command line, the current one
 */
export function fromFolder<T>(value: T, folder: string): T {
  return withTaskFile(value, (file) => resolve(folder, file));
}

/** Returns a configuration as a file in a folder says it. */
export function toFolder<T>(value: T, folder: string): T {
  return withTaskFile(value, (file) => relative(resolve(folder), file));
}
