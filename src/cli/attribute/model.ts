// The models of `gradsplit attribute`: the one that is attributed, and the reference of a penalty.
import type { FromResponses } from '../../analyses/attribute/index.ts';
import type { InfluenceScope, Responses } from '../../attribution/index.ts';
import { InputError } from '../../base/errors.ts';
import { showText } from '../../base/show.ts';
import type { EpisodeLayout } from '../../episodes/index.ts';
import type { Network, WeightSource } from '../../nn/index.ts';
import type { TokenOptions } from '../../rollouts/index.ts';

/** The options of the command that say how models are opened. */
export interface ModelFlags {
  readonly maxTokens?: number;
  readonly influence?: InfluenceScope;
  /** `on`, `off`, or a file. */
  readonly chatTemplate?: string;
}

/** A model that responses of others are put to. */
export interface AskedModel {
  readonly checkpoint: string;
  readonly network: Network;
  /** Reads the weights, for a batch of these responses. @throws InputError if there is not the memory for both */
  open(responses: Responses, flags: ModelFlags): Promise<WeightSource>;
  readonly options: TokenOptions;
  readonly layout?: EpisodeLayout;
}

async function modelOfRun(dir: string): Promise<AskedModel> {
  const [{ readAttributed }, { weightsInMemory }, { vocabularyOf }] = await Promise.all([
    import('../../experiments/run/readAttributed.ts'),
    import('../../nn/index.ts'),
    import('../../rollouts/index.ts'),
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

async function modelOfFolder(dir: string, { chatTemplate }: ModelFlags): Promise<AskedModel> {
  const [{ closedModelFolder }, { hasTokenizer, openTokenizer }] = await Promise.all([
    import('../../host/modelFolder.ts'),
    import('../../host/tokenizer.ts'),
  ]);
  const model = closedModelFolder(dir);
  const isFile = chatTemplate !== 'on' && chatTemplate !== 'off';
  const { network } = model;
  return {
    checkpoint: dir,
    network,
    open: async (responses, flags) => {
      const { checkMemoryFor } = await import('./memory.ts');
      checkMemoryFor(model, responses, flags);
      return model.open();
    },
    options: {
      size: network.config.vocabulary,
      ...(hasTokenizer(dir) || chatTemplate !== undefined
        ? { vocabulary: openTokenizer(dir, isFile ? chatTemplate : undefined) }
        : {}),
      ...(chatTemplate === undefined ? {} : { chat: chatTemplate !== 'off' }),
    },
  };
}

/**
 * Opens a model without its weights.
 * @param dir a run, one of its checkpoints, or a Hugging Face folder
 * @throws InputError naming the file, and the place in it
 */
export async function openAsked(dir: string, flags: ModelFlags): Promise<AskedModel> {
  const { isOfRun } = await import('../../experiments/run/readAttributed.ts');
  return isOfRun(dir) ? modelOfRun(dir) : modelOfFolder(dir, flags);
}

/**
 * The log-probs of another model at the same responses. Its weights are let go before those of the model are read.
 * @param of the sizes of the model
 * @throws InputError if it cannot be read, has other tokens or a shorter context, or its log-probs are not numbers
 */
export async function referenceOf(
  dir: string,
  responses: Responses,
  of: { readonly vocabulary: number },
  flags: ModelFlags,
): Promise<NonNullable<FromResponses['reference']>> {
  const [{ tokenLogProbsOf }, { batchOfResponses }] = await Promise.all([
    import('../../attribution/index.ts'),
    import('../../analyses/attribute/index.ts'),
  ]);
  const { chatTemplate: _, ...own } = flags;
  const { checkpoint, network, open } = await openAsked(dir, own);
  const fail = (what: string): never => {
    throw new InputError(`--reference ${showText(dir)}: ${what}`);
  };
  const { vocabulary, context } = network.config;
  if (vocabulary !== of.vocabulary)
    fail(`expected the ${of.vocabulary} tokens of the model, found ${vocabulary}`);
  const longest = responses.trajectories.reduce((most, { length }) => Math.max(most, length - 1), 0);
  if (longest > context) fail(`expected a context of at least ${longest} tokens, found ${context}`);
  const weights = await open(responses, { ...own, influence: 'none' });
  const logProb = await tokenLogProbsOf(network, weights, batchOfResponses(responses, flags.maxTokens));
  const bad = logProb.findIndex((x) => !Number.isFinite(x));
  if (bad !== -1) fail(`expected log-probs that are numbers, found ${logProb[bad]} at response token ${bad}`);
  return { checkpoint, logProb };
}
