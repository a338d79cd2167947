// What a reader copies: a token or trajectories as JSON, with the numbers that colour them.
import { ROLES } from '../rollouts/trajectory.ts';
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

/** Trajectories as a value that JSON can hold. */
export function copied(model: ExplorerModel, view: ExplorerView, chosen: readonly number[]) {
  const { trajectories: c, groups, influence } = model.data;
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
