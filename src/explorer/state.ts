// What the explorer shows right now, as text that a link can hold.
import { type OptionValue, valueOfText } from '../base/options.ts';
import type { ExplorerObjective } from '../documents/explorer.ts';

/** What tokens are coloured by. */
export const LEVELS = ['weight', 'mass', 'influence', 'logged'] as const;
/** Which of these a reader may look at alone. */
export const COMPONENT_CHOICES = ['all', 'sample', 'decision'] as const;
/** Terms of the loss. */
export const TERMS = ['total', 'policy', 'kl'] as const;
/** What trajectories can be sorted by. */
export const SORTS = ['place', 'weight', 'largest', 'reward', 'advantage', 'length', 'difference'] as const;
/** Which trajectories are shown. */
export const OUTCOMES = ['all', 'correct', 'wrong', 'long', 'truncated'] as const;
/** Rows of the heat map. */
export const HEAT_ROWS = ['attempt', 'outcome', 'length', 'term', 'prompt', 'parameters'] as const;

/** What is shown. */
export interface ExplorerState {
  /** The objective; undefined: that of the report. */
  readonly first: ExplorerObjective | undefined;
  /** The one beside it. */
  readonly second: ExplorerObjective | undefined;
  readonly level: (typeof LEVELS)[number];
  readonly component: (typeof COMPONENT_CHOICES)[number];
  readonly term: (typeof TERMS)[number];
  /** The label and the group of parameters whose influence is shown, as places in their lists; −1: all. */
  readonly label: number;
  readonly parameters: number;
  readonly sort: (typeof SORTS)[number];
  readonly outcome: (typeof OUTCOMES)[number];
  /** The place of a finding in its list; −1: all trajectories. */
  readonly finding: number;
  /** Trajectories that hold this text. */
  readonly text: string;
  readonly rows: (typeof HEAT_ROWS)[number];
  /** The token that is explained, as its place among all; −1: none. */
  readonly token: number;
}

/** What is shown at first. */
export const START: ExplorerState = {
  first: undefined,
  second: undefined,
  level: 'weight',
  component: 'all',
  term: 'total',
  label: -1,
  parameters: -1,
  sort: 'place',
  outcome: 'all',
  finding: -1,
  text: '',
  rows: 'attempt',
  token: -1,
};

/** The address of the explorer within its page, before what it shows. */
export const ADDRESS = 'explore';

/** Characters of a text that is searched for. */
const LONGEST_TEXT = 200;

const optionText = (value: OptionValue): string =>
  typeof value === 'object' ? value.join(',') : String(value);

function writeObjective(to: URLSearchParams, key: string, objective: ExplorerObjective | undefined): void {
  if (objective === undefined) return;
  to.set(key, objective.name);
  for (const [name, value] of Object.entries(objective.options)) to.set(`${key}.${name}`, optionText(value));
}

function readObjective(from: URLSearchParams, key: string): ExplorerObjective | undefined {
  const name = from.get(key);
  if (name === null) return undefined;
  const options = [...from].flatMap(([full, text]): [string, OptionValue][] =>
    full.startsWith(`${key}.`) ? [[full.slice(key.length + 1), valueOfText(text)]] : [],
  );
  return { name, options: Object.fromEntries(options) };
}

/** The fragment of an address that says what is shown; only what is not as at first. */
export function writeState(state: ExplorerState): string {
  const to = new URLSearchParams();
  writeObjective(to, 'a', state.first);
  writeObjective(to, 'b', state.second);
  for (const [key, initial] of Object.entries(START)) {
    const value = Object.entries(state).find(([name]) => name === key)?.[1];
    if (key === 'first' || key === 'second' || value === initial) continue;
    to.set(key, String(value));
  }
  const text = to.toString();
  return text === '' ? ADDRESS : `${ADDRESS}?${text}`;
}

/** One of the names, or the first of them where the text is none. */
function oneOf<Name extends string>(names: readonly [Name, ...Name[]], text: string | null): Name {
  return names.find((name) => name === text) ?? names[0];
}

/** A place in a list, or what stands for none. */
function place(text: string | null, none: number): number {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : none;
}

/** Reads a fragment; what it does not say, or says wrongly, is as at first. Undefined where it is about something else. */
export function readState(fragment: string): ExplorerState | undefined {
  const [address, query = ''] = fragment.replace(/^#/, '').split(/\?(.*)/s);
  if (address !== ADDRESS) return undefined;
  const from = new URLSearchParams(query);
  return {
    first: readObjective(from, 'a'),
    second: readObjective(from, 'b'),
    level: oneOf(LEVELS, from.get('level')),
    component: oneOf(COMPONENT_CHOICES, from.get('component')),
    term: oneOf(TERMS, from.get('term')),
    label: place(from.get('label'), START.label),
    parameters: place(from.get('parameters'), START.parameters),
    sort: oneOf(SORTS, from.get('sort')),
    outcome: oneOf(OUTCOMES, from.get('outcome')),
    finding: place(from.get('finding'), START.finding),
    text: (from.get('text') ?? '').slice(0, LONGEST_TEXT),
    rows: oneOf(HEAT_ROWS, from.get('rows')),
    token: place(from.get('token'), START.token),
  };
}
