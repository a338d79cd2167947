// Drawings of the graph, as text.
import { beforeAll, describe, expect, test } from 'vitest';
import {
  drawGraph,
  exp,
  grad,
  mul,
  named,
  sum,
  type Tensor,
  tensor,
  useKernels,
  vjp,
} from '../../../src/autodiff/index.ts';
import { referenceKernels } from '../../../src/kernels/reference/index.ts';

beforeAll(() => useKernels(referenceKernels()));

/** Node numbers start anywhere: counted from 1. */
function renumbered(text: string): string {
  const seen: string[] = [];
  return text.replaceAll(/\bn(\d+)\b/g, (_, id: string) => {
    if (!seen.includes(id)) seen.push(id);
    return `n${seen.indexOf(id) + 1}`;
  });
}

function value(name = 'hidden'): Tensor {
  return vjp(({ x, y }: { x: Tensor; y: Tensor }) => sum(mul(named(exp(x), name), y)), {
    x: tensor([1, 2]),
    y: tensor([3, 4]),
  }).value;
}

test('DOT', () => {
  expect(renumbered(drawGraph(value(), 'dot'))).toBe(`digraph gradsplit {
  rankdir=LR;
  node [shape=box];
  n1 [label="parameter [2]"];
  n2 [label="parameter [2]"];
  n3 [label="hidden\\nexp [2]"];
  n1 -> n3;
  n4 [label="mul [2]"];
  n3 -> n4;
  n2 -> n4;
  n5 [label="sum []"];
  n4 -> n5;
}
`);
  expect(drawGraph(value('a "b" \\ c'), 'dot')).toContain('label="a \\"b\\" \\\\ c\\nexp [2]"');
});

describe('SVG', () => {
  test('has a box per node and a line per edge, and needs nothing from elsewhere', () => {
    const svg = drawGraph(value(), 'svg');
    expect(svg.match(/<g>/g)).toHaveLength(5);
    expect(svg.match(/<path /g)).toHaveLength(4);
    expect(svg.match(/(href|url\(|<script|<style)/g)).toBeNull();
    expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"')).toBe(true);
    expect(svg.trimEnd().endsWith('</svg>')).toBe(true);
  });

  test('boxes do not overlap and lie inside the picture', () => {
    const svg = drawGraph(value(), 'svg');
    const [, width, height] = svg.match(/viewBox="0 0 (\d+) (\d+)"/)!.map(Number);
    const boxes = [...svg.matchAll(/<rect x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"/g)].map((m) =>
      m.slice(1).map(Number),
    ) as [number, number, number, number][];
    boxes.forEach(([x, y, w, h], i) => {
      expect(x + w).toBeLessThanOrEqual(width!);
      expect(y + h).toBeLessThanOrEqual(height!);
      for (const [ox, oy] of boxes.slice(i + 1)) {
        expect(Math.abs(x - ox) >= w || Math.abs(y - oy) >= h).toBe(true);
      }
    });
  });

  test('names are escaped, and shortened in the box only', () => {
    const svg = drawGraph(value('<b>&"long, long, long name"</b>'), 'svg');
    expect(svg).not.toContain('<b>');
    expect(svg).toContain('&lt;b&gt;&amp;&quot;long, long, long name&quot;&lt;/b&gt;');
    expect(svg).toContain('…</text>');
  });

  test('a deep chain is no problem', () => {
    const { value: deep } = vjp(
      ({ x }: { x: Tensor }) => {
        let y = x;
        for (let i = 0; i < 20_000; i++) y = mul(y, y);
        return y;
      },
      { x: tensor(1) },
    );
    expect(drawGraph(deep, 'dot').split(' -> ')).toHaveLength(40_001);
  });
});

test('inside a function, gradients are drawn too; outside there is nothing to draw', () => {
  let drawn = '';
  grad(({ x }: { x: Tensor }) => {
    const { x: slope } = grad((p: { x: Tensor }) => mul(p.x, p.x))({ x });
    drawn = drawGraph(slope, 'dot');
    return slope;
  })({ x: tensor(3) });
  expect(drawn).toContain('label="add []"');
  expect(() => drawGraph(tensor(1), 'svg')).toThrow('drawGraph: the tensor has no graph');
});
