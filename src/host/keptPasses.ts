// Results of passes kept in a file beside the document that they are for, so that a computation that was stopped goes on.
import { existsSync, rmSync } from 'node:fs';
import type { PassStore } from '../attribution/index.ts';
import { InputError } from '../base/errors.ts';
import { jsonChunks } from '../base/json.ts';
import { showText } from '../base/show.ts';
import { attributionPartSchema } from '../documents/attribution.ts';
import { prepareOutput } from './output.ts';
import { readDocument } from './readDocument.ts';

/** A file of results of passes. */
export class KeptPasses implements PassStore {
  readonly path: string;
  private readonly identity: string;
  private readonly passes: Map<string, Float64Array>;

  /**
   * @param path of the file
   * @param identity what the passes are of: inputs and options
   * @param goOn whether results that are in the file are used; otherwise they are written over
   * @throws InputError if the file cannot be read or written, or is of other inputs or options
   */
  constructor(path: string, identity: string, goOn: boolean) {
    this.path = path;
    this.identity = identity;
    this.passes = goOn ? read(path, identity) : new Map();
    prepareOutput(path);
  }

  /** How many results there are. */
  get count(): number {
    return this.passes.size;
  }

  /** The numbers of a pass: those that are in the file, or what `compute` gives, which is written there. */
  async keep(name: string, compute: () => Promise<Float64Array>): Promise<Float64Array> {
    const known = this.passes.get(name);
    if (known !== undefined) return known;
    const numbers = await compute();
    this.passes.set(name, numbers);
    await this.write();
    return numbers;
  }

  /** Removes the file, once everything is done. */
  remove(): void {
    rmSync(this.path, { force: true });
  }

  private async write(): Promise<void> {
    const document = {
      schema: 'gradsplit/attribution-part@1',
      identity: this.identity,
      passes: Object.fromEntries([...this.passes].map(([name, numbers]) => [name, [...numbers]])),
    };
    await prepareOutput(this.path).write(jsonChunks(document));
  }
}

function read(path: string, identity: string): Map<string, Float64Array> {
  if (!existsSync(path)) return new Map();
  const { value } = readDocument(path, attributionPartSchema);
  if (value.identity !== identity) {
    throw new InputError(
      `--resume: expected ${showText(path)} to be of the same checkpoint, rollouts and options, found one of others; without --resume it is begun anew`,
    );
  }
  return new Map(Object.entries(value.passes).map(([name, numbers]) => [name, Float64Array.from(numbers)]));
}
