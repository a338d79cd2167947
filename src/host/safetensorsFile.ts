// Safetensors files on disk: the header is read when a file is opened, and a tensor when its values are asked for.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/**
 * Opens the weights of a folder: one file, or the shards of an index where that file is not there.
 * @param path the file
 * @throws InputError if neither is there, a shard is missing or damaged, or the index says what is not so
 */
export function openWeights(path: string): Safetensors {
  const index = `${path}.index.json`;
  if (existsSync(path) || !existsSync(index)) return openSafetensors(path);
  return openShards(parseJson(readText(index), showText(index)), showText(index), (file) =>
    openSafetensors(join(dirname(path), file)),
  );
}
