// What assembly/index.ts exports, as the host sees it. Pointers and sizes are i32; pointers above 2 GiB wrap and are
// read as unsigned over there. `bytes` of element-wise kernels is padded to whole vectors.

type Unary = (kernel: number, x: number, out: number, bytes: number, tables: number) => void;
type Binary = (kernel: number, x: number, y: number, out: number, bytes: number, tables: number) => void;
type Where = (mask: number, x: number, y: number, out: number, bytes: number) => void;
type Fill = (out: number, value: number, bytes: number) => void;
type Reduce = (x: number, out: number, outer: number, axis: number, inner: number) => void;
type Rows = (x: number, out: number, rows: number, columns: number, tables: number) => void;
/** Sums start from residual + bias, 0 for none of either. Rows are aColumns, bColumns, cColumns elements apart. */
type Matmul = (
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
) => void;
/** Returns the position of the first bad index, or −1. */
type Indexed = (
  from: number,
  indices: number,
  to: number,
  count: number,
  rows: number,
  rowBytes: number,
) => number;
type Norm = (
  x: number,
  gamma: number,
  other: number,
  out: number,
  rows: number,
  columns: number,
  epsilon: number,
) => void;
type NormScale = (
  x: number,
  cotangent: number,
  out: number,
  rows: number,
  columns: number,
  epsilon: number,
) => void;
/** Returns the row of the first bad target, or −1. */
type CrossEntropy = (
  x: number,
  targets: number,
  out: number,
  rows: number,
  columns: number,
  tables: number,
) => number;
/** Returns the row of the first bad target, or −1. */
type CrossEntropyVjp = (
  x: number,
  targets: number,
  cotangent: number,
  out: number,
  rows: number,
  columns: number,
  tables: number,
) => number;
/** A head's columns lie `width` elements apart; `row` and `triangleRow` are bytes from one place to the next. */
type AttentionWeights = (
  q: number,
  k: number,
  out: number,
  batch: number,
  heads: number,
  length: number,
  width: number,
  row: number,
  triangleRow: number,
  scratch: number,
  tables: number,
) => void;
type CausalProduct = (
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
) => void;
/** A row of the table: g, m, v, p, u, the new m and v, padded bytes, λ, in f64. Then β₁, β₂, 1 − β₁, 1 − β₂, c₁, c₂, ε, −η. */
type AdamW = (
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
) => void;
/** A row of the table: address and elements of a run, in f64. */
type SquareSums = (table: number, partials: number, count: number) => void;
type AddPartials = (partials: number, count: number, out: number) => void;
/** Returns the first row whose slot or place does not exist, or −1. */
type KeepRows = (
  x: number,
  keys: number,
  values: number,
  slots: number,
  places: number,
  rows: number,
  columns: number,
  context: number,
  slotCount: number,
) => number;
type AttendRows = (
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
  scratch: number,
  tables: number,
) => void;
type Along = (p: number, v: number, out: number, rows: number, columns: number) => void;
type MaskAbove = (x: number, out: number, planes: number, side: number, value: number) => void;
type Strided = (
  x: number,
  out: number,
  planes: number,
  rows: number,
  columns: number,
  rowStride: number,
  columnStride: number,
  axes: number,
  axisCount: number,
) => void;

/** The exports of the WebAssembly module. */
export interface WasmExports {
  /** 0 or 1. */
  readonly isRelaxed: () => number;
  readonly tablesBytes: () => number;
  readonly writeTables: (tables: number) => void;
  readonly matmulScratchBytes: () => number;
  readonly unaryF32: Unary;
  readonly unaryF64: Unary;
  readonly binaryF32: Binary;
  readonly binaryF64: Binary;
  readonly whereF32: Where;
  readonly whereF64: Where;
  readonly fillF32: Fill;
  readonly fillF64: Fill;
  readonly fillI32: Fill;
  readonly sumF32: Reduce;
  readonly sumF64: Reduce;
  readonly maxF32: Reduce;
  readonly maxF64: Reduce;
  readonly softmaxF32: Rows;
  readonly softmaxF64: Rows;
  readonly logSoftmaxF32: Rows;
  readonly logSoftmaxF64: Rows;
  readonly logSumExpF32: Rows;
  readonly logSumExpF64: Rows;
  readonly layerNormF32: Norm;
  readonly layerNormF64: Norm;
  readonly layerNormVjpF32: Norm;
  readonly layerNormVjpF64: Norm;
  readonly layerNormScaleVjpF32: NormScale;
  readonly layerNormScaleVjpF64: NormScale;
  readonly crossEntropyF32: CrossEntropy;
  readonly crossEntropyF64: CrossEntropy;
  readonly crossEntropyVjpF32: CrossEntropyVjp;
  readonly crossEntropyVjpF64: CrossEntropyVjp;
  readonly adamwF32: AdamW;
  readonly adamwF64: AdamW;
  readonly squareSumsF32: SquareSums;
  readonly squareSumsF64: SquareSums;
  readonly addPartialsF32: AddPartials;
  readonly addPartialsF64: AddPartials;
  readonly attentionScratchBytes: (length: number, width: number, elementBytes: number) => number;
  readonly attentionWeightsF32: AttentionWeights;
  readonly attentionWeightsF64: AttentionWeights;
  readonly causalProductF32: CausalProduct;
  readonly causalProductF64: CausalProduct;
  readonly cachedScratchBytes: (context: number, elementBytes: number) => number;
  readonly keepRowsF32: KeepRows;
  readonly keepRowsF64: KeepRows;
  readonly attendRowsF32: AttendRows;
  readonly attendRowsF64: AttendRows;
  readonly softmaxAlongF32: Along;
  readonly softmaxAlongF64: Along;
  readonly maskAboveF32: MaskAbove;
  readonly maskAboveF64: MaskAbove;
  readonly matmulF32: Matmul;
  readonly matmulF64: Matmul;
  readonly gatherRows: Indexed;
  readonly scatterAddF32: Indexed;
  readonly scatterAddF64: Indexed;
  readonly readStrided4: Strided;
  readonly readStrided8: Strided;
  readonly writeStrided4: Strided;
  readonly writeStrided8: Strided;
  /** For the benchmarks: `steps` turns of 8, 10 or 12 independent f32 multiply-adds on four lanes. */
  readonly multiplyAdd8: (steps: number, factor: number, addend: number) => number;
  readonly multiplyAdd10: (steps: number, factor: number, addend: number) => number;
  readonly multiplyAdd12: (steps: number, factor: number, addend: number) => number;
}
