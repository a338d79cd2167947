// Written by scripts/writeExports.mjs from assembly/index.ts: what the WebAssembly module exports, as the host sees it. Pointers and
// sizes are i32; pointers above 2 GiB wrap and are read as unsigned over there.

/** Functions that the module has for f32 and for f64. */
export interface TypedExports {
  /** Updates all runs of the table. `scale` is the address of s; 0 means s = 1. Sizes are padded to whole vectors. */
  adamw(
    table: number,
    count: number,
    scale: number,
    beta1: number,
    beta2: number,
    rest1: number,
    rest2: number,
    correction1: number,
    correction2: number,
    epsilon: number,
    minusRate: number,
  ): void;
  /** Computes the weights of every head; a place sees the last `window` up to itself. Heads lie `width` elements apart; places lie `row` and `triangleRow` bytes apart. */
  attentionWeights(
    q: number,
    k: number,
    out: number,
    batch: number,
    heads: number,
    length: number,
    width: number,
    window: number,
    row: number,
    triangleRow: number,
    scratch: number,
    tables: number,
  ): void;
  /** out = factor times the product of this form. Places lie `row` and `triangleRow` bytes apart. */
  causalProduct(
    form: number,
    a: number,
    b: number,
    out: number,
    batch: number,
    heads: number,
    length: number,
    width: number,
    row: number,
    triangleRow: number,
    factor: number,
    scratch: number,
  ): void;
  /** Computes rows first … first + rows − 1 of out. x, out, slots and places all begin with row `first`. */
  attendRows(
    x: number,
    keys: number,
    values: number,
    slots: number,
    places: number,
    out: number,
    rows: number,
    heads: number,
    width: number,
    context: number,
    window: number,
    scratch: number,
    tables: number,
  ): void;
  /** Keeps the keys and values of the rows. Returns the first row whose slot or place does not exist, or −1. That row and later ones are not kept. */
  keepRows(
    x: number,
    keys: number,
    values: number,
    slots: number,
    places: number,
    rows: number,
    columns: number,
    context: number,
    slotCount: number,
  ): number;
  /** out = log Σ e^d − d_t of every row. Returns the row of the first bad target, or −1. */
  crossEntropy(
    x: number,
    targets: number,
    out: number,
    rows: number,
    columns: number,
    tables: number,
  ): number;
  /** out = x̄ of every row. Returns the row of the first bad target, or −1. */
  crossEntropyVjp(
    x: number,
    targets: number,
    cotangent: number,
    out: number,
    rows: number,
    columns: number,
    tables: number,
  ): number;
  /** out = f(x, y) for the function with this code. */
  binary(kernel: number, x: number, y: number, out: number, bytes: number, tables: number): void;
  /** out = value everywhere. */
  fill(out: number, value: number, bytes: number): void;
  /** out = f(x) for the function with this code; `tables` are this thread's coefficients. */
  unary(kernel: number, x: number, out: number, bytes: number, tables: number): void;
  /** out = mask ≠ 0 ? x : y. */
  where(mask: number, x: number, y: number, out: number, bytes: number): void;
  /** out[indices[i],:] += updates[i,:] in ascending order of i. */
  scatterAdd(
    updates: number,
    indices: number,
    out: number,
    count: number,
    rows: number,
    rowBytes: number,
  ): number;
  /** out = x̂·γ + β of every row. */
  layerNorm(
    x: number,
    gamma: number,
    beta: number,
    out: number,
    rows: number,
    columns: number,
    epsilon: number,
  ): void;
  /** out = γ̄. */
  layerNormScaleVjp(
    x: number,
    cotangent: number,
    out: number,
    rows: number,
    columns: number,
    epsilon: number,
  ): void;
  /** out = x̄ of every row. */
  layerNormVjp(
    x: number,
    gamma: number,
    cotangent: number,
    out: number,
    rows: number,
    columns: number,
    epsilon: number,
  ): void;
  /** out = x, with `value` above the diagonal of every plane. */
  maskAbove(x: number, out: number, planes: number, side: number, value: number): void;
  /**
   * Computes `batch` products of m×k by k×n, which lie one after the other in memory. Rows of A, B and C are aColumns, bColumns
   * and cColumns elements apart, so that a part of the rows or columns of C can be computed by itself (then batch is 1). Sums
   * start from residual + bias; 0 means that there is none. A residual has C's shape, may be C itself and comes with a bias.
   */
  matmul(
    form: number,
    a: number,
    b: number,
    c: number,
    batch: number,
    m: number,
    n: number,
    k: number,
    aColumns: number,
    bColumns: number,
    cColumns: number,
    bias: number,
    residual: number,
    scratch: number,
    tall: number,
    wide: number,
  ): void;
  /** out = the sum of the partial sums, added one after the other. */
  addPartials(partials: number, count: number, out: number): void;
  /** out[o, i] = max_a x[o, a, i]. */
  maximum(x: number, out: number, outer: number, axis: number, inner: number): void;
  /** partials[i] = Σ x² over the i-th run of a table of pairs (address, elements) in f64. */
  squareSums(table: number, partials: number, count: number): void;
  /** out[o, i] = Σ_a x[o, a, i]. */
  sum(x: number, out: number, outer: number, axis: number, inner: number): void;
  /** out = x̂·γ of every row. */
  rmsNorm(x: number, gamma: number, out: number, rows: number, columns: number, epsilon: number): void;
  /** out = γ̄. */
  rmsNormScaleVjp(
    x: number,
    cotangent: number,
    out: number,
    rows: number,
    columns: number,
    epsilon: number,
  ): void;
  /** out = x̄ of every row. */
  rmsNormVjp(
    x: number,
    gamma: number,
    cotangent: number,
    out: number,
    rows: number,
    columns: number,
    epsilon: number,
  ): void;
  /** Turns rows first … end − 1, counted over all sequences of `length` rows; x and out begin at row 0. */
  rotary(
    x: number,
    cosine: number,
    sine: number,
    out: number,
    first: number,
    end: number,
    length: number,
    heads: number,
    half: number,
  ): void;
  /** out = logSoftmax of every row. */
  logSoftmax(x: number, out: number, rows: number, columns: number, tables: number): void;
  /** out = logSumExp of every row. */
  logSumExp(x: number, out: number, rows: number, columns: number, tables: number): void;
  /** out = softmax of every row. */
  softmax(x: number, out: number, rows: number, columns: number, tables: number): void;
  /** out = p∘(v − Σ p·v) of every row. This is the Jacobian of softmax, which is symmetric, times v. */
  softmaxAlong(p: number, v: number, out: number, rows: number, columns: number): void;
  /** Reads a view of x into a dense out. */
  readStrided(
    x: number,
    out: number,
    planes: number,
    rows: number,
    columns: number,
    rowStride: number,
    columnStride: number,
    axes: number,
    axisCount: number,
  ): void;
  /** Writes a dense x into a view of out. */
  writeStrided(
    x: number,
    out: number,
    planes: number,
    rows: number,
    columns: number,
    rowStride: number,
    columnStride: number,
    axes: number,
    axisCount: number,
  ): void;
}

