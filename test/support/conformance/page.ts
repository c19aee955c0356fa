import * as v from 'valibot';
import { spawnPixels } from '../../../src/bridge/spawn.ts';
import { CaseSchema, type Case, type Verdict } from './case.ts';
import { checkDecode, checkHf, checkNormalize, checkOrient, checkResize, type Bench } from './checks.ts';
import { filesAt } from './files.ts';

declare global {
  interface Window {
    /** Checks the cases of the folder served under `base`; `tools/commands/conformance.mjs` calls it. */
    checkCases: (base: string, cases: readonly unknown[]) => Promise<readonly Verdict[]>;
  }
}

async function check(c: Case, bench: Bench): Promise<string> {
  switch (c.op) {
    case 'resize':
      return checkResize(c, bench);
    case 'decode':
      return checkDecode(c, bench);
    case 'orient':
      return checkOrient(c, bench);
    case 'normalize':
      return checkNormalize(c);
    case 'hf':
      return checkHf(c, bench);
  }
}

/** A case that cannot be read, or whose files are missing, falls short like any other: the rest still counts. */
async function verdict(raw: unknown, bench: Bench): Promise<Verdict> {
  const named = v.safeParse(v.object({ id: v.string() }), raw);
  const id = named.success ? named.output.id : 'a case without id';
  const parsed = v.safeParse(CaseSchema, raw);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    return { id, short: `the case cannot be read: ${v.getDotPath(issue) ?? ''} ${issue.message}` };
  }
  try {
    return { id, short: await check(parsed.output, bench) };
  } catch (e) {
    return { id, short: e instanceof Error ? e.message : String(e) };
  }
}

window.checkCases = async (base, cases) => {
  const worker = spawnPixels();
  const bench: Bench = {
    files: filesAt(new URL(base, location.href).href),
    decode: (image, policy) => worker.call((api) => api.decode(image, policy)),
    prepare: (image, settings) => worker.call((api) => api.prepare(image, settings)),
  };
  const verdicts: Verdict[] = [];
  for (const c of cases) verdicts.push(await verdict(c, bench));
  worker.kill('the cases are checked');
  return verdicts;
};
