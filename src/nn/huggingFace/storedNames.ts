// Which tensors the file of a network must hold, and whether it holds them: names, shapes, and a tied head that is there all the same.
import { InputError, showShape } from '../../base/errors.ts';
import { showValue } from '../../base/show.ts';
import { suggest } from '../../base/suggest.ts';
import { type Shape, sameShape } from '../../tensor/shape.ts';
import type { Safetensors } from './safetensors.ts';

/** A tensor of the file. */
export interface FileTensor {
  /** Without the prefix in front. */
  readonly name: string;
  readonly shape: Shape;
  /** The parameters in it, side by side along the last axis, equally wide. */
  readonly parts: readonly string[];
}

/** A tensor of the file with the name that it has there. */
export interface FoundTensor extends FileTensor {
  readonly stored: string;
}

/** How the tensors of an architecture are called in a file. */
export interface StoredNames {
  /** Every tensor that the file holds, made one after the other: a configuration may promise more than memory holds. */
  tensors(): Iterable<FileTensor>;
  /** What may stand in front of every name but that of the head; '' if nothing may. */
  readonly prefix: string;
  /** Constants that PyTorch wrote into older files beside the parameters. */
  readonly ignored: RegExp;
  /** The embedding that the head repeats, if the two are one parameter. */
  readonly tiedTo?: string;
}

/** The name of the output layer, which never has a prefix. */
export const HEAD_NAME = 'lm_head.weight';

/** Names in the file by names without prefix. */
function namesWithoutPrefix(file: Safetensors, prefix: string, source: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const full of file.tensors.keys()) {
    const name = full.startsWith(prefix) ? full.slice(prefix.length) : full;
    if (names.has(name)) {
      throw new InputError(`${source}: ${showValue(name)} is there with and without "${prefix}"`);
    }
    names.set(name, full);
  }
  return names;
}

function refuseUnknown(
  names: ReadonlyMap<string, string>,
  expected: readonly FoundTensor[],
  { ignored, tiedTo }: StoredNames,
  source: string,
): void {
  const known = new Set(expected.map(({ name }) => name));
  for (const [name, full] of names) {
    // A tied head may be there a second time, under its own name.
    if (known.has(name) || ignored.test(name) || (tiedTo !== undefined && name === HEAD_NAME)) continue;
    throw new InputError(`${source}: unknown tensor ${showValue(full)}${suggest(name, known)}`);
  }
}

/** In a tied model that stores its head all the same, the head must be the token embedding. */
function checkTiedHead(file: Safetensors, embedding: string, source: string): void {
  const isOneType = file.tensors.get(HEAD_NAME)!.dtype === file.tensors.get(embedding)!.dtype;
  // The bits, which take less memory than the values, where they tell.
  const valuesOf = (name: string) => (isOneType ? file.stored(name).values : file.values(name));
  const [head, tokens] = [valuesOf(HEAD_NAME), valuesOf(embedding)];
  let isSame = head.length === tokens.length;
  for (let i = 0; isSame && i < head.length; i++) isSame = Object.is(head[i], tokens[i]);
  if (isSame) return;
  throw new InputError(`${source}: "${HEAD_NAME}" differs from "${embedding}", but the config ties them`);
}

/**
 * The tensors of a network in a file. Stops at the first that the file does not have.
 * @param source the name of the file in messages
 * @throws InputError naming the tensor that is missing, unknown or of a wrong shape, or a tied head that is none
 */
export function findTensors(file: Safetensors, stored: StoredNames, source: string): FoundTensor[] {
  const names = namesWithoutPrefix(file, stored.prefix, source);
  const found: FoundTensor[] = [];
  for (const tensor of stored.tensors()) {
    const full = names.get(tensor.name);
    if (full === undefined) throw new InputError(`${source}: the tensor "${tensor.name}" is missing`);
    found.push({ ...tensor, stored: full });
  }
  refuseUnknown(names, found, stored, source);
  for (const { stored: name, shape } of found) {
    const own = file.tensors.get(name)!.shape;
    if (sameShape(own, shape)) continue;
    const shapes = `must have shape ${showShape(shape)}, found ${showShape(own)}`;
    throw new InputError(`${source}: tensor "${name}" ${shapes}`);
  }
  const { tiedTo } = stored;
  if (tiedTo !== undefined && file.tensors.has(HEAD_NAME)) checkTiedHead(file, names.get(tiedTo)!, source);
  return found;
}
