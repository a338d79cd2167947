// The text around what findings rest on, for people to look at.
import { ROLES, type Role, type Trajectory } from '../rollouts/trajectory.ts';
import type { AuditRun, LookBack } from './audit.ts';
import type { Span } from './rule.ts';
import { weightsOfView } from './shares.ts';
import type { TokenView } from './tokenView.ts';

/** Tokens of a trajectory around a span. */
export interface Excerpt {
  readonly file: string;
  readonly line: number;
  /** The index of the first token that is shown, and how many the trajectory has. */
  readonly start: number;
  readonly length: number;
  readonly tokens: readonly string[];
  readonly roles: readonly Role[];
  /** w_t of the tokens, where there are any: as logged, or of the declared objective. */
  readonly weights?: readonly number[];
  readonly reward?: number;
  readonly advantage?: number;
  /** Which findings rest on it, with the tokens they name. */
  readonly marks: readonly { readonly code: string; readonly from: number; readonly to: number }[];
}

/** A finding's code with its spans. */
export interface Marked {
  readonly code: string;
  readonly spans: readonly Span[];
}

/** Spans shown of each finding, and trajectories in all. */
const EACH = 3;
const MOST = 60;
/** Tokens shown of a trajectory, so many of them before the span. */
const SHOWN = 240;
const BEFORE = 40;

function textOf({ tokens, ids }: Trajectory, t: number): string {
  return tokens?.[t] ?? (ids === undefined ? '·' : `⟨${ids[t]}⟩`);
}

function excerptOf(
  trajectory: Trajectory,
  weights: Float64Array | undefined,
  advantage: number,
  marks: Excerpt['marks'],
): Excerpt {
  const { place, length, roles, reward } = trajectory;
  const first = Math.min(...marks.map(({ from }) => from));
  const start = length <= SHOWN ? 0 : Math.max(0, Math.min(first - BEFORE, length - SHOWN));
  const shown = Array.from({ length: Math.min(SHOWN, length - start) }, (_, k) => start + k);
  return {
    file: place.file,
    line: place.line,
    start,
    length,
    tokens: shown.map((t) => textOf(trajectory, t)),
    roles: shown.map((t) => ROLES[roles[t]!]!),
    ...(weights === undefined ? {} : { weights: shown.map((t) => weights[t]!) }),
    ...(reward === undefined ? {} : { reward }),
    ...(Number.isNaN(advantage) ? {} : { advantage }),
    marks,
  };
}

const placeKey = ({ file, line }: { readonly file: string; readonly line: number }): string =>
  `${line} ${file}`;

/** Collects the text around the first spans of each finding when rollouts are read once more. */
export class ExcerptCollector implements LookBack {
  private readonly wanted = new Map<string, Excerpt['marks'][number][]>();
  private readonly areLogged: boolean;
  private readonly found: Excerpt[] = [];

  constructor(findings: readonly Marked[], { has }: Pick<AuditRun, 'has'>) {
    this.areLogged = has.has('weights');
    const { wanted } = this;
    for (const { code, spans } of findings) {
      for (const span of spans.slice(0, EACH)) {
        const marks = wanted.get(placeKey(span)) ?? [];
        if (wanted.size === MOST && marks.length === 0) continue;
        wanted.set(placeKey(span), [...marks, { code, from: span.from, to: span.to }]);
      }
    }
  }

  third(trajectory: Trajectory, _: number, view: () => TokenView): void {
    const marks = this.wanted.get(placeKey(trajectory.place));
    if (marks === undefined) return;
    const seen = view();
    const { advantage, loggedAdvantage } = seen;
    this.found.push(
      excerptOf(
        trajectory,
        weightsOfView(seen, this.areLogged),
        Number.isNaN(loggedAdvantage) ? advantage : loggedAdvantage,
        marks,
      ),
    );
  }

  /** In the order of the rollouts. */
  get excerpts(): readonly Excerpt[] {
    return this.found;
  }
}
