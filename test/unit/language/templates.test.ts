import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { strftime } from '../../../src/core/chat/date.ts';
import { DEFAULT_CHAT, type Thinking } from '../../../src/core/chat/settings.ts';
import { compile, type ChatMessage } from '../../../src/core/chat/template.ts';
import { loadTemplate } from '../../../workers/language/template.ts';
import { folderFiles } from './folder.ts';

/** Each folder of test/templates holds a template and what transformers renders of it (tools/make/templates/make_templates.py). */
const ROOT = fileURLToPath(new URL('../../templates', import.meta.url));
interface Golden {
  readonly messages: readonly ChatMessage[];
  readonly thinking: Thinking;
  readonly rendered?: string;
  readonly error?: string;
}

const STYLES = readdirSync(ROOT).filter((name) => existsSync(join(ROOT, name, 'golden.json')));
const golden = (name: string): readonly Golden[] =>
  JSON.parse(readFileSync(join(ROOT, name, 'golden.json'), 'utf8')) as readonly Golden[];

/** What Python says of a list in the place of a text, and what is said here. */
const OWN_WORDS: Readonly<Record<string, string>> = {
  'can only concatenate str (not "list") to str': 'it takes texts only, not a list of texts and images',
};

describe('templates render as transformers renders them', () => {
  it.each(STYLES.filter((s) => s !== 'broken' && s !== 'no-template'))('%s', async (name) => {
    const template = await loadTemplate(folderFiles(join(ROOT, name)));
    for (const { messages, thinking, rendered, error } of golden(name)) {
      const render = (): string | undefined => template?.render(messages, { ...DEFAULT_CHAT, thinking });
      if (rendered === undefined) expect(render).toThrow(OWN_WORDS[error ?? ''] ?? error);
      else expect(render()).toBe(rendered);
    }
  });
  it('a folder without a template has none', async () => {
    expect(await loadTemplate(folderFiles(join(ROOT, 'no-template')))).toBeNull();
  });
  it('a broken template is refused when it is read, with its file and the way out', async () => {
    await expect(loadTemplate(folderFiles(join(ROOT, 'broken')))).rejects.toThrow(
      /^The chat template in chat_template\.jinja cannot be read \(.+\): .* Put a simpler template into the folder as chat_template\.jinja/,
    );
  });
  it('a list of templates without a default is refused, and one of a single template is taken', async () => {
    const listed = (...names: string[]) =>
      loadTemplate({
        text: () => Promise.resolve(null),
        json: (path) =>
          Promise.resolve(
            path === 'tokenizer_config.json'
              ? { chat_template: names.map((name) => ({ name, template: `from ${name}` })) }
              : null,
          ),
      });
    await expect(listed('rag', 'tools')).rejects.toThrow(
      /several chat templates \(rag, tools\) and none called default/,
    );
    expect((await listed('rag'))?.render([], DEFAULT_CHAT)).toBe('from rag');
  });
  it('a list is not written out as code, whatever a text says', () => {
    const template = compile('{{ "<|user|>" + messages[0].content }}', 'x', {});
    const text = 'What is {"type": "text"}?';
    expect(() => template.render([{ role: 'user', content: [{ type: 'text', text: 'Q' }] }], DEFAULT_CHAT)).toThrow(
      'it takes texts only',
    );
    expect(template.render([{ role: 'user', content: text }], DEFAULT_CHAT)).toBe(`<|user|>${text}`);
  });
  it('the date is written under every sign that Python knows', () => {
    const signs = '%Y %y %C %G %m %B %b %d %e %-d %j %U %W %V %A %a %w %u %H %k %I %l %M %S %f %p %c %x %X %r %s';
    // Python 3.11: datetime(...).strftime(signs).
    expect(strftime('2024-07-26', signs)).toBe(
      '2024 24 20 2024 07 July Jul 26 26 26 208 29 30 30 Friday Fri 5 5 00  0 12 12 00 00 000000 AM Fri Jul 26 00:00:00 2024 07/26/24 00:00:00 12:00:00 AM 1721952000',
    );
    const weeks = ['2023-01-01', '2024-12-30', '2026-01-04', '2021-01-03', '2027-01-01'];
    expect(weeks.map((day) => strftime(day, '%U %W %V %G'))).toEqual([
      ...['01 00 52 2022', '52 53 01 2025', '01 00 01 2026', '01 00 53 2020', '00 00 53 2026'],
    ]);
  });
  it('the date stands still, and is said to be written', async () => {
    const template = await loadTemplate(folderFiles(join(ROOT, 'granite')));
    expect(template?.writesDate).toBe(true);
    expect(template?.knowsThinking).toBe(true);
    const user: readonly ChatMessage[] = [{ role: 'user', content: 'x' }];
    expect(template?.render(user, { ...DEFAULT_CHAT, date: '2025-01-02' })).toContain('Date: January 02, 2025.');
    expect((await loadTemplate(folderFiles(join(ROOT, 'idefics'))))?.writesDate).toBe(false);
  });
});
