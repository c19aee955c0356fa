import { fault, FaultError } from '../core/fault.ts';
import { readJson } from '../core/json.ts';
import { describeModel, type HubModel } from '../core/models/hub/model.ts';
import { listFiles, repositoryFacts, smallFile } from './api.ts';
import type { Hub, Trying } from './client.ts';

/**
 * Asks the hub about a model: commit, licence, files with sizes and hashes, config.json. A few kilobytes; nothing is kept.
 * @throws FaultError 'network' in words (gated, missing, rate limit, proxy), 'bad-model' without a config.json
 */
export async function inspectModel(
  hub: Hub,
  repository: string,
  revision = 'main',
  options: Trying = { signal: undefined },
): Promise<HubModel> {
  const facts = await repositoryFacts(hub, repository, revision, options);
  const files = await listFiles(hub, repository, facts.commit, options);
  const config = files.find((f) => f.path === 'config.json');
  if (!config)
    throw new FaultError(
      fault('bad-model', `${repository} has no config.json, so it is not a model that Lookalike can use.`, {
        repository,
      }),
    );
  const text = await (await smallFile(hub, repository, facts.commit, config, options)).text();
  try {
    return describeModel(repository, facts, files, readJson(text));
  } catch {
    throw new FaultError(fault('bad-model', `The config.json of ${repository} is not JSON.`, { repository }));
  }
}
