/**
 * The lab: a page of its own, outside the product, where browser tests reach the workers directly. To add something, write lab/<name>.ts and name it
 * here; a spec calls it by `page.evaluate(() => lab.<name>.<function>(...))`.
 */
import * as encode from './encode.ts';
import * as operators from './operators.ts';
import * as run from './run.ts';
import * as score from './score.ts';
import * as text from './text.ts';

const lab = { encode, operators, run, score, text };
export type Lab = typeof lab;

declare global {
  var lab: Lab;
}
globalThis.lab = lab;
