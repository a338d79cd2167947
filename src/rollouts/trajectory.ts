// One trajectory of somebody's rollouts, whatever file it came from: its tokens, their roles, the log-probs and numbers that were logged.

/** What a token is for. */
export type Role = 'prompt' | 'sample' | 'decision' | 'tool' | 'pad' | 'eos';

/** The roles; a token's role is kept as its place in this list. */
export const ROLES: readonly Role[] = ['prompt', 'sample', 'decision', 'tool', 'pad', 'eos'];

/** Where a trajectory stands in the input. */
export interface Place {
  /** The name of the file as it was given or found; `stdin` for `-`. */
  readonly file: string;
  /** From 1: the line of a text file, the row of a table. */
  readonly line: number;
  /** From 0: which one of several trajectories in that line. Left out where a line holds one. */
  readonly entry?: number;
}

/** A number that the file had as NaN, which JSON does not know; nulls are not listed. */
export interface LoggedNaN {
  /** Such as `samplerLogProbs`. */
  readonly field: string;
  /** The index of the token. */
  readonly token: number;
}

/** An array over tokens, or a column of a batch, that had another length than the others: cut, or filled with NaN at its end. */
export interface LengthMismatch {
  /** Such as `samplerLogProbs`. */
  readonly field: string;
  /** How many entries the file has. */
  readonly found: number;
}

/** The texts of a trajectory, where the file has them. */
export interface Texts {
  readonly prompt?: string;
  /** The prompt as messages, where the file has it so; then `prompt` is their texts joined. */
  readonly promptMessages?: readonly { readonly role: string; readonly content: string }[];
  readonly output?: string;
  /** From how many texts, such as messages, reasoning and calls of tools, the output was joined; 1 if left out. */
  readonly outputParts?: number;
  readonly groundTruth?: string;
}

/**
 * A trajectory. Arrays over tokens have T entries, prompt and padding included. A number that is not there (null, or a position for
 * which there is none) is NaN; ±Infinity stays what it is.
 */
export interface Trajectory {
  readonly place: Place;
  /** T. */
  readonly length: number;
  /** Whether entries are tokens of a model, or words between blanks, which stand in where the file has text only. */
  readonly unit: 'tokens' | 'words';
  /** [T] */
  readonly ids?: Int32Array;
  readonly tokens?: readonly string[];
  /** [T] the place of the token's role in ROLES. */
  readonly roles: Uint8Array;
  /** [T] the attempt that a token belongs to, from 0. Left out where nobody says: then attempts end with decisions. */
  readonly attempt?: Int32Array;
  /** [T] 1 where the token takes part in the loss. */
  readonly mask: Uint8Array;
  /** Whether the file says which tokens take part; otherwise the mask is 1 on what is neither prompt, tool nor padding. */
  readonly isMaskLogged: boolean;
  /** Whether the file says which role each token has. */
  readonly areRolesLogged: boolean;
  /** [T] log π of the policy that is trained. */
  readonly logProbs?: Float64Array;
  /** [T] the same at the start of the step. */
  readonly oldLogProbs?: Float64Array;
  /** [T] the same under the reference. */
  readonly refLogProbs?: Float64Array;
  /** [T] the same as the program says that drew the tokens. */
  readonly samplerLogProbs?: Float64Array;
  /** [T] a critic's values. */
  readonly values?: Float64Array;
  /** [T] what the critic is fitted to. */
  readonly returns?: Float64Array;
  /** [T] rewards by token, where the file has them so. */
  readonly tokenRewards?: Float64Array;
  /** The sum of all rewards; NaN if the file says null. Left out if it has none. */
  readonly reward?: number;
  /** By reward function, unweighted; NaN if one did not score. */
  readonly rewards?: Readonly<Record<string, number>>;
  /** Further numbers by name that the file has of the trajectory, such as a metric. */
  readonly extras?: Readonly<Record<string, number>>;
  readonly correct?: boolean;
  /** As the trainer logged it: one of the trajectory, or [T]. */
  readonly advantage?: number | Float64Array;
  /** [T] w_t = −∂L/∂log π_t as the trainer logged it. */
  readonly weights?: Float64Array;
  /** What the prompt is called; trajectories of one step and one group are compared with each other. */
  readonly group?: string;
  /** The rollout that the trajectory is a part of, where one rollout gives several. */
  readonly rollout?: string;
  readonly step?: number;
  /** Whether it hit the limit of its length. */
  readonly truncated?: boolean;
  /** Whether it failed: an error, or aborted; the text says what the file says of it. */
  readonly failure?: string;
  /** The micro-batch and the rank that it was trained in. */
  readonly microbatch?: number;
  readonly rank?: number;
  /** [T] the version of the policy that drew the token, or the first and the last one of the trajectory. */
  readonly versions?: Float64Array;
  /** The version that was trained on it. */
  readonly trainedVersion?: number;
  readonly texts?: Texts;
  readonly nan?: readonly LoggedNaN[];
  readonly mismatch?: readonly LengthMismatch[];
}
