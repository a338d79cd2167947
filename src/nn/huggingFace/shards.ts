// Several safetensors files as one, by an index that says which file holds which tensor (model.safetensors.index.json).
import { InputError } from '../../base/errors.ts';
import { showText, showValue } from '../../base/show.ts';
import type { Safetensors } from './safetensors.ts';
import type { StoredTensor } from './safetensorsHeader.ts';

/** Shards lie beside the index: a name, and no path. */
const SHARD_NAME = /^[^/\\]+\.safetensors$/;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The file of every tensor, as the index says. */
function weightMap(index: unknown, source: string): Map<string, string> {
  const map = isObject(index) ? index.weight_map : undefined;
  if (!isObject(map)) {
    throw new InputError(
      `${source}: expected an object with weight_map, which names the file of every tensor, found ${showValue(isObject(index) ? map : index)}`,
    );
  }
  return new Map(
    Object.entries(map).map(([tensor, file]) => {
      if (typeof file === 'string' && SHARD_NAME.test(file)) return [tensor, file];
      throw new InputError(
        `${source}: weight_map: ${showValue(tensor)} must lie in a file beside the index such as "model-00001-of-00002.safetensors", found ${showValue(file)}`,
      );
    }),
  );
}

/** Checks that the tensors of a shard are those that the index says. */
function checkShard(
  file: string,
  shard: Safetensors,
  map: ReadonlyMap<string, string>,
  source: string,
): void {
  for (const name of shard.tensors.keys()) {
    const said = map.get(name);
    if (said === file) continue;
    const where = said === undefined ? 'in no file' : `in ${showText(said)}`;
    throw new InputError(
      `${source}: the tensor ${showValue(name)} is in ${showText(file)}, but the index says that it is ${where}`,
    );
  }
}

/**
 * Opens the shards that an index names, as one file.
 * @param index the value of the index file
 * @param source the name of the index in messages
 * @param open opens a shard by its name beside the index
 * @throws InputError if the index is not one, a shard is missing or damaged, or a shard does not hold what the index says
 */
export function openShards(index: unknown, source: string, open: (file: string) => Safetensors): Safetensors {
  const map = weightMap(index, source);
  const shards = new Map([...new Set(map.values())].map((file) => [file, open(file)] as const));
  for (const [file, shard] of shards) checkShard(file, shard, map, source);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, file] of map) {
    const stored = shards.get(file)!.tensors.get(name);
    if (stored === undefined) {
      throw new InputError(
        `${source}: the index says that ${showText(file)} holds the tensor ${showValue(name)}, which it does not`,
      );
    }
    tensors.set(name, stored);
  }
  const shardOf = (name: string): Safetensors => {
    const file = map.get(name);
    if (file === undefined) throw new InputError(`${source}: there is no tensor ${showValue(name)}`);
    return shards.get(file)!;
  };
  return {
    tensors,
    metadata: new Map([...shards.values()].flatMap(({ metadata }) => [...metadata])),
    values: (name) => shardOf(name).values(name),
    stored: (name) => shardOf(name).stored(name),
  };
}
