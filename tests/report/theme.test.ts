// Contrast by WCAG 2, and colour blindness by projecting linear colours as Viénot, Brettel and Mollon (1999) do.
import { expect, test } from 'vitest';
import { dark, light, type Scheme } from '../../src/report/theme.ts';

type Triple = readonly [number, number, number];

function linear(hex: string): Triple {
  const channel = (i: number): number => {
    const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function contrast(a: string, b: string): number {
  const luminance = ([r, g, b]: Triple): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const [low, high] = [luminance(linear(a)), luminance(linear(b))].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

const seen: Record<string, (c: Triple) => Triple> = {
  'with every cone': (c) => c,
  'without long cones': ([r, g, b]) => [
    0.11238 * r + 0.88762 * g,
    0.11238 * r + 0.88762 * g,
    0.00401 * (r - g) + b,
  ],
  'without middle cones': ([r, g, b]) => [
    0.29275 * r + 0.70725 * g,
    0.29275 * r + 0.70725 * g,
    0.02234 * (g - r) + b,
  ],
};

function lab([r, g, b]: Triple): Triple {
  const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function distance(a: string, b: string, eye: (c: Triple) => Triple): number {
  const [p, q] = [lab(eye(linear(a))), lab(eye(linear(b)))];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

const schemes: [string, Scheme][] = [
  ['light', light],
  ['dark', dark],
];

test.each(schemes)('%s: text has AA contrast (4.5) wherever it stands', (_, s) => {
  const pairs: [string, string][] = [
    ...[s.ink, s.soft, s.holds, s.fails].flatMap((text): [string, string][] => [
      [text, s.page],
      [text, s.paper],
    ]),
    ...[s.sample, s.decision].map((text): [string, string] => [text, s.paper]),
    ...[s.positive, s.negative].map((cell): [string, string] => [s.ink, cell]),
    [s.holds, s.holdsPaper],
    [s.fails, s.failsPaper],
    [s.ink, s.failsPaper],
    [s.soft, s.failsPaper],
  ];
  for (const [a, b] of pairs) expect(contrast(a, b), `${a} on ${b}`).toBeGreaterThanOrEqual(4.5);
});

test.each(schemes)('%s: lines have AA contrast for graphics (3)', (_, s) => {
  for (const ink of s.series) expect(contrast(ink, s.paper), ink).toBeGreaterThanOrEqual(3);
});

test.each(Object.entries(seen))('%s: pairs that carry meaning keep apart', (_, eye) => {
  for (const s of [light, dark]) {
    // A distance of 2.3 is just noticeable side by side; ten times that is told apart across a page.
    expect(distance(s.sample, s.decision, eye)).toBeGreaterThan(23);
    expect(distance(s.positive, s.negative, eye)).toBeGreaterThan(23);
  }
});

test('the measures themselves: black on white is 21 to 1, red and green run together without middle cones', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 10);
  expect(contrast('#777777', '#ffffff')).toBeLessThan(4.5);
  expect(distance('#b0b000', '#d09a00', seen['with every cone']!)).toBeGreaterThan(23);
  expect(distance('#b0b000', '#d09a00', seen['without middle cones']!)).toBeLessThan(23);
});

test('no line that belongs to no component looks like one that does', () => {
  const everyCone = seen['with every cone']!;
  for (const s of [light, dark]) {
    for (const ink of s.series) {
      for (const component of [s.sample, s.decision]) {
        expect(distance(ink, component, everyCone), `${ink} and ${component}`).toBeGreaterThan(23);
      }
    }
  }
});
