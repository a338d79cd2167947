// Numbers for the checks, and how two results are compared.

/** Reproducible values in ±2. */
export function noise(count, seed) {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 4;
  });
}

/** Unit roundoff of f32. */
export const UNIT = 2 ** -24;

/** Throws unless |found − expected| ≤ allowed(i) everywhere. */
export function expectWithin(what, found, expected, allowed) {
  if (found.length !== expected.length) {
    throw new Error(`${what}: ${found.length} elements instead of ${expected.length}`);
  }
  for (let i = 0; i < found.length; i++) {
    if (Math.abs(found[i] - expected[i]) <= allowed(i)) continue;
    throw new Error(`${what}[${i}]: found ${found[i]}, expected ${expected[i]} ± ${allowed(i)}`);
  }
}

/** Throws unless a condition holds. */
export function expectTrue(what, holds) {
  if (!holds) throw new Error(what);
}

/** Throws unless `body` does, with a GpuError that says `pattern`. Returns what it said. */
export async function expectGpuError(body, pattern) {
  let said;
  try {
    await body();
  } catch (error) {
    said = error;
  }
  if (said === undefined) throw new Error(`nothing was thrown, expected ${pattern}`);
  if (said.name !== 'GpuError' || !pattern.test(said.message)) {
    throw new Error(`expected a GpuError ${pattern}, found ${said.name}: ${said.message}`);
  }
  return said.message;
}

/** Runs `body` with a function that makes buffers, which are released afterwards. */
export function withBuffers(kernels, body) {
  const buffers = [];
  const put = (values) => {
    const buffer = kernels.allocate('f32', values.length);
    buffers.push(buffer);
    kernels.write(buffer, values);
    return buffer;
  };
  try {
    return body(put);
  } finally {
    for (const buffer of buffers) kernels.release(buffer);
  }
}

/** What `call` writes into a buffer that starts with `start`. */
export function resultOf(kernels, operands, start, call) {
  return withBuffers(kernels, (put) => {
    const out = put(start);
    call(kernels, operands.map(put), out);
    return kernels.readSync(out);
  });
}
