// What the writers of upstream shapes have in common: files of a run, JSON as Python writes it, and parts of a trajectory.
import { ROLES, type Trajectory } from '../../../rollouts/trajectory.ts';
import { pythonRolloutsLine } from '../../../rollouts/write/rolloutsLine.ts';

/** A file of a run: its path below the folder of the run, and its text. */
export interface UpstreamFile {
  readonly path: string;
  readonly text: string;
}

/** How a trainer writes rollouts. */
export interface UpstreamWriter {
  /** The name of the trainer or of its format. */
  readonly name: string;
  /** The name of the format that reads it. */
  readonly format: string;
  files(trajectories: readonly Trajectory[]): readonly UpstreamFile[];
}

/** JSON as Python's json.dumps writes it: NaN and Infinity are words. */
export function pythonJson(value: unknown): string {
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return 'NaN';
    if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
    return Object.is(value, -0) ? '-0.0' : String(value);
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}: ${pythonJson(member)}`).join(', ')}}`;
}

/** A line of rollouts@1 that Python has written. */
export function pythonLine(trajectory: Trajectory): string {
  return `${pythonRolloutsLine(trajectory)}\n`;
}

/** A file of one record a line. */
export function jsonLines(path: string, records: readonly object[]): UpstreamFile {
  return { path, text: records.map((record) => `${pythonJson(record)}\n`).join('') };
}

/** A file a step: trajectories without a step are of step 0. */
export function byStep(
  trajectories: readonly Trajectory[],
  write: (step: number, ofStep: readonly Trajectory[]) => readonly UpstreamFile[],
): UpstreamFile[] {
  const steps = new Map<number, Trajectory[]>();
  for (const t of trajectories) {
    const step = t.step ?? 0;
    steps.set(step, [...(steps.get(step) ?? []), t]);
  }
  return [...steps].flatMap(([step, ofStep]) => write(step, ofStep));
}

/** Numbers as a float32 tensor holds them. */
export function float32(x: number | undefined): number {
  return x === undefined ? Number.NaN : Math.fround(x);
}

/** Numbers as float32, null where there is none. */
export function orNull(x: number | undefined): number | null {
  return x === undefined || Number.isNaN(x) ? null : Math.fround(x);
}

const PROMPT = ROLES.indexOf('prompt');
const PAD = ROLES.indexOf('pad');

/** How many tokens are of the prompt, padding before it included. */
export function promptEnd({ roles }: Trajectory): number {
  let n = 0;
  while (roles[n] === PROMPT || (roles[n] === PAD && n < roles.length)) n++;
  return n;
}

/** The index behind the last token that is no padding. */
export function contentEnd({ roles }: Trajectory): number {
  let end = roles.length;
  while (end > 0 && roles[end - 1] === PAD) end--;
  return end;
}

/** A number that generation has left out, and that the file does not have as NaN. */
function isLeftOut({ mask, nan }: Trajectory, x: number, k: number): boolean {
  return mask[k] === 1 && Number.isNaN(x) && !nan?.some(({ token }) => token === k);
}

/** Numbers of tokens from … end − 1; where the last trained tokens have none, the array ends before them. */
export function writtenNumbers(
  t: Trajectory,
  values: Float64Array | undefined,
  [from, end]: readonly [from: number, end: number],
): number[] | undefined {
  if (values === undefined) return undefined;
  let to = Math.max(from, end);
  while (to > from && isLeftOut(t, values[to - 1]!, to - 1)) to--;
  return Array.from(values.subarray(from, to), (x, k) =>
    Number.isNaN(x) && !t.nan?.some(({ token }) => token === from + k) ? 0 : float32(x),
  );
}

/** The advantage of token k. */
export function advantageAt({ advantage }: Trajectory, k: number): number {
  return typeof advantage === 'number' ? advantage : (advantage?.[k] ?? 0);
}

/** The advantage of the trajectory: that of its first token with mask 1 where there is one a token. */
export function advantageOf(t: Trajectory): number | undefined {
  if (typeof t.advantage !== 'object') return t.advantage;
  return t.advantage[Math.max(0, t.mask.indexOf(1))];
}

/** The texts of the tokens: their ids where there are none. */
export function tokenTexts({ tokens, ids, length }: Trajectory): readonly string[] {
  return tokens ?? Array.from({ length }, (_, k) => String(ids?.[k] ?? ''));
}

/** The prompt as text: words of the tokens where there is no text. */
export function promptText(t: Trajectory): string {
  return t.texts?.prompt ?? tokenTexts(t).slice(0, promptEnd(t)).join(' ');
}

/** The output as text without special tokens, as tokenisers decode it. */
export function outputText(t: Trajectory): string {
  const whole = t.texts?.output ?? tokenTexts(t).slice(promptEnd(t)).join(' ');
  return whole.replace(/ ?<(?:eos|pad)>/g, '');
}
