// The stack of open scopes as bare lists of what was made inside. `scope.ts` is the public face.
import { currentLevel } from './level.ts';

/** What a frame can end. */
export interface Member {
  /** The smallest level of a transform whose graph needs this tensor; NO_LEVEL if none does. */
  readonly held: number;
  /** Frees the memory; harmless when already freed. */
  endWithScope(): void;
}

/** Everything made while this frame was the innermost. */
export interface Frame {
  readonly parent: Frame | undefined;
  readonly members: Member[];
}

let innermost: Frame | undefined;

/** Puts a new tensor into the innermost frame, if there is one. */
export function enlist(member: Member): void {
  if (innermost !== undefined) innermost.members.push(member);
}

/** Takes a tensor out of the innermost frame: no scope frees it any more, the caller does. False if it is not there. */
export function unlist(member: Member): boolean {
  const members = innermost?.members ?? [];
  // It is mostly the last one made.
  if (members.at(-1) === member) return members.pop() === member;
  const index = members.indexOf(member);
  if (index >= 0) members.splice(index, 1);
  return index >= 0;
}

/** Opens a frame inside the innermost one. */
export function openFrame(): Frame {
  innermost = { parent: innermost, members: [] };
  return innermost;
}

/** Whether a transform that is still running has this tensor in its graph. */
export function isHeld(member: Member): boolean {
  return member.held <= currentLevel();
}

/** Closes the innermost frame: members that `stays` accepts move to the parent, all others are freed. */
export function closeFrame(frame: Frame, stays: (member: Member) => boolean): void {
  innermost = frame.parent;
  for (const member of frame.members) {
    if (stays(member)) innermost?.members.push(member);
    else member.endWithScope();
  }
}

/** Runs `body` in a frame of its own: what it makes is freed, except for what the graph of a running transform needs. */
export function inFrame(body: () => void): void {
  const frame = openFrame();
  try {
    body();
  } finally {
    closeFrame(frame, isHeld);
  }
}