/** Functions of no element type, or of a fixed one. */
export interface UntypedExports {
  /** Bytes of scratch memory: one head's transposed operand and four rows of a triangle. */
  attentionScratchBytes(length: number, width: number, elementBytes: number): number;
  /** Bytes of scratch memory: the scores of two heads. */
  cachedScratchBytes(context: number, elementBytes: number): number;
  /** Runs `steps` turns of 8 chains with four lanes each. */
  multiplyAdd8(steps: number, factor: number, addend: number): number;
  /** Runs `steps` turns of 10 chains with four lanes each. */
  multiplyAdd10(steps: number, factor: number, addend: number): number;
  /** Runs `steps` turns of 12 chains with four lanes each. */
  multiplyAdd12(steps: number, factor: number, addend: number): number;
  /** Bytes that the host gives us for the tables. */
  tablesBytes(): number;
  /** Fills the tables: 20 + 19 + 15 + 14 vectors for exp and log, 22 + 16 for the activations, 20 + 13 for e^x − 1. */
  writeTables(tables: number): void;
  /** out = value everywhere, for integers. */
  fillI32(out: number, value: number, bytes: number): void;
  /** out[i,:] = x[indices[i],:]. A row has `rowBytes` bytes; the element type does not matter. */
  gatherRows(x: number, indices: number, out: number, count: number, rows: number, rowBytes: number): number;
  /** Bytes of scratch memory a product needs. */
  matmulScratchBytes(): number;
  /** Whether this is the relaxed build. */
  isRelaxed(): number;
}
