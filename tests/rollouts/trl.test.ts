// Tables of completions as TRL writes them: by pandas itself, by another writer in the same shape, and all the ways in which one is wrong.
// The fixtures were written by pandas 3.0.6 with pyarrow 25.0.1, `pandas.DataFrame(columns).to_parquet(path)`, as TRL does; a NaN of the
// frame is a null of the file. nested.parquet has columns that TRL never writes as well, and is packed with Zstandard.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  ByteWriter,
  type ColumnSource,
  ParquetWriter,
  parquetWriteBuffer,
  schemaFromColumnData,
} from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { checkPages } from '../../src/rollouts/parquet/pages.ts';
import { repeatedRows } from '../../src/rollouts/parquet/repeats.ts';
import { openTable, type RandomAccess } from '../../src/rollouts/parquet/table.ts';
import { TrlTables } from '../../src/rollouts/parquet/trlTable.ts';
import { type ReadOptions, RecordReader } from '../../src/rollouts/read/recordReader.ts';
import { ROLES, type Trajectory } from '../../src/rollouts/trajectory.ts';

const fixture = (name: string): Uint8Array => readFileSync(join(import.meta.dirname, 'fixtures', name));

function access(bytes: Uint8Array): RandomAccess {
  return { length: bytes.length, read: (begin, end) => bytes.subarray(begin, end) };
}

/** Reads tables one after the other. */
async function readAll(files: Uint8Array | readonly Uint8Array[], options: ReadOptions = {}) {
  const records = new RecordReader(options);
  const tables = new TrlTables(records);
  const trajectories: Trajectory[] = [];
  for (const bytes of files instanceof Uint8Array ? [files] : files) {
    for await (const trajectory of tables.read(access(bytes), 'c.parquet')) trajectories.push(trajectory);
  }
  return { trajectories, report: records };
}

interface Shape {
  readonly rows?: number;
  readonly step?: number;
  /** The number of the first completion. */
  readonly first?: number;
  readonly without?: string;
  readonly more?: ColumnSource[];
  readonly rowGroupSize?: number;
}

/** A table in TRL's shape: groups of 4, two reward functions. */
function table({
  rows = 12,
  step = 10,
  first = 0,
  without = '',
  more = [],
  rowGroupSize,
}: Shape = {}): Uint8Array {
  const list = <T>(f: (i: number) => T): T[] => Array.from({ length: rows }, (_, i) => f(first + i));
  const columnData: ColumnSource[] = [
    { name: 'step', data: list(() => BigInt(step)), type: 'INT64' },
    { name: 'prompt', data: list((i) => `question ${Math.floor(i / 4)}`), type: 'STRING' },
    { name: 'completion', data: list((i) => `so it is ${i}`), type: 'STRING' },
    { name: 'accuracy', data: list((i) => (i % 3 === 0 ? 1 : 0)), type: 'DOUBLE' },
    { name: 'format', data: list((i) => (i % 2 === 0 ? null : 0.5)), type: 'DOUBLE', nullable: true },
    { name: 'advantage', data: list((i) => (i % 2 === 0 ? 1 : -1)), type: 'DOUBLE' },
  ];
  const kept = columnData.filter(({ name }) => name !== without);
  kept.splice(-1, 0, ...more);
  return new Uint8Array(
    parquetWriteBuffer({ columnData: kept, ...(rowGroupSize === undefined ? {} : { rowGroupSize }) }),
  );
}

