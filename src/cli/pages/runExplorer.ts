// The explorer in the report of a run: rollouts that it has logged, at steps spread over it, under its own objective.
import { audit, type Passes } from '../../audit/index.ts';
import { InputError } from '../../base/errors.ts';
import type { RunConfig } from '../../experiments/run/config.ts';
import { loggedSteps } from '../../experiments/run/rollouts.ts';
import { collectExplorer } from '../../explorer/collect.ts';
import { readExplorerScript } from '../../host/explorerScript.ts';
import { openRollouts } from '../../host/rollouts/open.ts';
import { chooseObjective } from '../../objectives/index.ts';
import type { RunRollouts } from '../../report/page/runRollouts.ts';
import { shellWord } from '../repeat.ts';

/** Steps whose rollouts a report has at most, the first and the last among them: reports are kept, and there is one for every run. */
const STEPS = 12;
const LIMITS = { trajectories: 5000, tokens: 250_000 };

/** Some of a list, evenly spread. */
function spread<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, k) => list[Math.round((k * (list.length - 1)) / (most - 1))]!);
}

/** The command lines that a run without rollouts is told. */
export interface RolloutCommands {
  /** The one that repeats the run or goes on with it. */
  readonly train: string;
  readonly hasCheckpoint: boolean;
}

/** What a run without rollouts is told. */
export function noRollouts(
  dir: string,
  { config }: RunConfig,
  { train, hasCheckpoint }: RolloutCommands,
): RunRollouts {
  const learns = [config.base, config.train].some(({ learnsFrom }) => learnsFrom === 'episodes');
  return {
    kind: 'none',
    ...(learns ? { log: `${train} --log-rollouts` } : {}),
    ...(hasCheckpoint ? { draw: `gradsplit attribute ${shellWord(dir)} --report split.html` } : {}),
  };
}

/**
 * The rollouts that a run has logged, for its report. Those that cannot be read are said to be so: the report has more than them.
 * @returns undefined where there are none
 */
export async function runRollouts(dir: string, { config }: RunConfig): Promise<RunRollouts | undefined> {
  const all = loggedSteps(dir);
  // The phases have objectives of their own: the later one is looked at.
  const trained = all.filter(({ step }) => step > config.base.loop.steps);
  const { logged, phase } =
    trained.length > 0 ? { logged: trained, phase: config.train } : { logged: all, phase: config.base };
  if (logged.length === 0) return undefined;
  const steps = spread(logged, STEPS);
  const { objective, options } = chooseObjective(phase.objective, phase.options);
  const chosen = { objective, options, from: 'header' } as const;
  try {
    const source = await openRollouts(steps.map(({ path }) => path));
    try {
      const passes: Passes = () => source.read();
      const read = () => ({ format: 'gradsplit', skipped: 0, unit: 'tokens' as const, components: {} });
      const { findings } = await audit(passes, { chosen, read });
      const data = await collectExplorer(passes, { command: 'train', chosen, findings }, LIMITS);
      return {
        kind: 'shown',
        explorer: { data, script: readExplorerScript() },
        steps: steps.map(({ step }) => step),
        logged: logged.length,
      };
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { kind: 'unreadable', problem: error.message };
  }
}
