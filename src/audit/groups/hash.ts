// One number that stands for a text or for ids: equal ones have equal numbers, and different ones differ but for one pair in 2^53.
import { ROLES, type Trajectory } from '../../rollouts/trajectory.ts';

const PROMPT = ROLES.indexOf('prompt');
const PAD = ROLES.indexOf('pad');

/** Two 32-bit states that are mixed with every number that is added; together they give 53 bits. */
export class Hash {
  private low = 0x243f6a88;
  private high = 0x85a308d3;

  /** Adds an integer. */
  add(x: number): void {
    this.low = Math.imul(this.low ^ x, 0x9e3779b1);
    this.low ^= this.low >>> 15;
    this.high = Math.imul(this.high + x + (this.low >>> 3), 0x85ebca77);
    this.high ^= this.high >>> 13;
  }

  /** Adds a text. */
  addText(text: string): void {
    for (let k = 0; k < text.length; k++) this.add(text.charCodeAt(k));
    this.add(-1);
  }

  /** An integer from 0 to 2^53 − 1. */
  get value(): number {
    return (this.high & 0x1fffff) * 2 ** 32 + (this.low >>> 0);
  }
}

/** The number of a text. */
export function hashText(text: string): number {
  const hash = new Hash();
  hash.addText(text);
  return hash.value;
}

/** The number of the tokens with or without the role of a prompt, padding left out; undefined if a trajectory has no tokens of the kind. */
function hashTokens({ ids, tokens, roles, length }: Trajectory, isPrompt: boolean): number | undefined {
  const hash = new Hash();
  let count = 0;
  for (let t = 0; t < length; t++) {
    if (roles[t] === PAD || (roles[t] === PROMPT) !== isPrompt) continue;
    count++;
    if (ids !== undefined) hash.add(ids[t]!);
    else if (tokens !== undefined) hash.addText(tokens[t]!);
    else return undefined;
  }
  return count === 0 ? undefined : hash.value;
}

/** The number of the prompt; undefined if it is not in the file. */
export function promptHash(trajectory: Trajectory): number | undefined {
  const text = trajectory.texts?.prompt;
  return hashTokens(trajectory, true) ?? (text === undefined ? undefined : hashText(text));
}

/** The number of everything after the prompt; undefined if it is not in the file. */
export function completionHash(trajectory: Trajectory): number | undefined {
  const text = trajectory.texts?.output;
  return hashTokens(trajectory, false) ?? (text === undefined ? undefined : hashText(text));
}
