// What `gradsplit attribute` works on: a model with its episodes or rollouts, and the objective that was asked for.
import type { AttributionSubject, CheckpointSubject } from '../analyses/attribute/index.ts';
import type { InfluenceScope, Responses } from '../attribution/index.ts';
import { InputError } from '../base/errors.ts';
import { type Options, valueOfText } from '../base/options.ts';
import { showValue } from '../base/show.ts';
import type { EpisodeLayout } from '../episodes/index.ts';
import type { Network, WeightSource } from '../nn/index.ts';
import type { Objective } from '../objectives/index.ts';
import type { InTokens, TokenOptions } from '../rollouts/index.ts';

/** The options of the command that say what is read, and under which objective. */
export interface AttributeInputFlags {
  readonly rollouts?: string;
  readonly format?: string;
  readonly episodes?: number;
  readonly group?: number;
  readonly objective?: string;
  readonly option?: ReadonlyMap<string, string>;
  readonly decisionTokens?: string;
  readonly decisionPattern?: string;
  readonly boundaries?: string;
  readonly maxTokens?: number;
  readonly seed: number;
  readonly overCheckpoints?: true;
  readonly influence?: InfluenceScope;
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
    import('../host/loadModule.ts'),
    import('../objectives/index.ts'),
  ]);
  if (isModulePath(name)) await loadObjective(name);
  const given = Object.fromEntries([...(pairs ?? [])].map(([key, text]) => [key, valueOfText(text)]));
  const { objective, options } = chooseObjective(name, { ...before, ...given });
  return { objective, options };
}

function refuse(flags: AttributeInputFlags, isRun: boolean): void {
  const { rollouts, episodes, option, objective, overCheckpoints, group } = flags;
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
    import('../experiments/run/readAttributed.ts'),
    import('../analyses/attribute/index.ts'),
    import('../training/index.ts'),
    import('./attributeIdentity.ts'),
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

type State = import('../training/index.ts').TrainingState;

/** Frees all tensors of a state. */
function disposeAll(state: State, dispose: (old: State, kept: State) => void): void {
  dispose(state, { ...state, parameters: {}, optimiser: {}, reference: {} });
}

/** A model that responses of others are put to. */
interface AskedModel {
  readonly checkpoint: string;
  readonly network: Network;
  /** Reads the weights, for a batch of these responses. @throws InputError if there is not the memory for both */
  open(responses: Responses, flags: AttributeInputFlags): Promise<WeightSource>;
  readonly options: TokenOptions;
  readonly layout?: EpisodeLayout;
}

async function modelOfRun(dir: string): Promise<AskedModel> {
  const [{ readAttributed }, { weightsInMemory }, { vocabularyOf }] = await Promise.all([
    import('../experiments/run/readAttributed.ts'),
    import('../nn/index.ts'),
    import('../rollouts/index.ts'),
  ]);
  const { trainer, checkpoints } = await readAttributed(dir, 1);
  const last = checkpoints.at(-1)!;
  const vocabulary = vocabularyOf(trainer.task.tokens.names, 'the task of the run');
  return {
    checkpoint: last.folder,
    network: trainer.model,
    open: async () => weightsInMemory(last.load().parameters),
    options: { vocabulary, keepsPadding: true, size: trainer.layout.vocabulary },
    layout: trainer.layout,
  };
}

async function modelOfFolder(dir: string): Promise<AskedModel> {
  const [{ closedModelFolder }, { hasTokenizer, openTokenizer }] = await Promise.all([
    import('../host/modelFolder.ts'),
    import('../host/tokenizer.ts'),
  ]);
  const model = closedModelFolder(dir);
  const { network } = model;
  return {
    checkpoint: dir,
    network,
    open: async (responses, flags) => {
      const { checkMemoryFor } = await import('./attributeMemory.ts');
      checkMemoryFor(model, responses, flags);
      return model.open();
    },
    options: {
      size: network.config.vocabulary,
      ...(hasTokenizer(dir) ? { vocabulary: openTokenizer(dir) } : {}),
    },
  };
}

/** Rollouts of a file, put to a model. */
async function ofRollouts(
  dir: string,
  file: string,
  isRun: boolean,
  flags: AttributeInputFlags,
): Promise<AttributeInput> {
  const [
    { openRollouts },
    { inTokens, labelled, labelRules },
    { responsesOf },
    { fromResponses },
    { modelHashes, trajectoriesHash },
    { isModulePath },
  ] = await Promise.all([
    import('../host/rollouts/open.ts'),
    import('../rollouts/index.ts'),
    import('../attribution/index.ts'),
    import('../analyses/attribute/index.ts'),
    import('./attributeIdentity.ts'),
    import('../host/loadModule.ts'),
  ]);
  const rules = labelRules(flags);
  const source = await openRollouts([file], {
    once: true,
    ...(flags.format === undefined ? {} : { format: flags.format }),
  });
  try {
    const model = await (isRun ? modelOfRun(dir) : modelOfFolder(dir));
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
    const weights = await model.open(responses, flags);
    return {
      subject: fromResponses(responses, {
        checkpoint,
        network,
        weights,
        objective,
        options,
        ...(flags.maxTokens === undefined ? {} : { maxTokens: flags.maxTokens }),
        files: source.files,
      }),
      checkpoints: [],
      identity: () => ({
        checkpoint,
        model: modelHashes(checkpoint),
        rollouts: trajectoriesHash(trajectories),
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
  const { isOfRun } = await import('../experiments/run/readAttributed.ts');
  const isRun = isOfRun(dir);
  refuse(flags, isRun);
  if (flags.rollouts === undefined) return ofRun(dir, flags);
  return ofRollouts(dir, flags.rollouts, isRun, flags);
}
