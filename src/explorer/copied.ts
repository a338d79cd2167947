// What a reader copies: a token or trajectories as JSON, with the numbers that colour them.
import { ROLES } from '../rollouts/trajectory.ts';
import { explain } from './explain.ts';
import type { ExplorerModel, ExplorerView } from './model.ts';

/** Trajectories that are copied at once at most. */
export const MOST_COPIED = 200;

function tokenOf({ data }: ExplorerModel, { panels }: ExplorerView, at: number) {
  const { tokens, texts } = data;
  const numbers = panels.map(({ title, values }) => [
    title,
    Number.isFinite(values[at]) ? values[at]! : null,
  ]);
  return {
    text: texts[tokens.text[at]!]!,
    component: ROLES[tokens.role[at]!]!,
    mask: tokens.mask[at]!,
    attempt: tokens.attempt[at]!,
    values: Object.fromEntries(numbers),
  };
}

/** A number, or null for what is none. */
const orNull = (x: number): number | null => (Number.isFinite(x) ? x : null);

/** What the numbers of tokens are of. */
function settingOf(model: ExplorerModel, view: ExplorerView) {
  const { influence } = model.data;
  const { level, component, term, label, parameters } = view.state;
  const coloured = { level, component, term };
  return {
    objective: model.objective(view.state) ?? null,
    ...(view.state.second === undefined ? {} : { against: view.state.second }),
    colouredBy:
      level === 'influence'
        ? {
            ...coloured,
            label: influence?.labels[label] ?? 'all',
            parameters: influence?.groups[parameters] ?? 'all',
          }
        : coloured,
  };
}

/** A token with the formulas of its weights, as a value that JSON can hold. */
export function copiedToken(model: ExplorerModel, view: ExplorerView, i: number, t: number) {
  const { file, line } = model.weighing.trajectories[i]!.place;
  const explanations = [view.first, view.second].flatMap((weighed) =>
    weighed === undefined ? [] : [explain(model.weighing, weighed, i, t)],
  );
  return {
    ...settingOf(model, view),
    file,
    line,
    token: t,
    ...tokenOf(model, view, model.weighing.offset(i) + t),
    weights: explanations.map(({ value, formula, numbers, steps }) => ({
      value: orNull(value),
      formula,
      numbers,
      steps: steps.map((step) => ({ ...step, value: orNull(step.value) })),
    })),
  };
}

/** Trajectories as a value that JSON can hold. */
export function copied(model: ExplorerModel, view: ExplorerView, chosen: readonly number[]) {
  const { trajectories: c, groups } = model.data;
  return {
    ...settingOf(model, view),
    trajectories: chosen.slice(0, MOST_COPIED).map((i) => ({
      file: model.weighing.trajectories[i]!.place.file,
      line: c.line[i]!,
      group: groups[c.group[i]!] ?? null,
      reward: orNull(c.reward[i]!),
      advantage: orNull(
        Number.isNaN(c.advantage[i]!) ? (view.first?.advantage[i] ?? Number.NaN) : c.advantage[i]!,
      ),
      tokens: Array.from({ length: c.offsets[i + 1]! - c.offsets[i]! }, (_, t) =>
        tokenOf(model, view, c.offsets[i]! + t),
      ),
    })),
  };
}
