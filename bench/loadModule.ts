// The only place that imports a module by a path given at run time: another build, or adapters of peers.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError } from '../src/base/errors.ts';
import { showText } from '../src/base/show.ts';

/**
 * The exports of a module.
 * @param option what to name in messages
 * @throws InputError if it is not there or does not load
 */
export async function loadModule(path: string, option: string): Promise<Readonly<Record<string, unknown>>> {
  const file = resolve(path);
  if (!existsSync(file)) throw new InputError(`${option}: there is no file ${showText(path)}`);
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    throw new InputError(
      `${option}: ${showText(path)} does not load: ${showText((error as Error).message, 300)}`,
    );
  }
}
