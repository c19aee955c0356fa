/**
 * The letters that are burned into images: a dot matrix, five columns of eight dots a character, two hex digits a column with the top dot lowest. It is
 * plain data so that a letter is the same picture on every machine.
 */
const FIRST = 0x20;
const DOTS =
  '000000000000005f00000007000700147f147f14242a7f2a12231308646236495620500008070300001c2241000041221c002a1c7f1c2a08083e080800807030000808080808' +
  '000060600020100804023e5149453e00427f400072494949462141494d331814127f1027454545393c4a49493141211109073649494936464949291e00001400000040340000' +
  '00081422411414141414004122140802015909063e415d594e7c1211127c7f494949363e414141227f4141413e7f494949417f090909013e414151737f0808087f00417f4100' +
  '2040413f017f081422417f404040407f021c027f7f0408107f3e4141413e7f090909063e4151215e7f09192946264949493203017f01033f4040403f1f2040201f3f4038403f' +
  '631408146303047804036159494d43007f4141410204081020004141417f04020102044040404040000307080020545478407f284444383844444428384444287f3854545418' +
  '00087e090218a4a49c787f0804047800447d40002040403d007f1028440000417f40007c047804787c080404783844444438fc1824241818242418fc7c080404084854545424' +
  '04043f44243c4040207c1c2040201c3c4030403c44281028444c9090907c4464544c440008364100000077000000413608000201020402';

/** What stands for a character that the font lacks. */
const UNKNOWN = [0x7f, 0x41, 0x41, 0x41, 0x7f];

/** Columns of a character, the lines between two, and the height of a capital, in dots. */
export const GLYPH = { columns: 5, advance: 6, line: 10, capital: 7 } as const;

/** The five columns of each character of a line; accents are left off, since the font has none. */
export function glyphsOf(line: string): readonly (readonly number[])[] {
  const bare = line.normalize('NFD').replace(/\p{M}/gu, '');
  return [...bare].map((char) => columnsOf(char.codePointAt(0) ?? 0));
}

function columnsOf(code: number): readonly number[] {
  const at = (code - FIRST) * GLYPH.columns * 2;
  if (code < FIRST || at >= DOTS.length) return UNKNOWN;
  return Array.from({ length: GLYPH.columns }, (_, c) => parseInt(DOTS.slice(at + c * 2, at + c * 2 + 2), 16));
}
