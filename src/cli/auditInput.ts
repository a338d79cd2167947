// What `gradsplit audit` works on: rollouts that can be read again and again, labelled, and the objectives that were asked for.
import type { AuditOptions, ChosenObjective, Passes } from '../audit/index.ts';
import { InputError } from '../base/errors.ts';
import { valueOfText } from '../base/options.ts';
import { showText, showValue } from '../base/show.ts';
import type { RolloutSource } from '../host/rollouts/open.ts';
import type { LabelCounts } from '../rollouts/index.ts';
import {
  addCounts,
  type Header,
  labelled,
  labelRules,
  type ReadReport,
  type Trajectory,
} from '../rollouts/index.ts';
import { byteProgress } from './byteProgress.ts';

/** The options of the command that say what is read, and under which objective. */
export interface AuditInputFlags {
  readonly format?: string;
  readonly objective?: string;
  readonly option?: ReadonlyMap<string, string>;
  readonly against?: string;
  readonly againstOption?: ReadonlyMap<string, string>;
  readonly decisionTokens?: string;
  readonly decisionPattern?: string;
  readonly boundaries?: string;
  readonly skipBad?: true;
  /** In MB. */
  readonly maxPipe?: number;
}

/** Rollouts and what is asked of them. */
export interface AuditInput {
  readonly passes: Passes;
  readonly options: AuditOptions;
  close(): Promise<void>;
}

/** Reads passes; keeps what the last one has found out. */
class LabelledPasses {
  private readonly source: RolloutSource;
  private readonly rules: ReturnType<typeof labelRules>;
  private readonly onProgress: NonNullable<Parameters<RolloutSource['read']>[0]>;
  private counts: LabelCounts = {};
  private report: ReadReport | undefined;
  private unit: Trajectory['unit'] = 'tokens';

  constructor(
    source: RolloutSource,
    rules: ReturnType<typeof labelRules>,
    onProgress: NonNullable<Parameters<RolloutSource['read']>[0]>,
  ) {
    this.source = source;
    this.rules = rules;
    this.onProgress = onProgress;
  }

  /** One pass. */
  async *read(): AsyncGenerator<Trajectory> {
    const rollouts = this.source.read(this.onProgress);
    this.report = rollouts.report;
    let counts: LabelCounts = {};
    for await (const trajectory of rollouts) {
      const { trajectory: named, counts: more } = labelled(trajectory, this.rules);
      counts = addCounts(counts, more);
      this.unit = named.unit;
      yield named;
    }
    this.counts = counts;
  }

  /** What the rollouts say once for all of them; reads no further than the first trajectory. */
  async header(): Promise<Header | undefined> {
    for await (const _ of this.read()) break;
    return this.report?.header;
  }

  /** What was read, after a whole pass. */
  get whatWasRead(): ReturnType<AuditOptions['read']> {
    return {
      format: this.report?.format?.name ?? '',
      skipped: this.report?.skipped ?? 0,
      unit: this.unit,
      components: { ...this.counts },
    };
  }
}

async function chosenFrom(
  name: string,
  given: Readonly<Record<string, unknown>>,
  from: ChosenObjective['from'],
): Promise<ChosenObjective> {
  const [{ isModulePath, loadObjective }, { chooseObjective }] = await Promise.all([
    import('../host/loadModule.ts'),
    import('../objectives/index.ts'),
  ]);
  if (isModulePath(name)) await loadObjective(name);
  const { objective, options, trainer } = chooseObjective(name, given);
  return { objective, options, from, ...(trainer === undefined ? {} : { trainer }) };
}

function given(pairs: ReadonlyMap<string, string> | undefined): Record<string, unknown> {
  return Object.fromEntries([...(pairs ?? [])].map(([key, text]) => [key, valueOfText(text)]));
}

function refuse(flags: AuditInputFlags): void {
  if (flags.option !== undefined && flags.objective === undefined)
    throw new InputError('--option: expected --objective with it, found none');
  if (flags.objective === 'auto' && flags.option !== undefined)
    throw new InputError(
      '--option: expected the name of an objective with it, found --objective auto, which fits them',
    );
  if (flags.againstOption !== undefined && flags.against === undefined)
    throw new InputError('--against-option: expected --against with it, found none');
}

