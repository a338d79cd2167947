// The rules about who may import whom on the floors of scripts/floors.json. Pure functions of file texts.
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import floors from '../../scripts/floors.json' with { type: 'json' };
import { identifiersOf, importsOf, loadedWith } from './syntax.ts';

/** Sources by path from the repository's root, with '/'. */
export type Sources = ReadonlyMap<string, string>;

/** Lowest first; folders beside each other are one floor. */
export const FLOORS: readonly (readonly string[])[] = floors
  .map((floor) => floor.map(({ folder }) => folder))
  .toReversed();

/** Folders that may use Node's modules and globals. */
const NODE_ALLOWED = floors.flat().flatMap((entry) => ('usesNode' in entry ? [entry.folder] : []));
/** Globals that only Node has. */
const NODE_GLOBALS = [
  'process',
  'Buffer',
  'require',
  'module',
  '__dirname',
  '__filename',
  'setImmediate',
  'global',
];
const BUILTIN = new Set(builtinModules);

function folderOf(path: string): string | undefined {
  return FLOORS.flat().find((folder) => path === folder || path.startsWith(`${folder}/`));
}

function floorOf(folder: string): number {
  return FLOORS.findIndex((folders) => folders.includes(folder));
}

/** What a file imports, relative specifiers resolved to paths. */
function importPaths(path: string, text: string): string[] {
  return importsOf(path, text).map((name) => resolve(path, name));
}

function resolve(path: string, name: string): string {
  return name.startsWith('.') ? posix.join(posix.dirname(path), name).replace(/\.js$/, '.ts') : name;
}

/** Files and packages that are loaded when a file is, before any import(). */
export function loadedAtStart(sources: Sources, start: string): Set<string> {
  const loaded = new Set([start]);
  for (const path of loaded) {
    const text = sources.get(path);
    if (text !== undefined) for (const name of loadedWith(path, text)) loaded.add(resolve(path, name));
  }
  return loaded;
}

/** Files on no floor, imports of what is not there, imports up, and shortcuts around the doors between equals. */
export function floorViolations(sources: Sources): string[] {
  const found: string[] = [];
  for (const [path, text] of sources) {
    const folder = folderOf(path);
    if (folder === undefined) {
      found.push(`${path} stands on no floor`);
      continue;
    }
    for (const target of importPaths(path, text)) {
      const targetFolder = folderOf(target);
      if (targetFolder === undefined) continue;
      if (!sources.has(target)) found.push(`${path} imports ${target}, which is not there`);
      if (floorOf(targetFolder) > floorOf(folder)) found.push(`${path} imports up: ${target}`);
      if (targetFolder === 'bench' && folder !== 'bench' && !path.startsWith('src/cli/commands/bench')) {
        found.push(`${path} imports ${target}; only src/cli/commands/bench* may`);
      }
      if (!passesDoor(path, folder, target, targetFolder)) {
        found.push(`${path} imports ${target} past the door between autodiff and ops`);
      }
    }
  }
  return found;
}

/** Ops meet the engine only through `apply` and the types of an op, the engine meets ops only through the registry. */
function passesDoor(path: string, folder: string, target: string, targetFolder: string): boolean {
  if (folder === 'src/ops' && targetFolder === 'src/autodiff') {
    return target === 'src/autodiff/trace/apply.ts' || target === 'src/autodiff/trace/op.ts';
  }
  if (folder === 'src/autodiff' && targetFolder === 'src/ops') {
    // The public surface of the engine includes the functions of the ops.
    if (path === 'src/autodiff/index.ts') return target === 'src/ops/index.ts';
    return target === 'src/ops/registry.ts';
  }
  return true;
}

/** Circles of imports between files, types included. */
export function circles(sources: Sources): string[] {
  return circlesIn(
    new Map(
      [...sources].map(([path, text]) => [path, importPaths(path, text).filter((t) => sources.has(t))]),
    ),
  );
}

/** Circles of imports between the rooms of a floor: folders that lie side by side in one. */
export function roomCircles(sources: Sources): string[] {
  const graph = new Map<string, string[]>();
  for (const [path, text] of sources) {
    for (const target of importPaths(path, text).filter((t) => sources.has(t))) {
      if (folderOf(path) !== folderOf(target)) continue;
      const [from, to] = roomsOf(path, target);
      if (from !== undefined && to !== undefined) graph.set(from, [...(graph.get(from) ?? []), to]);
    }
  }
  return circlesIn(graph);
}

/** The folders side by side that hold the one and the other; undefined for a file that lies beside the other's folder. */
function roomsOf(path: string, target: string): [string | undefined, string | undefined] {
  const [a, b] = [path.split('/'), target.split('/')];
  const depth = a.findIndex((part, i) => part !== b[i]);
  const roomOf = (parts: readonly string[]): string | undefined =>
    parts.length > depth + 1 ? parts.slice(0, depth + 1).join('/') : undefined;
  return [roomOf(a), roomOf(b)];
}

function circlesIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      found.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      return;
    }
    state.set(path, 'open');
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    state.set(path, 'done');
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}

/** Uses of Node where a browser must be able to run. */
export function nodeViolations(sources: Sources): string[] {
  const found: string[] = [];
  for (const [path, text] of sources) {
    if (NODE_ALLOWED.includes(folderOf(path) ?? '')) continue;
    for (const name of importsOf(path, text)) {
      if (name.startsWith('node:') || BUILTIN.has(name)) found.push(`${path} imports ${name}`);
    }
    const used = identifiersOf(path, text);
    for (const name of NODE_GLOBALS) if (used.has(name)) found.push(`${path} uses ${name}`);
  }
  return found;
}

/** Imports of packages that package.json does not declare, and of Node's modules without `node:`. */
export function dependencyViolations(sources: Sources, declared: readonly string[]): string[] {
  const found: string[] = [];
  for (const [path, text] of sources) {
    for (const name of importsOf(path, text)) {
      if (name.startsWith('.') || name.startsWith('node:')) continue;
      const packageName = name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/');
      if (!declared.includes(packageName)) found.push(`${path} imports ${name}`);
    }
  }
  return found;
}
