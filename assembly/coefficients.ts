// Where the coefficient tables lie inside the bytes the host gives us once per instance.
import { writeActivationF32, writeActivationF64 } from './activations';
import { writeExpF32, writeExpF64 } from './exp';
import { writeLogF32, writeLogF64 } from './log';

/** The table of exp for T. */
export function expTable<T>(tables: usize): usize {
  return sizeof<T>() === 8 ? tables : tables + 592;
}

/** The table of log for T. */
export function logTable<T>(tables: usize): usize {
  return sizeof<T>() === 8 ? tables + 288 : tables + 800;
}

/** 16 bytes of scratch behind the tables. */
export function scratchVector(tables: usize): usize {
  return tables + 1024;
}

/** The table of tanh, σ and gelu for T. */
export function activationTable<T>(tables: usize): usize {
  return sizeof<T>() === 8 ? tables + 1040 : tables + 1344;
}

/** Fills the tables: 18 + 19 + 13 + 14 vectors before the scratch vector, 19 + 13 behind it. */
export function writeTables(tables: usize): void {
  writeExpF64(expTable<f64>(tables));
  writeLogF64(logTable<f64>(tables));
  writeExpF32(expTable<f32>(tables));
  writeLogF32(logTable<f32>(tables));
  writeActivationF64(activationTable<f64>(tables));
  writeActivationF32(activationTable<f32>(tables));
}

/** Bytes the host gives us for the tables and the scratch vector. */
export function tablesBytes(): i32 {
  return 1552;
}