/** The fits that are listed, of those that can be told apart. */
const MOST_FITS = 10;

/** The objective that explains best what was logged, and how well others do. */
async function fitted(passes: LabelledPasses): Promise<Pick<AuditOptions, 'chosen' | 'fit'>> {
  const [{ fitObjective, toldApart }, { columnMemory }] = await Promise.all([
    import('../audit/index.ts'),
    import('./columnMemory.ts'),
  ]);
  const { memory, close } = columnMemory();
  const fits = await fitObjective(() => passes.read(), { memory }).finally(close);
  const best = fits[0];
  if (best === undefined)
    throw new InputError(
      '--objective auto: expected logged advantages or weights to explain, found neither; --objective NAME says the objective',
    );
  const { objective, options, trainer, clip } = best;
  return {
    chosen: {
      objective,
      options,
      from: 'fit',
      ...(trainer === undefined ? {} : { trainer }),
      ...(clip === undefined ? {} : { clip }),
    },
    fit: toldApart(fits)
      .slice(0, MOST_FITS)
      .map((fit) => ({
        objective: fit.name,
        options: fit.options,
        misfit: fit.misfit,
        equivalentTo: fit.equivalentTo,
      })),
  };
}

/** The objective: as the user says, as the header of the rollouts does, or the one that explains them best. */
async function objectiveOf(
  passes: LabelledPasses,
  { objective, option }: AuditInputFlags,
): Promise<Pick<AuditOptions, 'chosen' | 'fit'>> {
  if (objective === 'auto') {
    return fitted(passes);
  }
  const header = await passes.header();
  if (objective !== undefined) {
    // The options that the rollouts were made with, where it is the objective that they name.
    const before = header?.objective === objective ? header.options : {};
    return { chosen: await chosenFrom(objective, { ...before, ...given(option) }, 'user') };
  }
  if (header?.objective === undefined) return {};
  const { isModulePath } = await import('../host/loadModule.ts');
  // A module is a program, and rollouts come from anywhere: only the user says which programs run.
  if (isModulePath(header.objective))
    throw new InputError(
      `the header of the rollouts: expected the name of an objective, found the path ${showValue(header.objective)}, and modules that a file names are never loaded; --objective says it`,
    );
  try {
    return { chosen: await chosenFrom(header.objective, header.options ?? {}, 'header') };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`the header of the rollouts: ${error.message}; --objective says another one`);
  }
}

/**
 * Opens what is audited.
 * @throws InputError for files that cannot be read, options that do not fit, an unknown objective
 */
export async function openAuditInput(paths: readonly string[], flags: AuditInputFlags): Promise<AuditInput> {
  refuse(flags);
  if (paths.length === 0)
    throw new InputError('expected files of rollouts, the folder of a run, or - for stdin; found none');
  const { format, skipBad = false, decisionTokens, decisionPattern, boundaries, maxPipe } = flags;
  const rules = labelRules({
    ...(decisionTokens === undefined ? {} : { decisionTokens }),
    ...(decisionPattern === undefined ? {} : { decisionPattern }),
    ...(boundaries === undefined ? {} : { boundaries }),
  });
  const against =
    flags.against === undefined
      ? undefined
      : await chosenFrom(flags.against, given(flags.againstOption), 'user');
  const { openRollouts } = await import('../host/rollouts/open.ts');
  const source = await openRollouts(paths, {
    ...(format === undefined ? {} : { format }),
    ...(maxPipe === undefined ? {} : { maxPipe: 1e6 * maxPipe }),
    skipBad,
  });
  const { columnMemory } = await import('./columnMemory.ts');
  const columns = columnMemory();
  const progress = await byteProgress();
  const passes = new LabelledPasses(source, rules, (where) => progress.update(where));
  const close = async (): Promise<void> => {
    progress.stop();
    columns.close();
    await source.close();
  };
  try {
    const found = await objectiveOf(passes, flags);
    if (against !== undefined && found.chosen === undefined)
      throw new InputError(
        `--against ${showText(flags.against!, 40)}: expected --objective with it, found none`,
      );
    return {
      passes: () => passes.read(),
      options: {
        ...found,
        ...(against === undefined ? {} : { against }),
        memory: columns.memory,
        read: () => passes.whatWasRead,
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