describe('what pandas wrote', () => {
  test('is read: texts, rewards by function, further numbers, groups', async () => {
    const { trajectories, report } = await readAll(fixture('completions_00010.parquet'));
    expect(trajectories.length).toBe(16);
    const [first, second] = trajectories as [Trajectory, Trajectory];
    expect(first.texts).toEqual({ prompt: 'What is 0+1?', output: 'It is 0. Gr\u00f6\u00dfe' });
    expect(first.rewards).toEqual({ accuracy_reward: 1, format_reward: Number.NaN });
    expect(first.reward).toBe(1);
    expect([second.rewards, second.reward]).toEqual([{ accuracy_reward: 0, format_reward: 0.25 }, 0.25]);
    expect(first.extras).toEqual({ length: 0 });
    expect([first.step, first.advantage, first.unit]).toEqual([10, 1, 'words']);
    expect(first.tokens).toEqual(['What', 'is', '0+1?', 'It', 'is', '0.', 'Gr\u00f6\u00dfe']);
    expect(Array.from(first.roles, (role) => ROLES[role])).toEqual([
      ...['prompt', 'prompt', 'prompt'],
      ...['sample', 'sample', 'sample', 'sample'],
    ]);
    const groups = trajectories.map(({ group }) => group);
    expect(new Set(groups).size).toBe(4);
    expect(groups.map((group) => groups.indexOf(group))).toEqual([
      0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12,
    ]);
    expect(report.format?.name).toBe('trl');
    expect(trajectories.map(({ place }) => place.line)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
  });

  test('may have columns that say nothing: lists, structures, times, nulls; packed with Zstandard', async () => {
    const { trajectories } = await readAll(fixture('nested.parquet'));
    expect(trajectories.length).toBe(16);
    expect(trajectories[0]!.extras).toEqual({ length: 0, flag: 1 });
    expect(Object.keys(trajectories[0]!.rewards!)).toEqual(['accuracy_reward', 'format_reward']);
  });
});

test('row groups are read one after the other, and never more of the file than one', async () => {
  const bytes = table({ rows: 1000, rowGroupSize: 50 });
  let largest = 0;
  let reads = 0;
  const file: RandomAccess = {
    length: bytes.length,
    read(begin, end) {
      // The first read is that of the footer.
      if (reads++ > 0) largest = Math.max(largest, end - begin);
      return bytes.subarray(begin, end);
    },
  };
  const table_ = await openTable(file, 'c.parquet');
  const outputs: unknown[] = [];
  let readsAtFirst = 0;
  for await (const { completion } of table_.rows(['completion'])) {
    if (outputs.length === 0) readsAtFirst = reads;
    outputs.push(completion);
  }
  expect(outputs).toEqual(Array.from({ length: 1000 }, (_, i) => `so it is ${i}`));
  expect(readsAtFirst).toBeLessThan(reads / 10);
  expect(largest).toBeLessThan(bytes.length / 10);
});

test('integers and what follows them are further numbers and no rewards', async () => {
  const more: ColumnSource[] = [
    { name: 'length', data: Array.from({ length: 12 }, (_, i) => i), type: 'INT32' },
    { name: 'answer', data: Array.from({ length: 12 }, String), type: 'STRING' },
    { name: 'score', data: Array.from({ length: 12 }, (_, i) => i / 2), type: 'DOUBLE' },
  ];
  const { trajectories } = await readAll(table({ more }));
  expect(trajectories[3]!.rewards).toEqual({ accuracy: 1, format: 0.5 });
  expect(trajectories[3]!.extras).toEqual({ length: 3, score: 1.5 });
});

describe('rows that the file before has at its end', () => {
  test('are left out and counted, though their step is another', async () => {
    const { trajectories, report } = await readAll([table({ step: 10 }), table({ step: 11, first: 4 })]);
    expect(report.repeated).toBe(8);
    const again = trajectories.slice(12);
    expect(again.map(({ texts }) => texts!.output)).toEqual([12, 13, 14, 15].map((i) => `so it is ${i}`));
    expect([again[0]!.place.line, again[0]!.step]).toEqual([9, 11]);
  });

  test('may be all rows; a file without any of them keeps its own', async () => {
    const all = await readAll([table(), table({ step: 12 }), table({ first: 12 })]);
    expect([all.report.repeated, all.trajectories.length]).toEqual([12, 24]);
  });

  test('are the longest run: an end of one file that is a beginning of the next', () => {
    const naive = (before: string[], rows: string[]): number =>
      Array.from({ length: Math.min(before.length, rows.length) + 1 }, (_, m) => m).findLast(
        (m) => before.slice(before.length - m).join() === rows.slice(0, m).join(),
      )!;
    const letters = fc.array(fc.constantFrom('a', 'b'), { maxLength: 12 });
    fc.assert(fc.property(letters, letters, (a, b) => repeatedRows(a, b) === naive(a, b)));
  });
});

describe('a table that is none of TRL is refused, with the place', () => {
  const refused = async (bytes: Uint8Array, message: string | RegExp, options: ReadOptions = {}) =>
    expect(readAll(bytes, options)).rejects.toThrow(message);

  test('missing columns, and columns of another kind', async () => {
    await refused(
      table({ without: 'advantage' }),
      'c.parquet: expected the columns step, prompt, completion, advantage, as TRL writes them, found step, prompt, completion, accuracy, format',
    );
    const wrong = (name: string, data: ColumnSource): Uint8Array => table({ without: name, more: [data] });
    const twelve = <T>(x: T): T[] => new Array<T>(12).fill(x);
    await refused(
      wrong('prompt', { name: 'prompt', data: twelve(1.5), type: 'DOUBLE' }),
      'c.parquet: prompt: expected a column of texts, found real numbers',
    );
    await refused(
      wrong('step', { name: 'step', data: twelve('1'), type: 'STRING' }),
      'c.parquet: step: expected a column of integers, found texts',
    );
  });

  test('a nested column', async () => {
    const schema = [
      { name: 'root', num_children: 4 },
      { name: 'step', type: 'INT64', repetition_type: 'REQUIRED' },
      { name: 'prompt', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      { name: 'completion', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      { name: 'advantage', type: 'DOUBLE', repetition_type: 'REQUIRED' },
    ] as const;
    const columnData: ColumnSource[] = [
      { name: 'step', data: [1n] },
      { name: 'prompt', data: [['a', 'b']] },
      { name: 'completion', data: ['c'] },
      { name: 'advantage', data: [1] },
    ];
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData, schema: [...schema] }));
    await refused(bytes, 'c.parquet: prompt: expected a column of texts, found lists or structures');
  });

  test('a null where a text belongs, and an integer that no number holds', async () => {
    const texts = [...new Array<string>(11).fill('x'), null];
    await refused(
      table({
        without: 'completion',
        more: [{ name: 'completion', data: texts, type: 'STRING', nullable: true }],
      }),
      'c.parquet: line 12: completion: expected a text, found null',
    );
    await refused(
      table({ more: [{ name: 'big', data: new Array<bigint>(12).fill(2n ** 60n), type: 'INT64' }] }),
      'c.parquet: line 1: big: expected an integer below 2^53, found 1152921504606846976',
    );
  });

  test('no rows, too few bytes, another format', async () => {
    await refused(table({ rows: 0 }), 'c.parquet: expected rollouts, found nothing');
    await refused(new Uint8Array(0), 'c.parquet: expected a Parquet file, found 0 bytes, too few for one');
    await refused(
      table(),
      'c.parquet: expected rollouts as rollouts@1 has them, found Parquet, as trl has them',
      { format: 'rollouts@1' },
    );
  });

  test('a footer that is cut or damaged', async () => {
    const bytes = table();
    await refused(
      bytes.subarray(0, bytes.length - 1),
      /^c\.parquet: the footer of the Parquet file is missing or damaged/,
    );
    await refused(bytes.subarray(0, 100), /^c\.parquet: the footer/);
    const long = Uint8Array.from(bytes);
    long.set([255, 255, 255, 127], bytes.length - 8);
    await refused(long, /^c\.parquet: the footer/);
  });

  test('pages that are damaged, with the row', async () => {
    const bytes = table({ rows: 400, rowGroupSize: 100 });
    bytes.fill(255, 4, 400);
    await refused(bytes, /^c\.parquet: the Parquet file cannot be read from row 1 on: /);
  });

  // A few bytes would keep the reader busy for hours.
  test('row groups that are the same bytes again and again, or have rows without number', async () => {
    const prompts = ['a', 'b'].map((x) => Array.from({ length: 999 }, (_, k) => x + k).join(''));
    const again = (count: number, rows: bigint): Uint8Array => {
      const writer = new ByteWriter();
      const columnData: ColumnSource[] = [{ name: 'prompt', data: prompts, type: 'STRING' }];
      const whole = new ParquetWriter({ writer, schema: schemaFromColumnData({ columnData }) });
      whole.write({ columnData });
      const [group] = whole.row_groups;
      const column = group!.columns[0]!;
      const own = { ...column, meta_data: { ...column.meta_data!, num_values: rows } };
      whole.row_groups = Array.from({ length: count }, () => ({ ...group!, num_rows: rows, columns: [own] }));
      whole.num_rows = rows * BigInt(count);
      whole.finish();
      return new Uint8Array(writer.getBuffer());
    };
    await expect(openTable(access(again(1, 2n)), 'c.parquet')).resolves.toMatchObject({ rowCount: 2 });
    await refused(
      again(100, 2n),
      /^c\.parquet: the footer of the Parquet file is damaged: its columns have \d+ bytes, the file/,
    );
    await refused(again(20, 2n ** 24n), /damaged: it has 335544320 rows; expected at most 268435456$/);
  });

  // Without the check of pages the reader follows these for ever.
  test.each([
    [29, 71, 'page 1 has undefined bytes'],
    [36, 34, 'page 1'],
  ])('a header of a page that would have no end: byte %i is %i', async (at, to, message) => {
    const bytes = table();
    bytes[at] = to;
    await refused(
      bytes,
      new RegExp(`^c\\.parquet: the Parquet file cannot be read from row 1 on: ${message}`),
    );
  });

  // Each page is small enough, all of them would be held at once.
  test('a column that has more than 2 GiB once it is unpacked, in a file of a few hundred bytes', async () => {
    // A PageHeader in Thrift's compact form: a data page of 2 values, 2^28 bytes unpacked, one byte packed; and that byte.
    const sizes = [0x15, 0, 0x15, 0x80, 0x80, 0x80, 0x80, 2, 0x15, 2];
    const page = [...sizes, 0x2c, 0x15, 4, 0x15, 0, 0x15, 6, 0x15, 6, 0, 0, 0];
    const pages = (count: number): Uint8Array =>
      Uint8Array.from(new Array<number[]>(count).fill(page).flat());
    expect(() => checkPages(pages(8), 2)).not.toThrow();
    const writer = new ByteWriter();
    const columnData: ColumnSource[] = [{ name: 'prompt', data: ['a', 'b'], type: 'STRING' }];
    const whole = new ParquetWriter({ writer, schema: schemaFromColumnData({ columnData }) });
    whole.write({ columnData });
    const [group] = whole.row_groups;
    const column = group!.columns[0]!;
    const { dictionary_page_offset: _, ...known } = column.meta_data!;
    const begin = BigInt(writer.offset);
    const size = BigInt(9 * page.length);
    writer.appendBytes(pages(9));
    const meta_data = { ...known, data_page_offset: begin, total_compressed_size: size };
    whole.row_groups = [{ ...group!, columns: [{ ...column, meta_data }] }];
    whole.finish();
    const bytes = new Uint8Array(writer.getBuffer());
    expect(bytes.length).toBeLessThan(1000);
    const table_ = await openTable(access(bytes), 'c.parquet');
    const read = async (): Promise<void> => {
      for await (const _ of table_.rows(['prompt'])) break;
    };
    await expect(read()).rejects.toThrow(
      'c.parquet: the Parquet file cannot be read from row 1 on: its first 9 pages have 2415919104 bytes once unpacked; expected at most 2147483648',
    );
  });

  test('any byte changed: an InputError or rows, and nothing else is ever thrown', async () => {
    for (const bytes of [table(), fixture('completions_00010.parquet'), fixture('nested.parquet')]) {
      const change = fc.record({ at: fc.nat(bytes.length - 1), to: fc.nat(255) });
      await fc.assert(
        fc.asyncProperty(change, async ({ at, to }) => {
          const damaged = Uint8Array.from(bytes);
          damaged[at] = to;
          await readAll(damaged).catch((error: unknown) => expect(error).toBeInstanceOf(InputError));
        }),
        { numRuns: 60 },
      );
    }
  });
});
