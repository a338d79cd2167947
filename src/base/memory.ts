// The memory that a computation needs is compared with what can be had before anything is allocated.
import { InputError } from './errors.ts';

/** Bytes of memory by kind. */
export interface MemoryBytes {
  /** In the memory of the kernels, where tensors lie. */
  readonly kernel: number;
  /** On the heap of the host, where episodes, documents and the graph of a computation lie. */
  readonly host: number;
}

/** A `Lowering` names an entry that can be lowered, and the memory needed at its lowest value. */
export interface Lowering {
  readonly name: string;
  readonly need: MemoryBytes;
}

const KINDS = ['kernel', 'host'] as const;
const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/**
 * Writes a number of bytes for people, such as `5.1 GiB`.
 */
export function showBytes(bytes: number): string {
  const last = UNITS.length - 1;
  const unit = bytes < 1 ? 0 : Math.min(last, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** unit;
  if (value >= 1e4) return `${value.toExponential(0).replace('+', '')} ${UNITS[unit]}`;
  return `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} ${UNITS[unit]}`;
}

function fits(need: MemoryBytes, had: MemoryBytes): boolean {
  return KINDS.every((kind) => need[kind] <= had[kind]);
}

/** Names the entries of which one alone would suffice, or, if there is none, the two that save most. */
function advice(
  now: MemoryBytes,
  had: MemoryBytes,
  kind: (typeof KINDS)[number],
  lowerings: readonly Lowering[],
): string {
  const helpful = lowerings.filter(({ need }) => need[kind] < now[kind]);
  const enough = helpful.filter(({ need }) => fits(need, had));
  const most = helpful.toSorted((a, b) => a.need[kind] - b.need[kind]).slice(0, 2);
  const [names, joint] = enough.length > 0 ? [enough.slice(0, 3), ' or '] : [most, ' and '];
  if (names.length === 0) return '';
  const [last, ...before] = names.map(({ name }) => name).toReversed();
  return `: lower ${before.length === 0 ? last : `${before.toReversed().join(', ')}${joint}${last}`}`;
}

/**
 * Checks that a computation finds the memory that it needs.
 * @param what needs the memory, for the message
 * @param need an upper bound of what is needed
 * @param had what can be had
 * @param lowerings what could be lowered, in the order in which it is named
 * @throws InputError such as `train needs 5.1 GiB of kernel memory, 4 GiB can be had: lower base.batch or train.prompts`
 */
export function checkMemory(
  what: string,
  need: MemoryBytes,
  had: MemoryBytes,
  lowerings: readonly Lowering[],
): void {
  const kind = KINDS.find((name) => !(need[name] <= had[name]));
  if (kind === undefined) return;
  throw new InputError(
    `${what} needs ${showBytes(need[kind])} of ${kind} memory, ${showBytes(had[kind])} can be had${advice(need, had, kind, lowerings)}`,
  );
}
