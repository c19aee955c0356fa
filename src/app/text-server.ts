import { fail, orThrow, type Result } from '../core/fault.ts';
import type { ServerConfig } from '../core/servers/config.ts';
import type { LoadStep } from '../engines/engine.ts';
import { hostOf } from '../engines/remote/certificate.ts';
import { openRemoteText } from '../engines/remote/open-text.ts';
import { textId } from '../engines/remote/text.ts';
import type { TextEngine } from '../engines/text.ts';
import type { JudgeAhead } from '../run/judges.ts';
import { rendererOf } from './chat-renderer.ts';
import { openWay } from './server-access.ts';

/**
 * Opens a model behind a server as a judge or a writer, after questions of our own.
 * @returns a fault with facts `url` of this server, so that a page knows whose key or whose host is wanted
 */
export async function openServerText(
  server: ServerConfig,
  says: (step: LoadStep) => void = () => undefined,
): Promise<Result<TextEngine>> {
  const template = server.folder?.template;
  const opened = await openRemoteText(
    { server, open: () => openWay(server), renderer: template ? rendererOf(template) : null },
    says,
  );
  if (opened.ok) return opened;
  return fail({ ...opened.fault, facts: { ...opened.fault.facts, url: server.url } });
}

/**
 * A judge behind a server. It is asked before the run's first question, so that one that cannot judge is refused then, and anew before it judges.
 * @throws FaultError
 */
export async function serverJudge(server: ServerConfig): Promise<JudgeAhead> {
  orThrow(await openAs('judge', server)).end();
  return { open: (_, says) => openAs('judge', server, says) };
}

/** Opens a model behind a server for a task; what is wrong is said of that task, since a run may ask two servers. */
export async function openAs(
  task: 'judge' | 'writer',
  server: ServerConfig,
  says?: (step: LoadStep) => void,
): Promise<Result<TextEngine>> {
  const opened = await openServerText(server, says);
  if (opened.ok) return opened;
  const name = server.model === '' ? `at ${hostOf(server)}` : textId(server.model, hostOf(server));
  return fail({ ...opened.fault, message: `The ${task} ${name}: ${opened.fault.message}` });
}
