// A helper's life: an instance of the module on the shared memory that runs what the leader asks for.
import type { GrowableMemory } from '../instantiate.ts';
import {
  ARGUMENT_COUNT,
  ARGUMENTS,
  ASLEEP,
  CALLS,
  controlBlock,
  EXPORT,
  FAILED,
  functionsOf,
  PENDING,
  READY,
  RESULT,
  SLOT,
  STATE,
} from './control.ts';

/** What a helper needs to know; can be posted to a worker. */
export interface HelperTask {
  readonly compiled: object;
  readonly memory: GrowableMemory;
  /** Address of the control block. */
  readonly control: number;
  readonly helpers: number;
  /** 1 … helpers. */
  readonly index: number;
}

/** Looks at its slot so often before it sleeps: about a tenth of a millisecond, longer than the leader's own work between kernels. */
const PATIENCE = 20_000;

/** Lets a worker help with computations. It never returns; the worker must be ended from outside. */
export function serve({ compiled, memory, control, helpers, index }: HelperTask): never {
  const { words, doubles } = controlBlock(memory.buffer, control, helpers);
  const functions = functionsOf(new WebAssembly.Instance(compiled, { env: { memory } }).exports as object);
  const slot = SLOT * index;
  let served = 0;
  Atomics.store(words, slot + STATE, READY);
  Atomics.notify(words, slot + STATE);
  while (true) {
    served = nextCall(words, slot, served);
    try {
      const count = words[slot + ARGUMENT_COUNT]!;
      const first = (slot + ARGUMENTS) / 2;
      const values = Array.from(doubles.subarray(first, first + count));
      words[slot + RESULT] = functions[words[slot + EXPORT]!]!(...values) ?? 0;
    } catch {
      Atomics.store(words, slot + STATE, FAILED);
    }
    if (Atomics.sub(words, PENDING, 1) === 1) Atomics.notify(words, PENDING);
  }
}

/** Waits until there has been another call; watches for a while before it sleeps. */
function nextCall(words: Int32Array, slot: number, served: number): number {
  for (let i = 0; i < PATIENCE; i++) {
    const calls = Atomics.load(words, slot + CALLS);
    if (calls !== served) return calls;
  }
  Atomics.store(words, slot + STATE, ASLEEP);
  while (Atomics.load(words, slot + CALLS) === served) Atomics.wait(words, slot + CALLS, served);
  Atomics.store(words, slot + STATE, READY);
  return Atomics.load(words, slot + CALLS);
}
