// Rollouts of several turns, a line each: sound ones, and ones whose history was edited.
import { ROLES, type Trajectory } from '../../../src/rollouts/index.ts';

const [PROMPT, SAMPLE, TOOL] = [ROLES.indexOf('prompt'), ROLES.indexOf('sample'), ROLES.indexOf('tool')];

/** A line of ids: a prompt, and what was drawn. */
function line(
  number: number,
  rollout: string,
  prompt: readonly number[],
  drawn: readonly number[],
): Trajectory {
  const ids = Int32Array.from([...prompt, ...drawn]);
  return {
    place: { file: 'turns.jsonl', line: number },
    length: ids.length,
    unit: 'tokens',
    ids,
    roles: Uint8Array.from(ids, (_, t) => (t < prompt.length ? PROMPT : SAMPLE)),
    mask: Uint8Array.from(ids, (_, t) => (t < prompt.length ? 0 : 1)),
    isMaskLogged: true,
    areRolesLogged: true,
    reward: number % 2,
    rollout,
  };
}

/** Reasoning is between these ids. */
const [THINK, THOUGHT] = [500, 501];

/**
 * Three turns of each of some rollouts, mixed with each other: every turn thinks, answers and is answered.
 * @param edit what becomes of an earlier turn in the prompt of a later one
 */
export function turns(rollouts: number, edit: (drawn: readonly number[]) => readonly number[]): Trajectory[] {
  const out: Trajectory[] = [];
  const histories = Array.from({ length: rollouts }, (_, r) => [1, 2, 3 + r]);
  for (let turn = 0; turn < 3; turn++) {
    for (const [r, history] of histories.entries()) {
      const thoughts = Array.from({ length: 4 + ((r + turn) % 3) }, (_, k) => 20 + ((7 * k + r + turn) % 50));
      const drawn = [THINK, ...thoughts, THOUGHT, 100 + turn, 200 + r];
      out.push(line(out.length + 1, `r${r}`, history, drawn));
      histories[r] = [...history, ...edit(drawn), 300 + turn, 301];
    }
  }
  return out;
}

/** Takes the reasoning out. */
export function withoutThoughts(drawn: readonly number[]): readonly number[] {
  return [...drawn.slice(0, drawn.indexOf(THINK)), ...drawn.slice(drawn.indexOf(THOUGHT) + 1)];
}

/** The turns of a rollout in one line, as a trainer that keeps tokens has them. */
export function inOneLine(t: Trajectory): Trajectory {
  return { ...t, roles: t.roles.map((role, k) => (role === PROMPT && k > 3 ? TOOL : role)) };
}
