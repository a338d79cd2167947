// C1 on the engine itself: the derivatives of every op, and labels on networks with many kinds of ops.
import { type Tensor, tensor } from '../../autodiff/index.ts';
import { check, control } from '../check.ts';
import type { ClaimSubject, Control } from '../claim.ts';
import type { Added } from '../transformer/onTransformer.ts';
import { everyOp } from './everyOp.ts';
import { type Bend, labelsAgainstForward } from './labelled.ts';
import { mixedNetwork, type Named, trainedNetwork } from './programs.ts';

/** Both labels get what belongs to both together. */
const merged: Bend = ([a, b]) => {
  const total = Object.fromEntries(Object.keys(a).map((name) => [name, sumOf(a[name]!, b[name]!)]));
  return [total, total];
};

function sumOf(a: Tensor, b: Tensor): Tensor {
  const [x, y] = [a.readSync(), b.readSync()];
  return tensor(
    Float64Array.from(x, (value, i) => value + y[i]!),
    { shape: a.shape },
  );
}

/** The gradient of every square matrix transposed. */
const transposed: Bend = ([a, b]) => [turned(a), turned(b)];

function turned(gradient: Named): Named {
  return Object.fromEntries(
    Object.entries(gradient).map(([name, x]) => {
      const [rows, columns] = x.shape as [number, number];
      if (x.shape.length !== 2 || rows !== columns) return [name, x];
      const values = x.readSync();
      return [
        name,
        tensor(
          Float64Array.from(values, (_, i) => values[(i % rows) * rows + Math.floor(i / rows)]!),
          { shape: x.shape },
        ),
      ];
    }),
  );
}

/** Gradients that are wrong, put to the comparison that right ones are put to. */
const WRONG: readonly { readonly name: string; readonly says: string; readonly bend: Bend }[] = [
  { name: 'labels merged', says: 'Each label has the gradient of both together.', bend: merged },
  { name: 'labels exchanged', says: 'Each label has the gradient of the other.', bend: ([a, b]) => [b, a] },
  {
    name: 'transposed gradients',
    says: 'The gradient of a square matrix may be transposed.',
    bend: transposed,
  },
];

/** Checks and controls of the engine. */
export function onEngine(subject: ClaimSubject): Added {
  const { seed } = subject;
  const ops = everyOp();
  const name = 'both modes of every op of the engine: against central differences';
  const checks = [check(name, ops.comparison, ops.tolerance)];
  const controls: Control[] = [];
  for (const network of [trainedNetwork, mixedNetwork]) {
    const program = network(seed);
    const [right, ...wrong] = labelsAgainstForward(program, seed, [
      (g) => g,
      ...WRONG.map(({ bend }) => bend),
    ]);
    checks.push(check(`${program.name}: labels against forward mode`, right!.comparison, right!.tolerance));
    for (const [i, { name: fault, says }] of WRONG.entries()) {
      const { comparison, tolerance } = wrong[i]!;
      const on = { ...subject, companionIs: 'companion' as const };
      controls.push(control(on, `${program.name}: ${fault}`, says, comparison, tolerance));
    }
  }
  return { checks, controls };
}
