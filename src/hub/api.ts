import { fault, FaultError, orThrow } from '../core/fault.ts';
import {
  fileUrl,
  nextPage,
  readRevision,
  readTreePage,
  revisionUrl,
  treeUrl,
  type HubFile,
  type RepositoryFacts,
} from '../core/models/hub/listing.ts';
import { Passing, persevere, requestOnce, type Hub, type Trying } from './client.ts';
import { hex } from '../core/bytes.ts';
import { gitBlobId } from '../store/hash.ts';

async function json(
  hub: Hub,
  url: string,
  repository: string,
  what: string,
  options: Trying,
): Promise<{ body: unknown; link: string | null }> {
  return persevere(hub, options, async () => {
    const signal = options.signal ?? new AbortController().signal;
    const response = await requestOnce(hub, url, repository, what, { signal });
    const text = await response.text().catch((error: unknown) => {
      throw new Passing(
        new FaultError(
          fault('network', `The hub's answer about ${repository} was cut off.`, { detail: String(error) }),
        ),
      );
    });
    try {
      return { body: JSON.parse(text) as unknown, link: response.headers.get('link') };
    } catch {
      throw new Passing(
        new FaultError(
          fault(
            'network',
            `The hub's answer about ${repository} is not JSON. A proxy may stand between, or it is no hub.`,
            { url },
          ),
        ),
      );
    }
  });
}

/** The commit behind a revision ('main', a tag, a commit), and what the repository says of its licence and gate. */
export async function repositoryFacts(
  hub: Hub,
  repository: string,
  revision: string,
  options: Trying,
): Promise<RepositoryFacts> {
  const { body } = await json(
    hub,
    revisionUrl(hub.address, repository, revision),
    repository,
    `revision ${revision}`,
    options,
  );
  return orThrow(readRevision(body));
}

/** All files at a commit, with their sizes and hashes. */
export async function listFiles(
  hub: Hub,
  repository: string,
  commit: string,
  options: Trying,
): Promise<readonly HubFile[]> {
  const files: HubFile[] = [];
  let url: string | null = treeUrl(hub.address, repository, commit);
  for (let page = 0; url !== null && page < 100; page++) {
    const current: string = url;
    const { body, link } = await json(hub, current, repository, 'list of files', options);
    files.push(...orThrow(readTreePage(body)));
    url = nextPage(link, current);
  }
  return files;
}

/** A small file, whole and checked against the hash that the listing gives; for config.json before a download is planned. */
export async function smallFile(
  hub: Hub,
  repository: string,
  commit: string,
  file: HubFile,
  options: Trying,
): Promise<Blob> {
  const url = fileUrl(hub.address, repository, commit, file.path);
  return persevere(hub, options, async () => {
    const response = await requestOnce(hub, url, repository, file.path, {
      signal: options.signal ?? new AbortController().signal,
    });
    const blob = await response.blob().catch(() => new Blob([]));
    if (await hasHash(blob, file)) return blob;
    throw new Passing(altered(file.path));
  });
}

async function hasHash(blob: Blob, file: Pick<HubFile, 'size' | 'sha256' | 'gitOid'>): Promise<boolean> {
  if (blob.size !== file.size) return false;
  if (file.sha256 === null) return (await gitBlobId(blob)) === file.gitOid;
  return hex(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer())) === file.sha256;
}

export const altered = (path: string): FaultError =>
  new FaultError(
    fault(
      'network',
      `The bytes of ${path} arrive altered: they do not have the hash that the hub publishes. A proxy that inspects downloads may change them; try another network.`,
      {
        path,
      },
    ),
  );
