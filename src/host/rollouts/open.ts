// Opens rollouts that lie in files or come through pipes, for any number of passes over the same bytes.
import { type Stats, statSync } from 'node:fs';
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import {
  type ReadOptions,
  type ReadRollouts,
  RecordReader,
  type RolloutFormat,
  RolloutStream,
  type Trajectory,
} from '../../rollouts/index.ts';
import { TrlTables } from '../../rollouts/parquet/trlTable.ts';
import { fileBytes } from '../readFile.ts';
import { systemError } from '../systemError.ts';
import { decompressed } from './decompress.ts';
import { pipeKept, pipeOnce } from './pipe.ts';
import { type ByteFile, regularFile } from './regularFile.ts';
import { kindOfFile, TABLE_CODECS } from './tableFile.ts';

/** How to open rollouts. */
export interface OpenOptions extends Omit<ReadOptions, 'source'> {
  /** Whether there is one pass only, so that a pipe need not be kept. */
  readonly once?: boolean;
}

/** Where a pass is: bytes of the files as they lie, compressed or not. */
export interface PassProgress {
  readonly done: number;
  /** Undefined where a pipe does not say how much comes. */
  readonly total: number | undefined;
  /** The file that is read. */
  readonly file: string;
}

/** Rollouts in files. */
export interface RolloutSource {
  readonly files: readonly string[];
  /** Bytes of all files; undefined where a pipe does not say how much comes. */
  readonly bytes: number | undefined;
  /**
   * Begins a pass: all trajectories, file by file. The format that the first pass has recognised holds for all others.
   * @throws InputError, while one goes through it, naming file, line and path of the field; also if a file has changed since it was opened
   */
  read(onProgress?: (progress: PassProgress) => void): ReadRollouts;
  /** Closes it, and removes what it has kept. */
  close(): Promise<void>;
}

async function openFile(path: string, once: boolean): Promise<ByteFile> {
  if (path !== '-') {
    const found = statOf(path);
    if (found.isDirectory())
      throw new InputError(`cannot read ${showText(path)}: it is a directory, not a file`);
    if (found.isFile()) {
      const file = await regularFile(path);
      return kindOfFile(path) === 'table' ? { ...file, table: fileBytes(path) } : file;
    }
  }
  return once ? pipeOnce(path) : pipeKept(path);
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw systemError('read', path, error);
  }
}

function totalOf(files: readonly ByteFile[]): number | undefined {
  let total = 0;
  for (const { size } of files) {
    if (size === undefined) return undefined;
    total += size;
  }
  return total;
}

/**
 * Opens rollouts.
 * @param paths files in the order in which they are read; `-` is stdin. Pipes are kept in a temporary file unless there is one pass only
 * @throws InputError if one cannot be opened, or for an unknown name of a format
 */
export async function openRollouts(
  paths: readonly string[],
  options: OpenOptions = {},
): Promise<RolloutSource> {
  const { once = false, ...reading } = options;
  let format: string | RolloutFormat | undefined = new RecordReader(reading).format;
  const files: ByteFile[] = [];
  const close = async (): Promise<void> => {
    for (const file of files) await file.close();
  };
  try {
    for (const path of paths) files.push(await openFile(path, once));
  } catch (error) {
    await close();
    throw error;
  }
  const total = totalOf(files);

  async function* trajectories(
    records: RecordReader,
    onProgress: (progress: PassProgress) => void,
  ): AsyncGenerator<Trajectory> {
    let done = 0;
    const tableReader = new TrlTables(records, TABLE_CODECS);
    for (const file of files) {
      const counted = async function* (): AsyncGenerator<Uint8Array> {
        for await (const piece of file.bytes()) {
          done += piece.length;
          yield piece;
          onProgress({ done, total, file: file.name });
        }
      };
      if (file.table !== undefined) {
        yield* tableReader.read(file.table, file.name, files.length > 1);
        done += file.size ?? 0;
        onProgress({ done, total, file: file.name });
        continue;
      }
      const stream = new RolloutStream(file.name, records);
      for await (const piece of decompressed(file.name, counted())) yield* stream.push(piece);
      yield* stream.end(files.length > 1);
    }
    format = records.format;
  }

  return {
    files: files.map(({ name }) => name),
    bytes: total,
    read(onProgress = () => {}) {
      const records = new RecordReader({ ...reading, ...(format === undefined ? {} : { format }) });
      return { report: records, [Symbol.asyncIterator]: () => trajectories(records, onProgress) };
    },
    close,
  };
}
