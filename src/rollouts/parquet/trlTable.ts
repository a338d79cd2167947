// Trajectories from a table of completions as TRL writes it, and how many of its rows were in the table before.
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import { TRL_COLUMNS, trlFormat } from '../formats/trl.ts';
import type { RecordReader } from '../read/recordReader.ts';
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

async function digestsOf(table: Table, names: readonly string[]): Promise<string[]> {
  const digests: string[] = [];
  for await (const row of table.rows(names)) digests.push(rowDigest(row));
  return digests;
}

/** Reads tables one after the other into one report: rows that a table repeats from the one before are left out and counted. */
export class TrlTables {
  private readonly records: RecordReader;
  private readonly codecs: Codecs;
  private before: RowDigests = [];

  /** @param codecs further ones */
  constructor(records: RecordReader, codecs: Codecs = {}) {
    this.records = records;
    this.codecs = codecs;
  }

  /**
   * The trajectories of a table. It is gone through twice, since which rows it repeats is known at its end only; 64 bits a row are kept.
   * @throws InputError if another format than trl is asked for, the file is damaged, a column is missing or nested, or there are no rows
   */
  async *read(file: RandomAccess, source: string, isOneOfSeveral = false): AsyncGenerator<Trajectory> {
    const { records } = this;
    if (records.format !== undefined && records.format.name !== 'trl') {
      throw new InputError(
        `${showText(source)}: expected rollouts as ${records.format.name} has them, found Parquet, as trl has them`,
      );
    }
    const table = await openTable(file, source, this.codecs);
    checkColumns(table.columns, source);
    const names = usedColumns(table.columns);
    const digests = await digestsOf(table, names);
    const repeated = repeatedRows(this.before, digests);
    this.before = digests;
    records.format = trlFormat(rewardColumns(table.columns));
    records.repeated += repeated;
    let line = 0;
    for await (const row of table.rows(names)) {
      line++;
      if (line > repeated) yield* records.read({ file: source, line }, () => row);
    }
    // A table whose rows were all in the one before is no mistake.
    if (repeated === 0 || line > repeated) records.endFile(source, isOneOfSeveral);
  }
}
