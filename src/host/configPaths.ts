// The paths inside a configuration: the file of a task, and modules. In a file they are relative to the folder of that file; in memory
// they are absolute.
import { relative, resolve } from 'node:path';
import { isModulePath } from './loadModule.ts';

type Members = Readonly<Record<string, unknown>>;

/** Where a configuration may name a module. */
const MODULE_ENTRIES = [
  ['task', 'name'],
  ['base', 'objective'],
  ['train', 'objective'],
] as const;

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns a configuration with an entry that has gone through a function; whatever else it is stays as it is. */
function withEntry<T>(value: T, section: string, entry: string, change: (path: string) => string): T {
  if (!isObject(value) || !Object.hasOwn(value, section)) return value;
  const inside = value[section];
  if (!isObject(inside) || !Object.hasOwn(inside, entry)) return value;
  const path = inside[entry];
  if (typeof path !== 'string' || (entry !== 'file' && !isModulePath(path))) return value;
  return { ...value, [section]: { ...inside, [entry]: change(path) } };
}

function withPaths<T>(value: T, file: (path: string) => string, module: (path: string) => string): T {
  return MODULE_ENTRIES.reduce(
    (changed, [section, entry]) => withEntry(changed, section, entry, module),
    withEntry(value, 'task', 'file', file),
  );
}

/**
 * Returns the configuration of a file with absolute paths.
 * @param value what the file says, which may be wrong
 * @param folder the folder of the file; for a command line, the current one
 * @param modules the folder that modules are relative to, if it is another
 */
export function fromFolder<T>(value: T, folder: string, modules: string = folder): T {
  const from = (place: string) => (path: string) => resolve(place, path);
  return withPaths(value, from(folder), from(modules));
}

/** Returns a path as a file in a folder says it. */
function inFolder(folder: string): (path: string) => string {
  return (path) => relative(resolve(folder), path);
}

/** Returns the path of a module as a file in a folder says it: it begins with a dot, so that it is no name. */
function moduleInFolder(folder: string): (path: string) => string {
  return (path) => inFolder(folder)(path).replace(/^(?!\.)/, './');
}

/** Returns a configuration as a file in a folder says it. */
export function toFolder<T>(value: T, folder: string): T {
  return withPaths(value, inFolder(folder), moduleInFolder(folder));
}
