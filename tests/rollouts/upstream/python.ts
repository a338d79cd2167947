// JSON as Python's json.dumps writes it: a blank after commas and colons, and NaN and Infinity as words.

/** The text of a value; members that are undefined are left out. */
export function dumps(value: unknown): string {
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return 'NaN';
    if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
    return JSON.stringify(value);
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(dumps).join(', ')}]`;
  if (ArrayBuffer.isView(value)) return dumps([...(value as Float64Array)]);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}: ${dumps(member)}`).join(', ')}}`;
}

/** One line a value. */
export function lines(values: readonly unknown[]): string {
  return values.map((value) => `${dumps(value)}\n`).join('');
}
