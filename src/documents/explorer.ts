// What the explorer of a report shows: trajectories column by column, with everything from which their weights follow. Commands fill it
// in, src/explorer packs it into a page and reads it there.

/** An objective with its options complete, by the name that `chooseObjective` takes. */
export interface ExplorerObjective {
  readonly name: string;
  readonly options: Readonly<Record<string, number | string | boolean | readonly number[]>>;
}

/** N trajectories with T tokens in all; arrays are [N] unless said otherwise. A number that is not there is NaN. */
export interface ExplorerTrajectories {
  /** [N + 1] the tokens of trajectory i are offsets[i] … offsets[i + 1] − 1, prompt and padding included. */
  readonly offsets: Int32Array;
  /** Its place in `files`, and its line there from 1. */
  readonly file: Int32Array;
  readonly line: Int32Array;
  /** Its place in `groups`; −1 without a group. */
  readonly group: Int32Array;
  /** The step whose batch it is in; NaN where all are one batch. */
  readonly step: Float64Array;
  readonly reward: Float64Array;
  /** By reward function. */
  readonly rewards: Readonly<Record<string, Float64Array>>;
  /** A_i as the trainer logged it, one number for the trajectory. */
  readonly advantage: Float64Array;
  /** 1 correct, 0 wrong, 2 nobody says. */
  readonly correct: Uint8Array;
  /** 1 where it hit the limit of its length. */
  readonly truncated: Uint8Array;
  /** ‖∇ of its part of the objective‖, and the cosine of that gradient with that of the batch. */
  readonly norm?: Float64Array;
  readonly alignment?: Float64Array;
}

/** The T tokens; arrays are [T]. A log-prob that is not there is NaN; a column that nobody has is left out. */
export interface ExplorerTokens {
  /** Its place in `texts`. */
  readonly text: Int32Array;
  /** The place of its role in ROLES: prompt, sample, decision, tool, pad, eos. */
  readonly role: Uint8Array;
  /** 1 where the token takes part in the loss. */
  readonly mask: Uint8Array;
  /** The attempt that it belongs to, from 0. */
  readonly attempt: Int32Array;
  readonly logProb?: Float64Array;
  readonly oldLogProb?: Float64Array;
  readonly refLogProb?: Float64Array;
  readonly samplerLogProb?: Float64Array;
  /** A critic's values. */
  readonly value?: Float64Array;
  /** A_t as logged, where a trainer logs one for every token; NaN on trajectories that have a single number. */
  readonly advantage?: Float64Array;
  /** w_t as the trainer logged it. */
  readonly loggedWeight?: Float64Array;
  /** w_t of `objective` by term of the loss, for an objective that the page cannot compute by itself, such as one of the user's. */
  readonly weights?: Readonly<Record<string, Float64Array>>;
}

/** What the parameters say of each token and label; a label is a component × a term, such as `decision/kl`. */
export interface ExplorerInfluence {
  /** L labels. */
  readonly labels: readonly string[];
  /** G groups of parameters, in the order of the network. */
  readonly groups: readonly string[];
  /** [L][G] the norm of the gradient of a label in a group. */
  readonly norm: readonly (readonly number[])[];
  /** [T] ⟨∇log π_t, g⟩ for g the whole gradient; NaN on tokens that are no response, [] where influence was not asked for. */
  readonly total: Float64Array;
  /** [G] of [T]: the same for the part of g in a group, of all labels; none where it was not asked for. */
  readonly onGroup: readonly Float64Array[];
  /** [L] of [T]: the same for the gradient of a label, in all groups; none where it was not asked for. */
  readonly onLabel: readonly Float64Array[];
  /** [L][G] of [T]: the same for the gradient of a label in a group; none where the report does not have it. */
  readonly onPair: readonly (readonly Float64Array[])[];
}

/** The decisions, [D] each: the probabilities that the policy gave to both, before it drew one. */
export interface ExplorerDecisions {
  /** The last token of the decision, as its place among all T. */
  readonly token: Int32Array;
  readonly stop: Float64Array;
  readonly resample: Float64Array;
}

/** Tokens from … to − 1 of a trajectory, counted within it. */
export interface ExplorerSpan {
  readonly trajectory: number;
  readonly from: number;
  readonly to: number;
}

/** A finding with the places that it rests on, of the trajectories that are here. */
export interface ExplorerFinding {
  readonly code: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly spans: readonly ExplorerSpan[];
}

/** Everything that the explorer shows. */
export interface ExplorerData {
  /** The command whose report it is in, such as `audit`. */
  readonly command: string;
  readonly unit: 'tokens' | 'words';
  /** The objective that the report is about; undefined where nobody says. */
  readonly objective?: ExplorerObjective;
  /** The one that it is compared with. */
  readonly against?: ExplorerObjective;
  /** Names of files and of groups, and the different texts of tokens. */
  readonly files: readonly string[];
  readonly groups: readonly string[];
  readonly texts: readonly string[];
  readonly trajectories: ExplorerTrajectories;
  readonly tokens: ExplorerTokens;
  readonly decisions: ExplorerDecisions;
  readonly influence?: ExplorerInfluence;
  readonly findings: readonly ExplorerFinding[];
  /** How many trajectories were read that are not here, because a page can hold only so many. */
  readonly leftOut: number;
}
