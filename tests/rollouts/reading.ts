// Reads rollouts from text in a test.
import { InputError } from '../../src/base/errors.ts';
import {
  type ReadOptions,
  type ReadReport,
  RecordReader,
  RolloutStream,
  type Trajectory,
} from '../../src/rollouts/index.ts';

const encoder = new TextEncoder();

/** What was read. */
export interface Reading {
  readonly trajectories: readonly Trajectory[];
  readonly report: ReadReport;
}

/** Reads bytes in pieces of `size`. */
export function readBytes(
  bytes: Uint8Array,
  options: ReadOptions = {},
  size: number = bytes.length,
): Reading {
  const report = new RecordReader(options);
  const stream = new RolloutStream(options.source ?? 'test.jsonl', report);
  const trajectories: Trajectory[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    trajectories.push(...stream.push(bytes.slice(at, at + size)));
  }
  trajectories.push(...stream.end());
  return { trajectories, report };
}

/** Reads text. */
export function readText(text: string, options: ReadOptions = {}): Reading {
  return readBytes(encoder.encode(text), options);
}

/** The message of the InputError that reading ends with; '' if it does not. Any other error is thrown. */
export function complaint(text: string | Uint8Array, options: ReadOptions = {}): string {
  try {
    readBytes(typeof text === 'string' ? encoder.encode(text) : text, options);
    return '';
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}
