import type { PairColumns } from '../../src/protocol/search.ts';

/** Pairs in columns that grow by doubling. */
export interface PairList {
  push(first: number, second: number, med: number, gen: number): void;
  size(): number;
  /** The columns, cut to length; the list is empty afterwards. */
  take(): PairColumns;
}

export function createPairList(): PairList {
  let room = 1024;
  let size = 0;
  let first = new Uint32Array(room);
  let second = new Uint32Array(room);
  let med = new Float32Array(room);
  let gen = new Float32Array(room);
  function grow(): void {
    room *= 2;
    const wider = <T extends Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    first = wider(first, new Uint32Array(room));
    second = wider(second, new Uint32Array(room));
    med = wider(med, new Float32Array(room));
    gen = wider(gen, new Float32Array(room));
  }
  return {
    push(f, s, m, g) {
      if (size === room) grow();
      first[size] = f;
      second[size] = s;
      med[size] = m;
      gen[size] = g;
      size++;
    },
    size: () => size,
    take() {
      const taken = {
        first: first.slice(0, size),
        second: second.slice(0, size),
        med: med.slice(0, size),
        gen: gen.slice(0, size),
      };
      size = 0;
      return taken;
    },
  };
}

export function joinPairs(lists: readonly PairColumns[]): PairColumns {
  const size = lists.reduce((n, l) => n + l.first.length, 0);
  const out: PairColumns = {
    first: new Uint32Array(size),
    second: new Uint32Array(size),
    med: new Float32Array(size),
    gen: new Float32Array(size),
  };
  let at = 0;
  for (const list of lists) {
    out.first.set(list.first, at);
    out.second.set(list.second, at);
    out.med.set(list.med, at);
    out.gen.set(list.gen, at);
    at += list.first.length;
  }
  return out;
}
