import { parseCsv, separatorOf } from '../benchmark/csv.ts';
import { isQuestionFile, readRows } from '../benchmark/formats/registry.ts';
import { readJson, stringAt } from '../json.ts';
import type { CollectionProblem } from './collection.ts';

/** What a caption file says of one image. */
export interface CaptionRow {
  /** The image as the file calls it. */
  readonly image: string;
  readonly caption: string | null;
  readonly category: string | null;
  readonly place: string;
}

export interface CaptionTable {
  readonly format: string;
  readonly rows: readonly CaptionRow[];
  readonly problems: readonly CollectionProblem[];
}

interface CaptionFormat {
  reads(path: string): boolean;
  read(path: string, text: string): CaptionTable;
}

const filled = (text: string | undefined): string | null => (text?.trim() ? text.trim() : null);

/** ROCO: `<name without ending><tab> <caption>` a line, in captions.txt. Quotation marks mean nothing. */
const roco: CaptionFormat = {
  reads: (path) => /(^|\/)captions[^/]*\.txt$/i.test(path),
  read(path, text) {
    const rows: CaptionRow[] = [];
    const problems: CollectionProblem[] = [];
    text.split(/\r\n|\n|\r/).forEach((line, i) => {
      if (line.trim() === '') return;
      const tab = line.indexOf('\t');
      const place = `${path}, line ${i + 1}`;
      if (tab < 0) problems.push({ place, message: 'The line has no tab between image and caption; it is left out.' });
      else rows.push({ image: line.slice(0, tab).trim(), caption: filled(line.slice(tab + 1)), category: null, place });
    });
    return { format: 'ROCO', rows, problems };
  },
};

/** PMC-OA: JSON Lines with image and caption. */
const pmcOa: CaptionFormat = {
  reads: (path) => /\.jsonl$/i.test(path),
  read(path, text) {
    const rows: CaptionRow[] = [];
    const problems: CollectionProblem[] = [];
    text.split('\n').forEach((line, i) => {
      if (line.trim() === '') return;
      const place = `${path}, line ${i + 1}`;
      const value = parsed(line);
      const image = stringAt(value, ['image'], '');
      if (image === '')
        problems.push({ place, message: 'The line is no JSON object with the name of an image; it is left out.' });
      else
        rows.push({
          image,
          caption: filled(stringAt(value, ['caption'], '')),
          category: filled(stringAt(value, ['category'], '')),
          place,
        });
    });
    return { format: 'PMC-OA', rows, problems };
  },
};

function parsed(line: string): unknown {
  try {
    return readJson(line);
  } catch {
    return null;
  }
}

/** MediConfusion's question file: each pair names two images with captions and categories. */
const mediConfusion: CaptionFormat = {
  reads: isQuestionFile,
  read(path, text) {
    const read = readRows(path, text);
    if (!read.ok)
      return { format: 'MediConfusion', rows: [], problems: [{ place: path, message: read.fault.message }] };
    const rows = read.value.rows.flatMap((row) =>
      (['1', '2'] as const).flatMap((n): CaptionRow[] => {
        const cell = (key: string): unknown => row.fields.get(key)?.value;
        const image = cell(`im_${n}_local`) ?? cell(`im_${n}`);
        const caption = cell(`cap_${n}`);
        const category = cell(`category_${n}`);
        if (typeof image !== 'string' && typeof image !== 'number') return [];
        return [
          {
            image: String(image),
            caption: typeof caption === 'string' ? filled(caption) : null,
            category: Array.isArray(category)
              ? filled(category.map(String).join(', '))
              : filled(String(category ?? '')),
            place: row.place,
          },
        ];
      }),
    );
    return { format: 'MediConfusion', rows, problems: [] };
  },
};

const COLUMNS = {
  image: ['image', 'id', 'roco_id', 'image_id', 'image_path', 'path', 'file', 'file_name', 'filename', 'name'],
  caption: ['caption', 'text', 'description', 'report'],
  category: ['category', 'categories', 'label', 'class', 'modality'],
};

/** ROCOv2 and tables of one's own: a column that names the image, one with its caption, and perhaps one with its category. */
const table: CaptionFormat = {
  reads: (path) => /\.(csv|tsv)$/i.test(path) && !/(^|\/)dataset\.csv$/i.test(path),
  read(path, text) {
    const { rows, problems } = parseCsv(text.replace(/^\uFEFF/, ''), /\.tsv$/i.test(path) ? '\t' : separatorOf(text));
    const [header, ...body] = rows;
    const names = header?.cells.map((c) => c.trim().toLowerCase()) ?? [];
    const column = (of: keyof typeof COLUMNS): number => names.findIndex((n) => COLUMNS[of].includes(n));
    const [image, caption, category] = [column('image'), column('caption'), column('category')];
    // Any other table in the folder is none of ours.
    if (image < 0 || (caption < 0 && category < 0)) return { format: 'table', rows: [], problems: [] };
    return {
      format: names.includes('roco_id') || /_captions\.csv$/i.test(path) ? 'ROCOv2' : 'table',
      rows: body.flatMap(({ cells, line }): CaptionRow[] => {
        const name = filled(cells[image]);
        const place = `${path}, line ${line}`;
        return name === null
          ? []
          : [{ image: name, caption: filled(cells[caption]), category: filled(cells[category]), place }];
      }),
      problems: problems.map((p) => ({ place: `${path}, line ${p.line}`, message: p.message })),
    };
  },
};

/** Every format of captions, the first that reads a path counts. A new one: a constant above, and its name here. */
export const captionTables: readonly CaptionFormat[] = [roco, pmcOa, mediConfusion, table];
