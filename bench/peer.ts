// What a peer is: another library that does the same work on the same values in the same run. Adapters live in the
// repository's bench/peers, outside the package; this is the contract between them and the benchmarks.
import { join } from 'node:path';
import { InputError } from '../src/base/errors.ts';
import { showText } from '../src/base/show.ts';
import { loadModule } from './loadModule.ts';
import type { Effort, Timing } from './measure.ts';

/** Work that a peer may know how to do, with its operands. */
export type PeerTask =
  | {
      readonly op: 'matmul';
      readonly form: 'nn' | 'tn' | 'nt';
      readonly batch: number;
      readonly m: number;
      readonly n: number;
      readonly k: number;
      readonly a: Float32Array;
      readonly b: Float32Array;
    }
  | { readonly op: 'softmax'; readonly rows: number; readonly columns: number; readonly x: Float32Array }
  | {
      readonly op: 'train';
      readonly config: Readonly<Record<'vocabulary' | 'context' | 'width' | 'layers' | 'heads', number>>;
      readonly learningRate: number;
      readonly batch: number;
      /** Parameters by path, as src/nn/layout.ts names them. */
      readonly parameters: Readonly<Record<string, { shape: readonly number[]; values: Float32Array }>>;
      readonly ids: Int32Array;
      readonly targets: Int32Array;
    }
  | {
      readonly op: 'sample';
      readonly config: Readonly<Record<'vocabulary' | 'context' | 'width' | 'layers' | 'heads', number>>;
      readonly batch: number;
      /** The token before the drawn ones. */
      readonly prompt: number;
      /** As in a training step. */
      readonly parameters: Readonly<Record<string, { shape: readonly number[]; values: Float32Array }>>;
      /** [batch, context]: a draw is the first token at which the sum of the probabilities exceeds its number. */
      readonly uniforms: Float64Array;
    };

/** A peer with a task's operands. */
export interface PreparedPeer {
  /** What is compared: the product, the probabilities, [loss, gradient …] of the first step, the drawn tokens and then their log-probabilities. */
  output(): ArrayLike<number> | Promise<ArrayLike<number>>;
  /** One call, finished when it returns: for peers in this process. */
  run?(): void;
  /** Timed by the peer itself: for peers in another process. */
  sample?(effort: Effort): Promise<Timing>;
  release(): void | Promise<void>;
}

/** A library to compare with. */
export interface Peer {
  /** `tfjs-wasm`, as it stands in documents. */
  readonly name: string;
  /** What was measured exactly, such as `@tensorflow/tfjs 4.22.0, wasm backend, SIMD, one thread`. */
  readonly description: string;
  /** undefined where the peer does not do the task. */
  prepare(task: PeerTask): PreparedPeer | undefined | Promise<PreparedPeer | undefined>;
  close(): void | Promise<void>;
}

/** What an adapters' folder offers: the peers that work here, and why others do not. */
export interface Peers {
  readonly peers: readonly Peer[];
  readonly missing: readonly string[];
}

/**
 * Loads `index.mjs` of a folder of adapters.
 * @throws InputError if it cannot be loaded, saying why
 */
export async function openPeers(folder: string): Promise<Peers> {
  const module = await loadModule(join(folder, 'index.mjs'), '--peers');
  if (typeof module.openPeers !== 'function') {
    throw new InputError(
      `--peers: ${showText(folder)} is not a folder of peers: index.mjs exports no openPeers`,
    );
  }
  return module.openPeers() as Promise<Peers>;
}
