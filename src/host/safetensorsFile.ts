// Safetensors files on disk: the header is read when a file is opened, and a tensor when its values are asked for.
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../base/errors.ts';
import { parseJson } from '../base/jsonText.ts';
import { showText } from '../base/show.ts';
import { openShards, readSafetensors, type Safetensors } from '../nn/index.ts';
import { fileBytes, readText } from './readFile.ts';

/**
 * Opens a safetensors file. Each tensor is read from the file when its values are asked for.
 * @throws InputError if it cannot be read or is damaged
 */
export function openSafetensors(path: string): Safetensors {
  return readSafetensors(fileBytes(path), showText(path));
}

/** Files of weights in other formats, which are not read. */
const OTHER = /^(pytorch_model.*\.bin|.*\.(gguf|pth?|h5|msgpack|onnx))$/;

/** @throws InputError saying what lies there, if a folder has weights but not as they are read */
function refuseOthers(path: string, index: string): void {
  const folder = dirname(path);
  if (!existsSync(folder)) return;
  const names = readdirSync(folder).sort();
  const shard = names.find((name) => /-of-\d+\.safetensors$/.test(name));
  if (shard !== undefined) {
    throw new InputError(
      `${showText(folder)}: expected ${basename(index)}, which says what is in ${showText(shard)} and the other shards, found none`,
    );
  }
  const other = names.find((name) => OTHER.test(name));
  if (other === undefined) return;
  throw new InputError(
    `${showText(folder)}: expected ${basename(path)}, found ${showText(other)}, which is not read; ` +
      'model.save_pretrained(FOLDER) writes safetensors',
  );
}

/**
 * The files of the weights of a folder that `openWeights` opens: one, or the index and its shards by name.
 * @param path as of `openWeights`
 * @throws InputError in the cases of `openWeights` where there is an index
 */
export function weightFiles(path: string): string[] {
  const index = `${path}.index.json`;
  if (existsSync(path) || !existsSync(index)) return [path];
  const files = [index];
  openShards(parseJson(readText(index), showText(index)), showText(index), (file) => {
    files.push(join(dirname(path), file));
    return openSafetensors(files.at(-1)!);
  });
  return files;
}

/**
 * Opens the weights of a folder: one file, or the shards of an index where that file is not there.
 * @param path the file
 * @throws InputError if neither is there, a shard is missing or damaged, or the index says what is not so
 */
export function openWeights(path: string): Safetensors {
  const index = `${path}.index.json`;
  if (existsSync(path)) return openSafetensors(path);
  if (!existsSync(index)) {
    refuseOthers(path, index);
    return openSafetensors(path);
  }
  return openShards(parseJson(readText(index), showText(index)), showText(index), (file) =>
    openSafetensors(join(dirname(path), file)),
  );
}
