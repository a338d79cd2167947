// What a simulation is told: the objective, the shape of its rollouts, how they are drawn and logged, and which fields the file has.
import type { RawOptions } from '../../objectives/index.ts';

/** How long an attempt is, in tokens. */
export interface LengthLaw {
  readonly kind: 'geometric' | 'uniform' | 'twoModes';
  /** The mean; of the long mode, where there are two. */
  readonly mean: number;
  /** The spread of the means of prompts: each is multiplied by e^{spread·normal}. */
  readonly spread: number;
}

/** One reward function and its weight in the sum. */
export interface RewardPart {
  readonly name: string;
  readonly kind: 'binary' | 'continuous' | 'length' | 'format';
  readonly weight: number;
}

/** The fields that the trajectories have. */
export interface LoggedFields {
  readonly ids: boolean;
  readonly mask: boolean;
  readonly roles: boolean;
  readonly logProbs: boolean;
  readonly oldLogProbs: boolean;
  readonly refLogProbs: boolean;
  readonly samplerLogProbs: boolean;
  readonly values: boolean;
  readonly rewards: boolean;
  readonly correct: boolean;
  readonly advantage: boolean;
  readonly weights: boolean;
  readonly group: boolean;
  readonly step: boolean;
  readonly truncated: boolean;
  readonly microbatch: boolean;
  readonly rank: boolean;
  readonly versions: boolean;
  readonly texts: boolean;
  /** Text dumps: words instead of tokens, and nothing that has an entry for each of them. */
  readonly onlyTexts: boolean;
}

/** All that decides what is simulated. */
export interface SimulationSetting {
  readonly seed: number;
  /** Its name, or one with a trainer’s conventions such as `grpo@verl`. */
  readonly objective: string;
  /** Options that differ from the defaults. */
  readonly options: RawOptions;
  /** From 50 to 500. */
  readonly vocabulary: number;
  /** How large logits are: the scale of context c is between half and twice of it. */
  readonly sharpness: number;
  /** The first step; at step 0 the policy is the reference. */
  readonly firstStep: number;
  readonly steps: number;
  /** Prompts a step, and trajectories a prompt. */
  readonly prompts: number;
  readonly groupSize: number;
  readonly promptLength: number;
  readonly lengths: LengthLaw;
  /** Tokens after the prompt at which a trajectory is cut off. */
  readonly maxLength: number;
  /** Attempts at most; with more than one, every attempt ends with a decision token. */
  readonly attempts: number;
  /** The probability, after each sample token, that a tool speaks. */
  readonly toolRate: number;
  /** Whether the trajectories of a step are padded on the right to one width. */
  readonly isPadded: boolean;
  readonly temperature: number;
  /** What the sampler draws from; its log-probs are those before the cut. */
  readonly topP: number;
  /** The share of tokens whose probabilities under trainer and sampler are off by more than a tenth; 0 for equal log-probs. */
  readonly mismatch: number;
  /** Mini-batches of a step: the policy moves between them. */
  readonly miniBatches: number;
  /** How far one update moves logits: the standard deviation. */
  readonly drift: number;
  /** How many steps the policy that draws is behind the one that is trained. */
  readonly lag: number;
  readonly rewards: readonly RewardPart[];
  /** Trajectories of a micro-batch, and ranks. */
  readonly microbatch: number;
  readonly ranks: number;
  readonly fields: LoggedFields;
}

/** Everything that a trainer could log. */
export const ALL_FIELDS: LoggedFields = {
  ids: true,
  mask: true,
  roles: true,
  logProbs: true,
  oldLogProbs: true,
  refLogProbs: true,
  samplerLogProbs: true,
  values: true,
  rewards: true,
  correct: true,
  advantage: true,
  weights: true,
  group: true,
  step: true,
  truncated: true,
  microbatch: true,
  rank: true,
  versions: true,
  texts: true,
  onlyTexts: false,
};

/** An ordinary run of GRPO: what is left out of a setting is as here. */
export const PLAIN: SimulationSetting = {
  seed: 1,
  objective: 'grpo',
  options: {},
  vocabulary: 100,
  sharpness: 2.5,
  firstStep: 3,
  steps: 1,
  prompts: 6,
  groupSize: 8,
  promptLength: 6,
  lengths: { kind: 'geometric', mean: 30, spread: 0.4 },
  maxLength: 120,
  attempts: 1,
  toolRate: 0,
  isPadded: false,
  temperature: 1,
  topP: 1,
  mismatch: 0.05,
  miniBatches: 1,
  drift: 0.01,
  lag: 0,
  rewards: [{ name: 'correct', kind: 'binary', weight: 1 }],
  microbatch: 4,
  ranks: 2,
  fields: ALL_FIELDS,
};
