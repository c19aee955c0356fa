import { parquetSchema, type FileMetaData } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetHeader } from 'hyparquet/src/column.js';
import { convert, convertWithDictionary, DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { decompressPage, readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { getMaxDefinitionLevel, getTreePath } from 'hyparquet/src/schema.js';

/** Values of one page of a column, with what says which row each belongs to. */
export interface Page {
  /** By entry, an entry being a value or what stands for none: 0 where it begins a row. */
  readonly repetition: ArrayLike<number>;
  /** By entry: how much of it is there; the whole value where it equals `most`. Empty: everything is there. */
  readonly definition: ArrayLike<number>;
  readonly most: number;
  /** The values that are there, in their order. */
  readonly values: ArrayLike<number>;
}

type Decoder = Parameters<typeof readDataPage>[2];

/**
 * The pages of one column, one after the other. The library's own way puts every row of a row group into a list of its own, and pandas writes up to a
 * million rows into one: several times what the embeddings take. Its functions for one page are used instead, so that a page is what is held.
 * @throws Error where the file is not what it says
 */
export function* pagesOf(file: ArrayBuffer, metadata: FileMetaData, path: readonly string[]): Generator<Page> {
  const schemaPath = getTreePath(parquetSchema(metadata), [...path]);
  const { element } = schemaPath.at(-1) ?? {};
  const most = getMaxDefinitionLevel(schemaPath);
  for (const { columns } of metadata.row_groups) {
    const chunk = columns.find((c) => c.meta_data?.path_in_schema.join('.') === path.join('.'))?.meta_data;
    if (!chunk || !element) throw new Error('a row group lacks the column');
    const decoder = { ...chunk, pathInSchema: [...path], element, schemaPath, parsers: DEFAULT_PARSERS, compressors };
    const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
    const bytes = Number(chunk.total_compressed_size);
    if (start + bytes > file.byteLength) throw new Error('it ends before its last page');
    yield* pagesIn(new DataView(file, start, bytes), decoder, most, Number(chunk.num_values));
  }
}

/** @param entries those of the whole column, as the footer says */
function* pagesIn(view: DataView<ArrayBuffer>, decoder: Decoder, most: number, entries: number): Generator<Page> {
  const reader = { view, offset: 0 };
  let dictionary: ReturnType<typeof convert> | undefined;
  while (reader.offset < view.byteLength - 1) {
    const header = parquetHeader(reader);
    requireWhole(header, view.byteLength - reader.offset, entries);
    const size = header.compressed_page_size;
    const packed = new Uint8Array(view.buffer, view.byteOffset + reader.offset, size);
    reader.offset += size;
    const unpacked = (): Uint8Array =>
      decompressPage(packed, Number(header.uncompressed_page_size), decoder.codec, decoder.compressors);
    if (header.type === 'DICTIONARY_PAGE') {
      const page = unpacked();
      const plain = { view: new DataView(page.buffer, page.byteOffset, page.byteLength), offset: 0 };
      const count = header.dictionary_page_header?.num_values ?? 0;
      dictionary = convert(readPlain(plain, decoder.type, count, decoder.element.type_length), decoder);
      continue;
    }
    const said = header.data_page_header ?? header.data_page_header_v2;
    if (!said) continue; // an index page
    const read = header.data_page_header
      ? readDataPage(unpacked(), header.data_page_header, decoder)
      : readDataPageV2(packed, header, decoder);
    yield {
      repetition: read.repetitionLevels,
      definition: read.definitionLevels ?? [],
      most,
      values: convertWithDictionary(read.dataPage, dictionary, said.encoding, decoder) as ArrayLike<number>,
    };
  }
}

/** Most bytes that a page may unpack to; writers make pages of 1 MB, and embeddings of 4,096 numbers need 16 kB a row. */
const MOST_BYTES = 2 ** 30;

/** What a page says of its own size is held against the file before it is read: a wrong number would let the reader turn in a circle. */
function requireWhole(header: ReturnType<typeof parquetHeader>, left: number, entries: number): void {
  const within = (n: number | undefined, most: number): boolean =>
    n === undefined || (Number.isInteger(n) && n >= 0 && n <= most);
  const { data_page_header: v1, data_page_header_v2: v2, dictionary_page_header: dictionary } = header;
  const whole =
    Number.isInteger(header.compressed_page_size) &&
    within(header.compressed_page_size, left) &&
    within(header.uncompressed_page_size, MOST_BYTES) &&
    [v1?.num_values, v2?.num_values, v2?.num_nulls, dictionary?.num_values].every((n) => within(n, entries)) &&
    [v2?.definition_levels_byte_length, v2?.repetition_levels_byte_length].every((n) =>
      within(n, header.compressed_page_size),
    );
  if (!whole) throw new Error('a page says that it holds more than its column does');
}
