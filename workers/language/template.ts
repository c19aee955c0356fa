import { findTemplate, type TemplateFiles } from '../../src/core/chat/find-template.ts';
import { compile, type ChatTemplate } from '../../src/core/chat/template.ts';

/**
 * The chat template of a folder, ready to render.
 * @returns null: the folder has none
 * @throws FaultError 'bad-model' for a template that cannot be read, or a list without a default
 */
export async function loadTemplate(files: TemplateFiles): Promise<ChatTemplate | null> {
  const found = await findTemplate(files);
  return found === null ? null : compile(found.text, found.source, found.tokens);
}
