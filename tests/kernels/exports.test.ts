// What is generated from assembly/index.ts is what stands in the repository and what the module exports.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startMachine } from '../../src/kernels/wasm/machine.ts';
import { wasmBytes } from './backends.ts';

const script = fileURLToPath(new URL('../../scripts/writeExports.mjs', import.meta.url));
const written = execFileSync(process.execPath, [script, '--print'], { encoding: 'utf8' });

test("the host's view of the exports is fresh: scripts/writeExports.mjs would write the same", () => {
  expect(readFileSync(new URL('../../src/kernels/wasm/exports.ts', import.meta.url), 'utf8')).toBe(written);
});

test('every function it names is there', () => {
  const { exports } = startMachine(wasmBytes());
  const [, typed, untyped] = written.split(/export interface \w+/);
  const namesIn = (text: string): string[] => [...text.matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name!);
  const { f32, f64, ...others } = exports;
  expect(Object.keys(f32).sort()).toEqual(namesIn(typed!).sort());
  expect(Object.keys(f64).sort()).toEqual(namesIn(typed!).sort());
  expect(Object.keys(others).sort()).toEqual(namesIn(untyped!).sort());
});
