// The places of the coefficient tables inside the bytes that the host gives us once per instance.
import { writeActivationF32, writeActivationF64 } from './activations';
import { writeExpF32, writeExpF64 } from './exp';
import { writeExpm1F32, writeExpm1F64 } from './expm1';
import { writeLogF32, writeLogF64 } from './log';

/** The table of exp for T. */
export function expTable<T>(tables: usize): usize {
  return sizeof<T>() === 8 ? tables : tables + 624;
}

/** The table of log for T. */
export function logTable<T>(tables: usize): usize {
  return sizeof<T>() === 8 ? tables + 320 : tables + 864;
}

/** The table of tanh, σ and gelu for T. */
export function activationTable<T>(tables: usize): usize {
  return sizeof<T>() === 8 ? tables + 1088 : tables + 1440;
}

/** The table of e^x − 1 and e^x − 1 − x for T. */
export function expm1Table<T>(tables: usize): usize {
  return sizeof<T>() === 8 ? tables + 1696 : tables + 2016;
}

/** Fills the tables: 20 + 19 + 15 + 14 vectors for exp and log, 22 + 16 for the activations, 20 + 13 for e^x − 1. */
export function writeTables(tables: usize): void {
  writeExpF64(expTable<f64>(tables));
  writeLogF64(logTable<f64>(tables));
  writeExpF32(expTable<f32>(tables));
  writeLogF32(logTable<f32>(tables));
  writeActivationF64(activationTable<f64>(tables));
  writeActivationF32(activationTable<f32>(tables));
  writeExpm1F64(expm1Table<f64>(tables));
  writeExpm1F32(expm1Table<f32>(tables));
}

/** Bytes that the host gives us for the tables. */
export function tablesBytes(): i32 {
  return 2224;
}
