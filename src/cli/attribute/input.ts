// What `gradsplit attribute` works on: a model with its episodes or rollouts, and the objective that was asked for.
import type { AttributionSubject, CheckpointSubject } from '../../analyses/attribute/index.ts';
import { InputError } from '../../base/errors.ts';
import { type Options, valueOfText } from '../../base/options.ts';
import { showValue } from '../../base/show.ts';
import type { Objective } from '../../objectives/index.ts';
import type { InTokens } from '../../rollouts/index.ts';
import type { ModelFlags } from './model.ts';

/** The options of the command that say what is read, and under which objective. */
export interface AttributeInputFlags extends ModelFlags {
  readonly rollouts?: string;
  readonly format?: string;
  readonly episodes?: number;
  readonly group?: number;
  readonly objective?: string;
  readonly option?: ReadonlyMap<string, string>;
  readonly decisionTokens?: string;
  readonly decisionPattern?: string;
  readonly boundaries?: string;
  readonly seed: number;
  readonly reference?: string;
  readonly overCheckpoints?: true;
}

/** A model, opened. */
export interface AttributeInput {
  readonly subject: AttributionSubject;
  /** All checkpoints of the run, where that was asked for. */
  readonly checkpoints: readonly CheckpointSubject[];
  /** What tells this input from others; it reads the weights once more. */
  identity(): Readonly<Record<string, unknown>>;
}

/** Episodes where nobody says how many. */
const EPISODES = 256;

/** Episodes of one prompt where neither the run nor the user says. */
const GROUP = 8;

async function objectiveNamed(
  name: string,
  pairs: ReadonlyMap<string, string> | undefined,
  before: Readonly<Record<string, unknown>> = {},
): Promise<{ objective: Objective; options: Options }> {
  const [{ isModulePath, loadObjective }, { chooseObjective }] = await Promise.all([
    import('../../host/loadModule.ts'),
    import('../../objectives/index.ts'),
  ]);
  if (isModulePath(name)) await loadObjective(name);
  const given = Object.fromEntries([...(pairs ?? [])].map(([key, text]) => [key, valueOfText(text)]));
  const { objective, options } = chooseObjective(name, { ...before, ...given });
  return { objective, options };
}

function refuse(flags: AttributeInputFlags, isRun: boolean): void {
  const { rollouts, episodes, option, objective, overCheckpoints, group, chatTemplate, reference } = flags;
  if (reference !== undefined && rollouts === undefined)
    throw new InputError(
      '--reference: expected --rollouts with it; episodes of a run have the reference of the run',
    );
  if (chatTemplate !== undefined && (rollouts === undefined || isRun))
    throw new InputError(
      '--chat-template: expected --rollouts put to a Hugging Face folder; the tasks of runs have no conversations',
    );
  if (rollouts !== undefined && episodes !== undefined)
    throw new InputError('--episodes: expected --rollouts or --episodes, found both');
  if (rollouts !== undefined && overCheckpoints === true)
    throw new InputError('--over-checkpoints: expected episodes drawn at each checkpoint, found --rollouts');
  if (option !== undefined && objective === undefined && rollouts === undefined && !isRun)
    throw new InputError('--option: expected --objective with it, found none');
  if (rollouts === undefined && !isRun)
    throw new InputError(
      "required option '--rollouts <file>' not specified: only the policy of a run can draw episodes itself",
    );
  if (rollouts !== undefined && group !== undefined)
    throw new InputError('--group: expected --episodes with it, found --rollouts');
}

/** A checkpoint of a run, with episodes that its policy draws. */
async function ofRun(dir: string, flags: AttributeInputFlags): Promise<AttributeInput> {
  const [{ readAttributed }, { ownEpisodes }, { disposeState }, { modelHashes }] = await Promise.all([
    import('../../experiments/run/readAttributed.ts'),
    import('../../analyses/attribute/index.ts'),
    import('../../training/index.ts'),
    import('./identity.ts'),
  ]);
  const episodes = flags.episodes ?? EPISODES;
  const { trainer, checkpoints } = await readAttributed(dir, episodes);
  const { train } = trainer.config;
  const isOwn = flags.objective === undefined || flags.objective === train.objective;
  const { objective, options } = await objectiveNamed(
    flags.objective ?? train.objective,
    flags.option,
    isOwn ? train.options : {},
  );
  const group = flags.group ?? (train.learnsFrom === 'episodes' ? train.loop.group : GROUP);
  const { maxTokens } = flags;
  const order = {
    ...{ episodes, group, seed: flags.seed, objective, options },
    ...(maxTokens === undefined ? {} : { maxTokens }),
  };
  const last = checkpoints.at(-1)!;
  return {
    subject: ownEpisodes(trainer, last.load(), last.folder, order),
    checkpoints:
      flags.overCheckpoints === true
        ? checkpoints.map(
            ({ step, folder, load }): CheckpointSubject => ({
              step,
              open: () => {
                const state = load();
                return {
                  phase: state.phase,
                  subject: ownEpisodes(trainer, state, folder, order),
                  dispose: () => disposeAll(state, disposeState),
                };
              },
            }),
          )
        : [],
    identity: () => ({
      checkpoint: last.folder,
      model: modelHashes(last.folder),
      objective: objective.name,
      options,
      episodes,
      group,
      seed: flags.seed,
      maxTokens: maxTokens ?? 'all',
    }),
  };
}

