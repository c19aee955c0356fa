import { cachedRevision, MANIFEST_FILE, readManifest, type ModelManifest } from '../core/models/manifest.ts';
import { modelRoot } from '../core/models/folder.ts';
import { fault, FaultError, orThrow } from '../core/fault.ts';
import type { HubFile } from '../core/models/hub/listing.ts';
import { chunk } from '../store/chunks.ts';
import type { Store } from '../store/db.ts';
import { gitBlobId } from '../store/hash.ts';
import { keepModel, type KeepOptions, type ModelFileInput } from '../store/models.ts';
import type { KeptModel, ModelOrigin } from '../store/model-rows.ts';
import { listFiles } from './api.ts';
import { createHub, type Hub, type Trying } from './client.ts';

/** Where a brought folder says it is from. */
export interface Claim {
  readonly repository: string;
  readonly revision: string;
  readonly manifest: ModelManifest | null;
}

/**
 * What a folder or zip says of its origin: by its manifest, or by lying in the hub's own cache layout. null: nothing.
 * @param name of the folder, which is in no path
 */
export async function claimOf(name: string, files: readonly ModelFileInput[]): Promise<Claim | null> {
  const manifest = await manifestIn(files);
  if (manifest?.repository && manifest.revision)
    return { repository: manifest.repository, revision: manifest.revision, manifest };
  const root = modelRoot(files.map((f) => f.path)) ?? '';
  const cached = cachedRevision(`${name}/${root}`);
  return cached === null ? null : { ...cached, manifest: null };
}

async function manifestIn(files: readonly ModelFileInput[]): Promise<ModelManifest | null> {
  const root = modelRoot(files.map((f) => f.path)) ?? '';
  const file = files.find((f) => f.path === root + MANIFEST_FILE);
  if (!file) return null;
  let json: unknown;
  try {
    json = JSON.parse(await file.blob.text());
  } catch {
    json = null;
  }
  return orThrow(readManifest(json));
}

/**
 * Keeps a brought folder or zip. Where it carries a manifest, every file must have the hash written there. Where it names a commit of the hub
 * and the hub may be asked, every file must be what the hub published. Only a checked claim is recorded as the model's revision.
 * @param hub null: the hub is not asked
 * @throws FaultError 'bad-model' naming the file that differs; as `keepModel`
 */
export async function importModel(
  store: Store,
  name: string,
  brought: readonly ModelFileInput[],
  kind: 'folder' | 'zip',
  hub: Hub | null,
  options: Omit<KeepOptions, 'source' | 'expected'> = {},
): Promise<KeptModel> {
  const files = await oneSnapshot(brought);
  const manifest = await manifestIn(files);
  const claim = await claimOf(name, files);
  const listing =
    hub === null || claim === null
      ? null
      : await listFiles(hub, claim.repository, claim.revision, { signal: options.signal });
  if (listing) await requirePublished(files, listing);
  const known = claim !== null && (listing !== null || claim.manifest !== null);
  const source: ModelOrigin = known
    ? {
        kind: 'import',
        revision: claim.revision,
        repository: claim.repository,
        hub: manifest?.hub ?? hub?.address ?? null,
      }
    : { kind, revision: null, repository: null, hub: null };
  const expected = new Map<string, string>(manifest?.files.map((f) => [f.path, f.sha256]) ?? []);
  for (const f of listing ?? []) if (f.sha256 !== null && given(files, f.path)) expected.set(f.path, f.sha256);
  const called = claim?.repository ?? manifest?.name ?? name;
  return keepModel(store, called, files, { ...options, source, expected });
}

/** Of a repository of the hub's cache that holds several commits, the one that `refs/main` names. */
async function oneSnapshot(files: readonly ModelFileInput[]): Promise<readonly ModelFileInput[]> {
  const ref = files.find((f) => /(^|\/)refs\/main$/.test(f.path));
  if (!ref) return files;
  const root = `${ref.path.slice(0, -'refs/main'.length)}snapshots/`;
  const meant = `${root}${(await ref.blob.text()).trim()}/`;
  if (!files.some((f) => f.path.startsWith(meant))) return files;
  return files.filter((f) => !f.path.startsWith(root) || f.path.startsWith(meant));
}

function given(files: readonly ModelFileInput[], path: string): ModelFileInput | undefined {
  const root = modelRoot(files.map((f) => f.path)) ?? '';
  return files.find((f) => f.path === root + path);
}

/** Sizes of all files, and contents of the small ones; the large ones are hashed as they are kept. */
async function requirePublished(files: readonly ModelFileInput[], listing: readonly HubFile[]): Promise<void> {
  for (const published of listing) {
    const file = given(files, published.path);
    if (!file) continue;
    const same =
      file.blob.size === published.size &&
      (published.sha256 !== null || (await gitBlobId(file.blob)) === published.gitOid);
    if (!same)
      throw new FaultError(
        fault(
          'bad-model',
          `The model file ${published.path} is not what the hub published at this revision. Download it, or copy it again.`,
          {
            path: published.path,
          },
        ),
      );
  }
}

/**
 * Compares a kept model with what the hub publishes at its commit.
 * @returns paths that differ, and paths that the hub does not have there
 */
export async function compareWithHub(
  store: Store,
  hub: Hub,
  kept: KeptModel,
  options: Trying = { signal: undefined },
): Promise<{ readonly wrong: readonly string[]; readonly unknown: readonly string[] }> {
  const { repository, revision } = kept.source;
  if (repository === null || revision === null)
    throw new FaultError(
      fault('bad-model', `The model ${kept.name} names no revision of a hub, so there is nothing to compare it with.`),
    );
  const from = createHub({ ...hub, address: kept.source.hub ?? hub.address });
  const listing = new Map((await listFiles(from, repository, revision, options)).map((f) => [f.path, f]));
  const wrong: string[] = [];
  const unknown: string[] = [];
  for (const file of kept.files) {
    const published = listing.get(file.path);
    if (!published) unknown.push(file.path);
    else if (!(await isSame(store, kept, file, published))) wrong.push(file.path);
  }
  return { wrong, unknown };
}

async function isSame(
  store: Store,
  kept: KeptModel,
  file: KeptModel['files'][number],
  published: HubFile,
): Promise<boolean> {
  if (file.size !== published.size) return false;
  if (published.sha256 !== null) return file.sha256 === published.sha256;
  const parts = await Promise.all(file.parts.map((_, index) => chunk(store, kept.bucket, file.path, index)));
  return (await gitBlobId(new Blob(parts.filter((p) => p !== null)))) === published.gitOid;
}
