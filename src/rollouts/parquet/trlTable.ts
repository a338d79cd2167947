// Trajectories from a table of completions as TRL writes it, and how many of its rows were in the table before.
import { InputError } from '../../base/errors.ts';
import type { JsonRecord } from '../../base/fields.ts';
import { showText } from '../../base/show.ts';
import { TRL_COLUMNS, trlFormat } from '../formats/trl.ts';
import { type ReadOptions, RecordReader } from '../read/recordReader.ts';
import type { ReadRollouts } from '../read/stream.ts';
import type { Trajectory } from '../trajectory.ts';
import { type RowDigests, repeatedRows, rowDigest } from './repeats.ts';
import {
  type Codecs,
  type Column,
  type ColumnKind,
  openTable,
  type RandomAccess,
  type Table,
} from './table.ts';

const WANTED: Readonly<Record<(typeof TRL_COLUMNS)[number], readonly [ColumnKind, string]>> = {
  step: ['integer', 'a column of integers'],
  prompt: ['text', 'a column of texts'],
  completion: ['text', 'a column of texts'],
  advantage: ['real', 'a column of real numbers'],
};
const KINDS: Readonly<Record<ColumnKind, string>> = {
  integer: 'integers',
  real: 'real numbers',
  boolean: 'booleans',
  text: 'texts',
  null: 'nulls',
  nested: 'lists or structures',
  other: 'neither numbers nor texts',
};

/** @throws InputError if the table lacks a column, or one holds something else than TRL writes */
function checkColumns(columns: readonly Column[], source: string): void {
  const names = columns.map(({ name }) => showText(name, 40)).join(', ');
  for (const name of TRL_COLUMNS) {
    const column = columns.find((found) => found.name === name);
    const [kind, what] = WANTED[name];
    if (column === undefined) {
      throw new InputError(
        `${showText(source)}: expected the columns ${TRL_COLUMNS.join(', ')}, as TRL writes them, found ${names || 'none'}`,
      );
    }
    if (column.kind !== kind) {
      throw new InputError(`${showText(source)}: ${name}: expected ${what}, found ${KINDS[column.kind]}`);
    }
  }
}

/** Reward functions give real numbers and come first, before the columns of log_extra. */
function rewardColumns(columns: readonly Column[]): string[] {
  const others = columns.filter(({ name }) => !(TRL_COLUMNS as readonly string[]).includes(name));
  const end = others.findIndex(({ kind }) => kind !== 'real');
  return (end < 0 ? others : others.slice(0, end)).map(({ name }) => name);
}

/** The columns that are read: what is nested, or no number, tells nothing that could be used. */
function usedColumns(columns: readonly Column[]): string[] {
  return columns
    .filter(({ kind }) => kind !== 'nested' && kind !== 'other' && kind !== 'null')
    .map(({ name }) => name);
}

/** Trajectories of a table, with what is known once they were read. */
export interface TableRollouts extends ReadRollouts {
  /** Rows at the beginning that the table before had at its end, and that are left out. Complete before the first trajectory. */
  readonly repeated: number;
  /** What stands for the rows of this table, for the one after it; complete before the first trajectory. */
  readonly digests: RowDigests;
}

/** How to read a table. */
export interface TableOptions extends ReadOptions {
  /** The rows of the table before, of which TRL writes some again where it logs more often than it generates. */
  readonly before?: RowDigests;
  /** Further codecs. */
  readonly codecs?: Codecs;
}

/**
 * Reads a table of completions as TRL writes it. It can be gone through once. Where `before` is given the table is gone through twice.
 * @throws InputError if another format is asked for; while one goes through it: a damaged file, a column that is missing or nested, no rows
 */
export function readTableRollouts(
  file: RandomAccess,
  { before, codecs, ...options }: TableOptions,
): TableRollouts {
  const { source, format } = options;
  if (format !== undefined && (typeof format === 'string' ? format : format.name) !== 'trl') {
    throw new InputError(`${showText(source)}: a Parquet table is read as trl, and --format says otherwise`);
  }
  let records = new RecordReader(options);
  let digests: RowDigests = [];
  let repeated = 0;
  return {
    get report() {
      return records;
    },
    get digests() {
      return digests;
    },
    get repeated() {
      return repeated;
    },
    async *[Symbol.asyncIterator](): AsyncGenerator<Trajectory> {
      const table = await openTable(file, source, codecs);
      checkColumns(table.columns, source);
      const names = usedColumns(table.columns);
      records = new RecordReader({ ...options, format: trlFormat(rewardColumns(table.columns)) });
      if (before !== undefined) {
        digests = await digestsOf(table, names);
        repeated = repeatedRows(before, digests);
      }
      let line = 0;
      for await (const row of table.rows(names)) {
        line++;
        if (line > repeated) yield* records.read({ file: source, line }, () => row);
      }
      // A file whose rows were all there before is no mistake.
      if (repeated === 0 || line > repeated) records.end(source);
    },
  };
}

async function digestsOf(table: Table, names: readonly string[]): Promise<string[]> {
  const digests: string[] = [];
  for await (const row of table.rows(names)) digests.push(rowDigest(row as JsonRecord));
  return digests;
}
