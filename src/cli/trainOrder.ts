// What a command line of `gradsplit train` asks for: the folder, the configuration of the run there, and whether it is gone on with.
import { dirname } from 'node:path';
import { InputError } from '../base/errors.ts';
import type { RunConfig } from '../experiments/run/config.ts';
import type { TrainOrder } from '../experiments/train.ts';

/** The options that say what is trained. */
export interface OrderFlags {
  readonly preset?: string;
  readonly config?: string;
  readonly out?: string;
  readonly seed?: number;
  readonly steps?: number;
  readonly set?: ReadonlyMap<string, string>;
  readonly from?: string;
  readonly resume?: true;
}

function checkFlags({ preset, config, out, resume }: OrderFlags): void {
  const isGiven = preset !== undefined || config !== undefined;
  if (resume === true && !isGiven) {
    if (out === undefined) throw new InputError('--resume: expected --out with a run folder, found none');
    return;
  }
  if ((preset === undefined) === (config === undefined)) {
    throw new InputError(
      `train: expected either --preset or --config, found ${isGiven ? 'both' : 'neither'}`,
    );
  }
  if (config !== undefined && out === undefined) {
    throw new InputError('train: expected --out with --config, found none');
  }
}

/** A configuration before `--set`: where it is from, what it says, and the seed unless `--seed` names another. */
interface Given {
  readonly preset: string | null;
  readonly seed: number;
  readonly value: unknown;
  readonly source: string;
}

async function givenBy({ preset, config, out }: OrderFlags): Promise<Given> {
  if (preset !== undefined) {
    const { getPreset } = await import('../training/index.ts');
    return { preset, seed: 0, value: getPreset(preset).config, source: `preset ${preset}` };
  }
  const { showText } = await import('../base/show.ts');
  if (config !== undefined) {
    const { readText } = await import('../host/readFile.ts');
    const { parseJson } = await import('../base/jsonText.ts');
    const { fromFolder } = await import('../host/configPaths.ts');
    const { configOfFile } = await import('../experiments/run/config.ts');
    const file = configOfFile(parseJson(readText(config), showText(config)), showText(config));
    const value = fromFolder(file.config, dirname(config));
    return { preset: null, seed: file.seed ?? 0, value, source: showText(config) };
  }
  const [{ readRunConfig }, { configValue }] = await Promise.all([
    import('../experiments/run/config.ts'),
    import('../training/index.ts'),
  ]);
  const run = await readRunConfig(out!);
  return { preset: run.preset, seed: run.seed, value: configValue(run.config), source: showText(out!) };
}

async function runConfigOf(flags: OrderFlags): Promise<RunConfig> {
  const [{ parseConfig, withEntries }, { loadModules }, { fromFolder }, { withTotalSteps }] =
    await Promise.all([
      import('../training/index.ts'),
      import('../host/loadModule.ts'),
      import('../host/configPaths.ts'),
      import('../experiments/run/sameRun.ts'),
    ]);
  const { preset, seed, value, source } = await givenBy(flags);
  // parseConfig refuses what is not an object, with the file's name.
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const set = flags.set ?? new Map<string, string>();
  const entries = isObject ? fromFolder(withEntries(value as Record<string, unknown>, set), '.') : value;
  await loadModules(entries);
  const config = parseConfig(entries, source);
  return {
    preset,
    seed: flags.seed ?? seed,
    config: flags.steps === undefined ? config : withTotalSteps(config, flags.steps),
  };
}

/**
 * What is trained, and in which folder.
 * @throws InputError if the options do not go together, or the configuration is wrong
 */
export async function trainOrderOf(
  flags: OrderFlags,
): Promise<{ readonly dir: string; readonly order: TrainOrder }> {
  checkFlags(flags);
  const run = await runConfigOf(flags);
  const { out = `runs/${run.preset}-${run.seed}`, from, resume = false } = flags;
  return { dir: out, order: { run, resume, ...(from === undefined ? {} : { from }) } };
}
