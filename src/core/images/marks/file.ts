import { fail, fault, FaultError, ok, toFault, type Result } from '../../fault.ts';
import { isObject, readJson } from '../../json.ts';
import type { MarkSet, PairMarks } from './mark.ts';
import { readMarks } from './read.ts';

/** The file of marks, beside the question file of a benchmark. */
export const MARKS_FILE = 'marks.json';
const MARKS_FORMAT = 'lookalike-marks/1';

/**
 * Reads a file of marks: `{"format": "lookalike-marks/1", "pairs": {"50001": {"im_1": [mark, ...], "im_2": []}}}`. In place of a list an image may have one
 * bounding box [left, top, right, bottom], both pixels inside, or null for nothing to point at.
 * @param name of the file, for messages
 */
export function readMarkFile(name: string, text: string): Result<MarkSet> {
  let value: unknown;
  try {
    value = readJson(text.replace(/^\uFEFF/, ''));
  } catch (e) {
    return fail(
      fault('unreadable', `${name} is not JSON: ${toFault(e).message}. Export the marks again.`, { file: name }),
    );
  }
  const pairs = isObject(value) ? value['pairs'] : undefined;
  const format = isObject(value) ? value['format'] : undefined;
  if (!isObject(pairs) || (format !== undefined && format !== MARKS_FORMAT))
    return fail(
      fault('unreadable', `${name} holds no marks: {"format": "${MARKS_FORMAT}", "pairs": {...}} is needed.`, {
        file: name,
      }),
    );
  try {
    return ok(
      Object.fromEntries(Object.entries(pairs).map(([id, marks]) => [id, readPair(marks, `${name}: pairs.${id}`)])),
    );
  } catch (e) {
    return fail(toFault(e));
  }
}

function readPair(value: unknown, where: string): PairMarks {
  const of = (key: string): unknown => (isObject(value) ? value[key] : undefined);
  if (of('im_1') === undefined && of('im_2') === undefined)
    throw new FaultError(
      fault('unreadable', `${where}: "im_1" and "im_2" with the marks of both images must stand here.`),
    );
  return [readMarks(of('im_1'), `${where}.im_1`), readMarks(of('im_2'), `${where}.im_2`)];
}

/** The text of a file of marks; `readMarkFile` reads the same set from it. */
export function writeMarkFile(marks: MarkSet): string {
  const pairs = Object.entries(marks).map(
    ([id, [first, second]]) =>
      `  ${JSON.stringify(id)}: {\n    "im_1": ${listed(first)},\n    "im_2": ${listed(second)}\n  }`,
  );
  return `{\n "format": "${MARKS_FORMAT}",\n "pairs": {\n${pairs.join(',\n')}\n }\n}\n`;
}

/** One mark a line, so that a change of one is a change of one line. */
function listed(marks: PairMarks[number]): string {
  return marks.length === 0 ? '[]' : `[\n${marks.map((m) => `      ${JSON.stringify(m)}`).join(',\n')}\n    ]`;
}
