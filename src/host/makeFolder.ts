// Makes folders one after the other. The recursive mkdir of Node never ends in a file system that takes no folders, such as /proc.
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InputError } from '../base/errors.ts';
import { showText } from '../base/show.ts';
import { systemError } from './systemError.ts';

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch (error) {
    // Below a file, where Node 20 throws and later ones find nothing.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw error;
  }
}

/**
 * Makes a folder and those above it, where they are missing.
 * @throws InputError if one cannot be made
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  try {
    for (let at = resolve(path); !isFolder(at); at = dirname(at)) missing.unshift(at);
    for (const folder of missing) makeOne(folder);
  } catch (error) {
    throw systemError('write', path, error);
  }
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Another process may have made it meanwhile.
    if (code === 'EEXIST' && isFolder(folder)) return;
    const place = showText(folder);
    if (code === 'EEXIST') throw new InputError(`${place}: expected a folder, found something else`);
    // The folder above it is there.
    if (code === 'ENOENT') throw new InputError(`${place}: folders cannot be made there`);
    throw error;
  }
}
