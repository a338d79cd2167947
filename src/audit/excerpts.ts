// The text around what findings rest on, for people to look at: a third pass over the rollouts, made only for a report.
import { ROLES, type Role, type Trajectory } from '../rollouts/trajectory.ts';
import type { Passes } from './audit.ts';
import type { Span } from './rule.ts';
import type { ChosenObjective } from './setting.ts';
import { weightsOfView } from './shares.ts';
import { Summariser } from './summarise.ts';
import { weigherOf } from './weigher.ts';

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

/**
 * Reads the trajectories that findings name: the first few of each.
 * @throws InputError as `passes` does
 */
export async function excerpts(
  passes: Passes,
  findings: readonly Marked[],
  chosen: ChosenObjective | undefined,
): Promise<readonly Excerpt[]> {
  const key = ({ file, line }: { readonly file: string; readonly line: number }): string => `${line} ${file}`;
  const wanted = new Map<string, Excerpt['marks'][number][]>();
  for (const { code, spans } of findings) {
    for (const span of spans.slice(0, EACH)) {
      const marks = wanted.get(key(span)) ?? [];
      if (wanted.size === MOST && marks.length === 0) continue;
      wanted.set(key(span), [...marks, { code, from: span.from, to: span.to }]);
    }
  }
  if (wanted.size === 0) return [];
  const weigher = chosen === undefined ? undefined : weigherOf(chosen, 'logged');
  let areLogged = false;
  if (weigher !== undefined) {
    const summariser = new Summariser();
    for await (const trajectory of passes()) {
      summariser.add(trajectory);
      weigher.add(trajectory);
    }
    weigher.complete(summariser.summary());
    areLogged = summariser.has.has('weights');
  }
  const found: Excerpt[] = [];
  let i = -1;
  for await (const trajectory of passes()) {
    i++;
    const marks = wanted.get(key(trajectory.place));
    if (marks === undefined) continue;
    const view = weigher?.view(trajectory, i);
    const weights = view === undefined ? trajectory.weights : weightsOfView(view, areLogged);
    const logged = view?.loggedAdvantage ?? Number.NaN;
    found.push(
      excerptOf(trajectory, weights, Number.isNaN(logged) ? (view?.advantage ?? Number.NaN) : logged, marks),
    );
  }
  return found;
}
