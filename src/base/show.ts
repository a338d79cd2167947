// How values, keys and paths that came from a user are shown in messages: short, on one line, never interpreted.

/** Characters a terminal could act on or that break a line: control characters, separators, direction overrides. */
const UNSAFE = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Text from outside with every unsafe character written as an escape, at most `limit` characters of it. */
export function showText(text: string, limit = 200): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return cut.replace(UNSAFE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A value for a message: scalars as they are, strings quoted, containers by their kind and size, what is missing as `nothing`. */
export function showValue(value: unknown): string {
  if (typeof value === 'string') return showText(JSON.stringify(value), 60);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (value === undefined) return 'nothing';
  return String(value);
}

/** One step of a path: `.name` for plain names (no dot at the start), `["0,1/"]` otherwise, `[2]` for an index. */
export function joinPath(path: string, step: string | number): string {
  if (typeof step === 'number') return `${path}[${step}]`;
  if (!/^[A-Za-z_][\w]{0,39}$/.test(step)) return `${path}[${showText(JSON.stringify(step), 60)}]`;
  return path === '' ? step : `${path}.${step}`;
}
