// Rotary positions: in every head of width 2h the pairs (x_i, x_{i+h}) of the row at place t are turned by the angle θ_ti,
//   y_i = x_i·c_ti − x_{i+h}·s_ti,   y_{i+h} = x_{i+h}·c_ti + x_i·s_ti   with c = cos θ, s = sin θ given as tables.
// Two products and a sum: each result is right to 2·u·(|x_i·c| + |x_{i+h}·s|). It may work in place.
import { lanes } from './lanes';
import { multiplyAdd } from './multiplyAdd';

/** Turns rows first … end − 1, counted over all sequences of `length` rows; x and out begin at row 0. */
export function rotary<T>(
  x: usize,
  cosine: usize,
  sine: usize,
  out: usize,
  first: i32,
  end: i32,
  length: i32,
  heads: i32,
  half: i32,
): void {
  const halfBytes = <usize>half * sizeof<T>();
  const rowBytes = <usize>(2 * heads) * halfBytes;
  for (let row = first; row < end; row++) {
    const place = <usize>(row % length) * halfBytes;
    const c = cosine + place;
    const s = sine + place;
    let from = x + <usize>row * rowBytes;
    let to = out + <usize>row * rowBytes;
    for (let head = 0; head < heads; head++, from += 2 * halfBytes, to += 2 * halfBytes) {
      let i = 0;
      for (; i + lanes<T>() <= half; i += lanes<T>()) {
        const at = <usize>i * sizeof<T>();
        const a = v128.load(from + at);
        const b = v128.load(from + at + halfBytes);
        const cos = v128.load(c + at);
        const sin = v128.load(s + at);
        v128.store(to + at, multiplyAdd<T>(a, cos, v128.neg<T>(v128.mul<T>(b, sin))));
        v128.store(to + at + halfBytes, multiplyAdd<T>(b, cos, v128.mul<T>(a, sin)));
      }
      for (; i < half; i++) {
        const at = <usize>i * sizeof<T>();
        const a = load<T>(from + at);
        const b = load<T>(from + at + halfBytes);
        const cos = load<T>(c + at);
        const sin = load<T>(s + at);
        store<T>(to + at, <T>(a * cos - b * sin));
        store<T>(to + at + halfBytes, <T>(b * cos + a * sin));
      }
    }
  }
}
