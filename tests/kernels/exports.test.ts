// What is generated from assembly/index.ts is what stands in the repository and what the module exports.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startMachine } from '../../src/kernels/wasm/machine.ts';
import { wasmBytes } from './backends.ts';

const writer = new URL('../../scripts/writeExports.mjs', import.meta.url);
const { typesText }: { typesText: () => string } = await import(writer.href);

test("the host's view of the exports is fresh: scripts/writeExports.mjs would write the same", () => {
  expect(readFileSync(new URL('../../src/kernels/wasm/exports.ts', import.meta.url), 'utf8')).toBe(
    typesText(),
  );
});

test('every function it names is there', () => {
  const { exports } = startMachine(wasmBytes());
  const [, typed, untyped] = typesText().split(/export interface \w+/);
  const namesIn = (text: string): string[] => [...text.matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name!);
  const { f32, f64, ...others } = exports;
  expect(Object.keys(f32).sort()).toEqual(namesIn(typed!).sort());
  expect(Object.keys(f64).sort()).toEqual(namesIn(typed!).sort());
  expect(Object.keys(others).sort()).toEqual(namesIn(untyped!).sort());
});
