// What a rule of the audit is: a known way in which training goes wrong, how it shows in rollouts, and what to do about it.
import type { Trajectory } from '../rollouts/index.ts';
import type { Setting } from './setting.ts';
import type { Summary } from './summary.ts';
import type { TokenView } from './tokenView.ts';

/** How bad it is: `info` is worth knowing, `warning` likely hurts, `error` is wrong whatever was meant. */
export type Severity = 'info' | 'warning' | 'error';

/** What a rule cannot do without. The first of them that the input lacks is the reason why it was not checked. */
export type Need =
  | 'tokens'
  | 'ids'
  | 'mask'
  | 'roles'
  | 'decisions'
  | 'ends'
  | 'logProbs'
  | 'oldLogProbs'
  | 'refLogProbs'
  | 'samplerLogProbs'
  | 'values'
  | 'returns'
  | 'tokenRewards'
  | 'reward'
  | 'rewards'
  | 'extras'
  | 'correct'
  | 'advantage'
  | 'tokenAdvantages'
  | 'weights'
  | 'group'
  | 'step'
  | 'microbatch'
  | 'rank'
  | 'rollout'
  | 'truncated'
  | 'failure'
  | 'versions'
  | 'texts'
  | 'groundTruth'
  | 'objective';

/** Tokens of a trajectory that a finding rests on. */
export interface Span {
  readonly file: string;
  readonly line: number;
  /** The tokens from … to − 1, counted from 0 in the line. */
  readonly from: number;
  readonly to: number;
}

/** What a rule has found: one finding. */
export interface Evidence {
  /** One sentence with the numbers that matter, for people. */
  readonly message: string;
  /** The numbers that it rests on, the size of the effect among them. */
  readonly evidence: Readonly<Record<string, number | string | boolean>>;
  /** The value that decided, which `evidence` is beyond. */
  readonly threshold: number;
  /** Never empty; see `SpanList`. */
  readonly spans: readonly Span[];
  /** Left out: that of the rule. */
  readonly severity?: Severity;
}

/** A rule at work on one input. Trajectories come in the order of the input, each once to `first` and once to `second`. */
export interface Watch {
  /** First pass, before anything of a batch is known. `i` counts trajectories from 0. */
  first?(trajectory: Trajectory, i: number): void;
  /** Between the passes, with the numbers of every trajectory. */
  between?(summary: Summary): void;
  /** Second pass, with advantages and weights. */
  second?(view: TokenView): void;
  /** What was found; empty if nothing. `summary` has the numbers of every trajectory. */
  judge(summary: Summary): readonly Evidence[];
}

/** A rule: one file of src/audit/rules. */
export interface Rule {
  /** As in docs/audit.md; it never changes its meaning. */
  readonly code: string;
  readonly severity: Severity;
  /** What goes wrong, in one sentence. */
  readonly sentence: string;
  /** How it shows in the data, in one sentence. */
  readonly signature: string;
  /** The arithmetic behind it, in TeX. */
  readonly formula: string;
  /** What to do, in one sentence. */
  readonly advice: string;
  /** How the threshold was derived: the null, and what it makes rare. */
  readonly threshold: string;
  /** At most how often an input gets the finding under that null; 0 where the null excludes it but for rounding, which is allowed for. */
  readonly rate: number;
  /** How large an effect must be to be told, and what that means to who trains; left out where every effect is. */
  readonly material?: string;
  /** Where it was seen, or the paper, such as `trl#6121` or `arXiv 2503.20783`. */
  readonly source: string;
  /** All of them; of a list among them any one. */
  readonly needs: readonly (Need | readonly Need[])[];
  /** What it cannot do without besides under such an objective. */
  readonly alsoNeeds?: (setting: Setting) => readonly (Need | readonly Need[])[];
  /** Why the rule says nothing about such an objective; undefined where it does. */
  readonly silent?: (setting: Setting) => string | undefined;
  /** Starts the rule on one input. It keeps O(1) numbers a trajectory at most. */
  watch(setting: Setting): Watch;
}
