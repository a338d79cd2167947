// How many transforms (vjp, jvp, …) are running one inside the other. A tensor that depends on a parameter of the transform
// at level n carries level n (the smallest, if several); it is tracked while the current level is at least that.

/** Deeper than any transform: the level of what no transform needs. A small integer, which engines store in a field without a box. */
export const NO_LEVEL: number = 2 ** 30;

let level = 0;

/** 0 outside every transform. */
export function currentLevel(): number {
  return level;
}

/** Runs `body` one level deeper; exceptions restore the level. */
export function oneLevelDeeper<T>(body: () => T): T {
  level++;
  try {
    return body();
  } finally {
    level--;
  }
}
