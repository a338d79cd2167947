// Whether an object in JSON text has a key twice. JSON.parse keeps the last of them, so that fewer members are left than were
// written. Both numbers are bounded first, in a time that grows with the members and not with the text.

/**
 * Members that the text has at most: every colon behind a quote is counted, some of which stand in strings. Numbers, of which
 * long texts consist, are jumped over.
 */
function mostWrittenMembers(text: string): number {
  let members = 0;
  for (let colon = text.indexOf(':'); colon >= 0; colon = text.indexOf(':', colon + 1)) {
    let before = colon - 1;
    while (text.charCodeAt(before) <= 32) before--;
    if (text.charCodeAt(before) === 34) members++;
  }
  return members;
}

/** Members of all objects in valid JSON text, by counting the strings that a colon follows. */
function countWrittenMembers(text: string): number {
  let members = 0;
  for (let open = text.indexOf('"'); open >= 0; ) {
    let close = text.indexOf('"', open + 1);
    while (isEscaped(text, close)) close = text.indexOf('"', close + 1);
    let next = close + 1;
    while (text.charCodeAt(next) <= 32) next++;
    if (text[next] === ':') members++;
    open = text.indexOf('"', next);
  }
  return members;
}

/** Whether an odd number of backslashes precedes the position. */
function isEscaped(text: string, position: number): boolean {
  let first = position;
  while (text[first - 1] === '\\') first--;
  return (position - first) % 2 === 1;
}

/** Members of all objects in a value, whatever its depth. */
function countMembers(value: unknown): number {
  let members = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    const inside: readonly unknown[] = Array.isArray(next) ? next : Object.values(next);
    if (!Array.isArray(next)) members += inside.length;
    for (const inner of inside) if (typeof inner === 'object') open.push(inner);
  }
  return members;
}

/** Members that the value has at least: arrays whose first element is no object are not looked into. */
function fewestMembers(value: unknown): number {
  let members = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (Array.isArray(next)) {
      if (typeof next[0] === 'object') for (const inner of next) open.push(inner);
      continue;
    }
    for (const key in next) {
      if (!Object.hasOwn(next, key)) continue;
      members++;
      open.push((next as Record<string, unknown>)[key]);
    }
  }
  return members;
}

/**
 * Whether an object of valid JSON text has a key twice.
 * @param value what JSON.parse has made of the text
 */
export function hasKeyTwice(text: string, value: unknown): boolean {
  // written ≤ mostWritten and fewest ≤ kept ≤ written: where the bounds meet, nothing was lost.
  if (mostWrittenMembers(text) === fewestMembers(value)) return false;
  return countWrittenMembers(text) !== countMembers(value);
}
