// Where a command writes: the places its options name, each checked before the work starts; and the end of every command, which
// writes what was found there and prints it.
import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { InputError } from '../base/errors.ts';
import { type Output, type Pieces, prepareOutput } from '../host/output.ts';
import type { Palette } from '../report/tables.ts';
import { paletteOf } from './terminal.ts';

/** What a command has found, in each of its forms. */
export interface Found {
  /** What `--json` writes. */
  readonly document: object;
  /** What is printed for people, made of the tables of the report in the colours of stdout. */
  readonly text: (tables: typeof import('../report/tables.ts'), palette: Palette) => string;
  /** What further options write, such as `--csv`. */
  readonly files?: Readonly<Record<string, () => Iterable<string> | Promise<Iterable<string>>>>;
}

/** The outputs of one command line. */
export class Outputs {
  private readonly byOption = new Map<string, Output>();

  /**
   * @param paths the paths by option (`--json`); undefined where the option was not given
   * @param inputs files that are read and must not be overwritten
   * @throws InputError if a place cannot be written, is named twice, or is an input
   */
  constructor(paths: Readonly<Record<string, string | undefined>>, inputs: readonly string[] = []) {
    const taken = new Map(inputs.map((input) => [realPath(input), 'the input']));
    for (const [option, path] of Object.entries(paths)) {
      if (path === undefined) continue;
      const output = prepareOutput(path);
      const other = taken.get(output.target);
      if (other !== undefined) {
        throw new InputError(`${option}: expected a place of its own, found the same as ${other}`);
      }
      taken.set(output.target, option);
      this.byOption.set(option, output);
    }
  }

  /**
   * The outputs of a command that reads or writes the folders of runs or experiments.
   * @throws InputError as the constructor does, and if a place is a file that such a folder needs
   */
  static async besideRuns(
    paths: Readonly<Record<string, string | undefined>>,
    dirs: readonly string[],
  ): Promise<Outputs> {
    const { ownFiles } = await import('../experiments/run/ownFiles.ts');
    return new Outputs(paths, dirs.flatMap(ownFiles));
  }

  /** Whether stdout is taken by a document, so that nothing else may be written there. */
  get stdoutTaken(): boolean {
    return [...this.byOption.values()].some((output) => output.target === '-');
  }

  /** Ends a command: writes what its options ask for, then prints the text for people, unless stdout has a document. */
  async present({ document, text, files = {} }: Found): Promise<void> {
    const [{ jsonChunks }, tables] = await Promise.all([
      import('../base/json.ts'),
      import('../report/tables.ts'),
    ]);
    await this.write('--json', () => jsonChunks(document));
    for (const [option, pieces] of Object.entries(files)) await this.write(option, pieces);
    await this.print(() => text(tables, paletteOf(process.stdout)));
  }

  /** Writes to the place an option named; does nothing, and makes no pieces, if the option was not given. */
  async write(option: string, pieces: () => Pieces | Promise<Pieces>): Promise<void> {
    await this.byOption.get(option)?.write(await pieces());
  }

  /** Writes a line for people to stdout at once, in the middle of a computation, unless a document is there. */
  say(line: string): void {
    if (!this.stdoutTaken) process.stdout.write(`${line}\n`);
  }

  /** Writes text for people to stdout, unless a document is there. */
  async print(text: () => string): Promise<void> {
    if (!this.stdoutTaken) await prepareOutput('-').write([`${text()}\n`]);
  }
}

function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path);
}
