// Loads an objective, a kind of task or a claim from a module of the user. Those that configurations name are registered under
// their own names and under the path of the file.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError } from '../base/errors.ts';
import { type Members, missingMembers } from '../base/members.ts';
import { showText } from '../base/show.ts';
import { withCheckedSides } from '../claims/checkedSides.ts';
import type { Claim } from '../claims/index.ts';
import { withStated } from '../claims/shared/asStated.ts';
import type { WrongStatement } from '../claims/statement.ts';
import { objectiveFrom, registerObjective } from '../objectives/index.ts';
import { registerTask, taskFrom } from '../tasks/index.ts';
import { fileHash } from './readFile.ts';

/** Returns whether a text is the path of a module and not a name. */
export function isModulePath(text: unknown): text is string {
  return typeof text === 'string' && /^\.{0,2}\/|\.[cm]?[jt]s$/.test(text);
}

/**
 * Imports the export of a module with this name, or else its default export. The module is executed.
 * @throws InputError if the file cannot be read or loaded, or has neither export
 */
export async function importFrom(path: string, name: string): Promise<unknown> {
  // This throws an error in words if the file cannot be read.
  fileHash(path);
  let module: Record<string, unknown>;
  try {
    module = await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`${showText(path)}: the module cannot be loaded: ${showText(reason)}`, {
      cause: error,
    });
  }
  const value = module[name] ?? module.default;
  if (value !== undefined) return value;
  const found = Object.keys(module).map((key) => showText(key, 40));
  throw new InputError(
    `${showText(path)}: expected an export called "${name}" or a default export, found ${found.join(', ') || 'none'}`,
  );
}

/** The modules that are already registered, with what they were loaded for. */
const loaded = new Set<string>();

async function once(path: string, name: string, register: (value: unknown) => void): Promise<void> {
  if (loaded.has(`${name} ${path}`)) return;
  register(await importFrom(path, name));
  loaded.add(`${name} ${path}`);
}

/**
 * Registers the objective of a module: its export `objective`, or its default export.
 * @throws InputError if the module cannot be loaded, exports no objective, or the objective's name is taken
 */
export function loadObjective(path: string): Promise<void> {
  return once(path, 'objective', (value) => registerObjective(objectiveFrom(value, showText(path)), path));
}

/**
 * Registers the kind of task of a module: its export `task`, or its default export.
 * @throws InputError if the module cannot be loaded, exports no kind of task, or its name is taken
 */
export function loadTask(path: string): Promise<void> {
  return once(path, 'task', (value) => registerTask(taskFrom(value, showText(path)), path));
}

const CLAIM: Members = {
  id: 'string',
  title: 'string',
  statement: 'string',
  formulas: 'object',
  assumptions: 'object',
  run: 'function',
};

/** Statements as they may stand in a module. */
type Loose = {
  readonly id: string;
  readonly statements: { readonly statements?: unknown; readonly controls?: unknown };
};

/** Whether a list is one of statements. */
function areStatements(list: unknown): list is readonly WrongStatement[] {
  const members: Members = { name: 'string', kind: 'string', sides: 'function' };
  return Array.isArray(list) && list.every((one) => missingMembers(one, members).length === 0);
}

/** The checks and controls that follow from the statements of a claim. @throws InputError if they are none, or throw */
function byStatements({ id, statements: { statements, controls = [] } }: Loose, path: string): Claim['run'] {
  const place = `${showText(path)}: claim "${showText(id, 40)}"`;
  if (!areStatements(statements) || !areStatements(controls) || statements.length === 0) {
    throw new InputError(
      `${place}: expected \`statements\` with arrays statements and controls, each entry with name, kind and sides, since it has no \`run\``,
    );
  }
  const checked = {
    id,
    statements: statements.map(withCheckedSides),
    controls: controls.map(withCheckedSides),
    outside: [],
  };
  return (subject) => {
    try {
      const found = withStated(subject, checked);
      return { ...found, figures: [] };
    } catch (error) {
      const said = error instanceof Error ? `${error.name}: ${error.message}` : showText(String(error));
      throw new InputError(`${place}: its statements threw ${said}`, { cause: error });
    }
  };
}

/** The claim that a module exports; the checks of one without `run` follow from its statements. */
function asClaim(value: unknown, path: string): Claim | undefined {
  if (missingMembers(value, CLAIM).length === 0) return value as Claim;
  const { run: _, ...described } = CLAIM;
  if (missingMembers(value, { ...described, statements: 'object' }).length > 0) return undefined;
  const claim = value as Claim & Loose;
  return { ...claim, run: byStatements(claim, path) };
}

/**
 * Loads the claim of a module: its export `claim`, or its default export.
 * @throws InputError if the module cannot be loaded or exports no claim
 */
export async function loadClaim(path: string): Promise<Claim> {
  const value = await importFrom(path, 'claim');
  const claim = asClaim(value, path);
  if (claim !== undefined) return claim;
  throw new InputError(
    `${showText(path)}: expected a claim with ${Object.keys(CLAIM).join(', ')} (or statements in the place of run); it lacks ${missingMembers(value, CLAIM).join(', ')}`,
  );
}

function entryOf(value: unknown, section: string, entry: string): unknown {
  const inside = (from: unknown, name: string): unknown =>
    typeof from === 'object' && from !== null ? new Map(Object.entries(from)).get(name) : undefined;
  return inside(inside(value, section), entry);
}

/**
 * Registers the task and the objectives that a configuration names by the paths of modules.
 * @param value a configuration as it is written in a file
 * @throws InputError in the cases of `loadObjective` and `loadTask`
 */
export async function loadModules(value: unknown): Promise<void> {
  const task = entryOf(value, 'task', 'name');
  if (isModulePath(task)) await loadTask(task);
  for (const phase of ['base', 'train']) {
    const objective = entryOf(value, phase, 'objective');
    if (isModulePath(objective)) await loadObjective(objective);
  }
}

/**
 * Returns the sha256 of every module that a configuration names, by its path there.
 * @param folder the folder that the paths are relative to
 * @throws InputError if a module cannot be read
 */
export function moduleHashes(value: unknown, folder: string): Record<string, string> {
  const named = [
    entryOf(value, 'task', 'name'),
    entryOf(value, 'base', 'objective'),
    entryOf(value, 'train', 'objective'),
  ];
  return Object.fromEntries(
    named.filter(isModulePath).map((path) => [path, fileHash(resolve(folder, path))]),
  );
}
