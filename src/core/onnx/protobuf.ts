import { joinBytes } from '../bytes.ts';

/** One field of a message: its number, where it begins, and where its content lies (for numbers, the value itself). */
export interface Field {
  readonly number: number;
  readonly start: number;
  readonly from: number;
  readonly to: number;
  /** null: a length-delimited field (text, bytes, message), or a fixed-size one. */
  readonly value: number | null;
}

/** Fields of a message in their order, by protobuf's lengths: contents are stepped over and not parsed. */
export function* fields(bytes: Uint8Array, from = 0, to = bytes.length): Generator<Field> {
  let at = from;
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('The graph ends in the middle of a number.');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  };
  while (at < to) {
    const start = at;
    const key = varint();
    const kind = key % 8;
    const number = Math.floor(key / 8);
    if (kind === 0) {
      const begin = at;
      const value = varint();
      yield { number, start, from: begin, to: at, value };
      continue;
    }
    const length = kind === 2 ? varint() : kind === 1 ? 8 : kind === 5 ? 4 : null;
    if (length === null) throw new RangeError(`The graph holds a field of an unknown kind (${kind}).`);
    yield { number, start, from: at, to: at + length, value: null };
    at += length;
  }
}

/** Content of a text field. */
export function text(bytes: Uint8Array, field: Field): string {
  return new TextDecoder().decode(bytes.subarray(field.from, field.to));
}

/** A length-delimited field: a message of parts, or bytes. */
export function lengthField(number: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((n, p) => n + p.length, 0);
  return joinBytes([Uint8Array.from([...varintBytes(number * 8 + 2), ...varintBytes(length)]), ...parts]);
}

export function textField(number: number, content: string): Uint8Array {
  return lengthField(number, new TextEncoder().encode(content));
}

export function numberField(number: number, value: number): Uint8Array {
  return Uint8Array.from([...varintBytes(number * 8), ...varintBytes(value)]);
}

function varintBytes(value: number): number[] {
  const out: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...out, rest];
    out.push((rest % 128) + 128);
  }
}
