import { parseCsv, separatorOf, unguarded } from '../benchmark/csv.ts';
import { fail, fault, ok, type Result } from '../fault.ts';

/** A pair as a file of pairs names it. */
export interface ListedPair {
  readonly image_1: string;
  readonly image_2: string;
  readonly sim_med: number | null;
  readonly sim_gen: number | null;
  readonly line: number;
}

export interface ListedPairs {
  readonly pairs: readonly ListedPair[];
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

/** Reads pairs.csv: a table with the columns image_1 and image_2, and perhaps sim_med and sim_gen. */
export function readPairsFile(name: string, text: string): Result<ListedPairs> {
  const { rows } = parseCsv(text, separatorOf(text));
  const [header, ...body] = rows;
  const names = header?.cells.map((c) => c.trim().toLowerCase()) ?? [];
  const column = (...of: readonly string[]): number => names.findIndex((n) => of.includes(n));
  const [one, two] = [column('image_1', 'im_1', 'image1'), column('image_2', 'im_2', 'image2')];
  if (one < 0 || two < 0)
    return fail(
      fault(
        'bad-argument',
        `${name} is no table of pairs: it needs the columns image_1 and image_2, as find-pairs writes them.`,
      ),
    );
  const [med, gen] = [column('sim_med'), column('sim_gen')];
  const pairs: ListedPair[] = [];
  const problems: { line: number; message: string }[] = [];
  const seen = new Map<string, number>();
  for (const { cells, line } of body) {
    const [image_1, image_2] = [unguarded(cells[one]), unguarded(cells[two])];
    const key = [image_1, image_2].sort().join('\n');
    const before = seen.get(key);
    if (image_1 === '' || image_2 === '') problems.push({ line, message: 'The pair lacks an image.' });
    else if (image_1 === image_2) problems.push({ line, message: `The pair is ${image_1} twice.` });
    else if (before !== undefined) problems.push({ line, message: `The pair stands in line ${before} already.` });
    else {
      seen.set(key, line);
      pairs.push({ image_1, image_2, sim_med: number(cells[med]), sim_gen: number(cells[gen]), line });
    }
  }
  if (pairs.length === 0) return fail(fault('bad-argument', `${name} holds no pair.`));
  return ok({ pairs, problems });
}

function number(cell: string | undefined): number | null {
  const text = (cell ?? '').trim();
  const n = Number(text);
  return text !== '' && Number.isFinite(n) ? n : null;
}
