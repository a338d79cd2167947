// The rollouts of a run in its report: which of them the explorer holds, or how a reader gets to see some.
import { count } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { PageExplorer } from './explorer.ts';

/** What there is to look at, token by token. */
export type RunRollouts =
  | {
      readonly kind: 'shown';
      readonly explorer: PageExplorer;
      /** Whose they are, such as `RL, seed 1`; left out: those of the run that the page is about. */
      readonly of?: string;
      /** Steps that the explorer holds, ascending, and how many were logged. */
      readonly steps: readonly number[];
      readonly logged: number;
    }
  | {
      readonly kind: 'none';
      /** The command line that logs rollouts; undefined where the run learns from demonstrations alone. */
      readonly log?: string;
      /** The one that draws episodes of the last checkpoint and shows them; undefined where there is no checkpoint. */
      readonly draw?: string;
    }
  | { readonly kind: 'unreadable'; readonly problem: string };

/** Steps that are named one by one. */
const NAMED = 16;

function stepsText(steps: readonly number[], logged: number): string {
  const named = steps.length <= NAMED ? steps.join(', ') : `${steps[0]} to ${steps.at(-1)}`;
  const of = logged === steps.length ? '' : `, ${steps.length} of ${logged} that were logged`;
  return `${steps.length === 1 ? 'step' : 'steps'} ${named}${of}`;
}

function sentence(rollouts: RunRollouts): Html {
  if (rollouts.kind === 'shown') {
    const { explorer, of, steps, logged } = rollouts;
    const whose = of === undefined ? '' : ` of ${of}`;
    const trajectories = count(explorer.data.trajectories.line.length, 'trajectory', 'trajectories');
    return html`The explorer of this page has ${trajectories}${whose}: those of ${stepsText(steps, logged)}.`;
  }
  if (rollouts.kind === 'unreadable') return html`The rollouts cannot be shown: ${rollouts.problem}.`;
  const { log, draw } = rollouts;
  const why =
    log === undefined
      ? html`Demonstrations are not logged as rollouts.`
      : html`No rollouts were logged; <code>${log}</code> does, and the report then shows them token by token.`;
  return draw === undefined ? why : html`${why} Episodes of the last checkpoint: <code>${draw}</code>.`;
}

/** The line of a report. */
export function rolloutsLine(rollouts: RunRollouts): Html {
  return html`<p class="rollouts">${sentence(rollouts)}</p>`;
}

/** What a page needs for the explorer. */
export function explorerOf(rollouts: RunRollouts): { readonly explorer?: PageExplorer } {
  return rollouts.kind === 'shown' ? { explorer: rollouts.explorer } : {};
}
