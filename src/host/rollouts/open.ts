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
import { type RolloutFile, rolloutFiles } from './files.ts';
import { pipeKept, pipeOnce } from './pipe.ts';
import { type ByteFile, regularFile } from './regularFile.ts';
import { kindOfFile, TABLE_CODECS } from './tableFile.ts';
import { joinTraces } from './traces.ts';

/** How to open rollouts. */
export interface OpenOptions extends Omit<ReadOptions, 'source'> {
  /** Whether there is one pass only, so that a pipe need not be kept. */
  readonly once?: boolean;
  /** How many bytes of a pipe are kept; left out: half of what is free in the temporary folder, and 16 GB at most. */
  readonly maxPipe?: number;
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

async function openFile(
  path: string,
  { once = false, maxPipe }: Pick<OpenOptions, 'once' | 'maxPipe'>,
  records: () => RecordReader,
): Promise<ByteFile> {
  if (path !== '-') {
    const found = statOf(path);
    if (found.isFile()) {
      const file = await regularFile(path);
      return kindOfFile(path) === 'table' ? { ...file, table: fileBytes(path) } : file;
    }
  }
  return once ? pipeOnce(path) : pipeKept(path, records(), maxPipe);
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw systemError('read', path, error);
  }
}

/** Refuses a file that is given twice, under whatever names: its trajectories would count double. @throws InputError naming both */
function refuseTwice(files: readonly RolloutFile[]): void {
  const known = new Map<string, string>();
  for (const { path } of files) {
    const found = path === '-' ? undefined : statOf(path);
    const key = found === undefined ? '-' : found.ino === 0 ? path : `${found.dev} ${found.ino}`;
    const before = known.get(key);
    if (before !== undefined) {
      const also = before === path ? '' : `, also as ${showText(before)}`;
      throw new InputError(`${showText(path)}: expected each file once, found it twice${also}`);
    }
    known.set(key, path);
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

/** The step that the name of a file tells, where the line has none, or one that means something else. */
function withStep(trajectory: Trajectory, { step, stepWins }: RolloutFile): Trajectory {
  return step === undefined || (trajectory.step !== undefined && stepWins !== true)
    ? trajectory
    : { ...trajectory, step };
}

/**
 * Opens rollouts.
 * @param paths files, and folders of runs, in the order in which they are read; `-` is stdin. Pipes are kept in a temporary file unless there is one pass only
 * @throws InputError if one cannot be opened or is given twice, or for an unknown name of a format
 */
export async function openRollouts(
  paths: readonly string[],
  options: OpenOptions = {},
): Promise<RolloutSource> {
  const { once, maxPipe, ...reading } = options;
  let format: string | RolloutFormat | undefined = new RecordReader(reading).format;
  const files: ByteFile[] = [];
  const named: RolloutFile[] = [];
  const close = async (): Promise<void> => {
    for (const file of files) await file.close();
  };
  try {
    const all = paths.flatMap(rolloutFiles);
    refuseTwice(all);
    for (const found of all) {
      files.push(
        await openFile(
          found.path,
          { ...(once === undefined ? {} : { once }), ...(maxPipe === undefined ? {} : { maxPipe }) },
          () => new RecordReader(reading),
        ),
      );
      named.push(found);
    }
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
    for (const [i, file] of files.entries()) {
      const { hasTraces, path } = named[i]!;
      const joined = hasTraces === true ? await joinTraces(path) : (trajectory: Trajectory) => trajectory;
      const told = function* (found: Iterable<Trajectory>): Generator<Trajectory> {
        for (const trajectory of found) yield withStep(joined(trajectory), named[i]!);
      };
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
      for await (const piece of decompressed(file.name, counted())) yield* told(stream.push(piece));
      yield* told(stream.end(files.length > 1));
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
