import { fault, FaultError } from '../../src/core/fault.ts';
import { readJson } from '../../src/core/json.ts';
import type { ModelSource } from '../../src/protocol/model.ts';

/** A model's files, read lazily: a Blob's bytes are streamed when the library asks for them, never held twice. */
export interface ModelFiles {
  has(path: string): boolean;
  paths(): readonly string[];
  /** Bytes of a file; null when the folder has no such file. */
  size(path: string): number | null;
  /** undefined when the folder has no such file. */
  response(path: string): Promise<Response | undefined>;
  /** Parsed JSON, null when the file is absent. */
  json(path: string): Promise<unknown>;
  text(path: string): Promise<string | null>;
  /** From now on `response` gives these bytes for the path. */
  replace(path: string, bytes: Uint8Array<ArrayBuffer>): void;
}

/**
 * @throws FaultError 'unreadable' for broken JSON, 'bad-model' for a body whose length is not the announced one (a truncated file would
 *   be filled with zeros silently, docs/runtime.md)
 */
export function openFiles(source: ModelSource): ModelFiles {
  const sizes = new Map(source.files.map((f) => [f.path, f.size]));
  const body = source.kind === 'served' ? servedBody(source.base) : blobBody(source.files);
  const replaced = new Map<string, Blob>();

  async function response(path: string): Promise<Response | undefined> {
    const size = sizes.get(path);
    if (size === undefined) return undefined;
    const instead = replaced.get(path);
    if (instead) return blobResponse(instead);
    const blob = await body(path);
    const length = blob.size;
    if (length !== size)
      throw new FaultError(
        fault('bad-model', `The model file ${path} has ${length} bytes where ${size} are due. Bring the model again.`, {
          path,
          length,
          size,
        }),
      );
    return blobResponse(blob);
  }
  async function text(path: string): Promise<string | null> {
    return (await (await response(path))?.text()) ?? null;
  }
  async function json(path: string): Promise<unknown> {
    const t = await text(path);
    if (t === null) return null;
    try {
      return readJson(t);
    } catch (e) {
      const words = e instanceof Error ? e.message : String(e);
      throw new FaultError(
        fault('unreadable', `The model file ${path} is not JSON: ${words}. Bring the model again.`, { path }),
      );
    }
  }
  return {
    has: (p) => sizes.has(p),
    paths: () => [...sizes.keys()],
    size: (p) => sizes.get(p) ?? null,
    response,
    json,
    text,
    replace: (path, bytes) => void replaced.set(path, new Blob([bytes])),
  };
}

/**
 * A Response whose whole body is read by the Blob itself: measured on 320 MB, Response.arrayBuffer() holds the bytes twice (2.1 times the file)
 * and takes twice as long; Blob.arrayBuffer() holds them once (1.1). transformers.js reads files so.
 */
function blobResponse(blob: Blob): Response {
  const response = new Response(blob, { status: 200, headers: { 'content-length': String(blob.size) } });
  response.arrayBuffer = () => blob.arrayBuffer();
  return response;
}

type Body = (path: string) => Promise<Blob>;

function servedBody(base: string): Body {
  return async (path) => {
    const url = new URL(path.split('/').map(encodeURIComponent).join('/'), new URL(base, self.location.href));
    const r = await fetch(url);
    if (!r.ok)
      throw new FaultError(
        fault('network', `The model file ${path} could not be read (${r.status}).`, { path, status: r.status }),
      );
    return r.blob();
  };
}

function blobBody(files: Extract<ModelSource, { kind: 'blobs' }>['files']): Body {
  const parts = new Map(files.map((f) => [f.path, f.parts]));
  return (path) => {
    return Promise.resolve(new Blob([...(parts.get(path) ?? [])]));
  };
}