type State = import('../../training/index.ts').TrainingState;

/** Frees all tensors of a state. */
function disposeAll(state: State, dispose: (old: State, kept: State) => void): void {
  dispose(state, { ...state, parameters: {}, optimiser: {}, reference: {} });
}

/** Rollouts of a file, put to a model. */
async function ofRollouts(dir: string, file: string, flags: AttributeInputFlags): Promise<AttributeInput> {
  const [
    { openRollouts },
    { inTokens, labelled, labelRules },
    { responsesOf },
    { fromResponses },
    { modelHashes, trajectoriesHash },
    { isModulePath },
    { openAsked, referenceOf },
  ] = await Promise.all([
    import('../../host/rollouts/open.ts'),
    import('../../rollouts/index.ts'),
    import('../../attribution/index.ts'),
    import('../../analyses/attribute/index.ts'),
    import('./identity.ts'),
    import('../../host/loadModule.ts'),
    import('./model.ts'),
  ]);
  const rules = labelRules(flags);
  const source = await openRollouts([file], {
    once: true,
    ...(flags.format === undefined ? {} : { format: flags.format }),
  });
  try {
    const model = await openAsked(dir, flags);
    const rollouts = source.read();
    const trajectories: InTokens[] = [];
    for await (const trajectory of rollouts) {
      // Rules look at the tokens of the model, and text has none before.
      const tokens = inTokens(trajectory, model.options);
      const { roles, attempt } = labelled(tokens, rules).trajectory;
      trajectories.push({ ...tokens, roles, ...(attempt === undefined ? {} : { attempt }) });
    }
    const { header } = rollouts.report;
    const name = flags.objective ?? header?.objective;
    if (name === undefined)
      throw new InputError("required option '--objective <name>' not specified: the rollouts name none");
    if (flags.objective === undefined && isModulePath(name))
      throw new InputError(
        `the header of the rollouts: expected the name of an objective, found the path ${showValue(name)}, and modules that a file names are never loaded; --objective says it`,
      );
    const before = header?.objective === name ? header.options : {};
    const { objective, options } = await objectiveNamed(name, flags.option, before);
    const { context } = model.network.config;
    const { layout } = model;
    const responses = responsesOf(trajectories, { context, ...(layout === undefined ? {} : { layout }) });
    const { checkpoint, network } = model;
    const reference =
      flags.reference === undefined
        ? undefined
        : await referenceOf(flags.reference, responses, network.config, flags);
    const weights = await model.open(responses, flags);
    return {
      subject: fromResponses(responses, {
        checkpoint,
        network,
        weights,
        objective,
        options,
        ...(flags.maxTokens === undefined ? {} : { maxTokens: flags.maxTokens }),
        ...(reference === undefined ? {} : { reference }),
        files: source.files,
      }),
      checkpoints: [],
      identity: () => ({
        checkpoint,
        model: modelHashes(checkpoint),
        rollouts: trajectoriesHash(trajectories),
        ...(reference === undefined ? {} : { reference: modelHashes(reference.checkpoint) }),
        objective: objective.name,
        options,
        maxTokens: flags.maxTokens ?? 'all',
      }),
    };
  } finally {
    await source.close();
  }
}

/**
 * Opens what the command works on.
 * @param dir a run, one of its checkpoints, or a Hugging Face folder
 * @throws InputError naming the option or the file, and the place in it
 */
export async function openAttributeInput(dir: string, flags: AttributeInputFlags): Promise<AttributeInput> {
  const { isOfRun } = await import('../../experiments/run/readAttributed.ts');
  const isRun = isOfRun(dir);
  refuse(flags, isRun);
  if (flags.rollouts === undefined) return ofRun(dir, flags);
  return ofRollouts(dir, flags.rollouts, flags);
}
