// Compares transformers.js's tokenizer and chat template with the references: rendered prompts and ids.
// usage: node tools/make/families/check-prompts.mjs test/families/<name> ...
import { readFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { AutoTokenizer, env } from '@huggingface/transformers';

env.allowRemoteModels = false;
for (const folder of process.argv.slice(2)) {
  const dir = path.resolve(folder);
  env.localModelPath = dir + '/';
  const ref = JSON.parse(readFileSync(dir + '/reference.json', 'utf8'));
  const tok = await AutoTokenizer.from_pretrained('model');
  const template = ['chat_template.jinja', 'chat_template.json'].map((f) => `${dir}/model/${f}`).find(existsSync);
  const text = template?.endsWith('.jinja') ? readFileSync(template, 'utf8') : template ? JSON.parse(readFileSync(template, 'utf8')).chat_template : undefined;
  const data = JSON.parse(readFileSync(dir + '/benchmark/data/dataset.json', 'utf8'));
  const seen = { prompts: 0, 'text-only ids': 0, 'ids of the whole expanded prompt': 0 };
  const bad = [];
  const ids = (s) => tok.encode(s, { add_special_tokens: ref.add_special_tokens ?? true });
  for (const [id, item] of Object.entries(ref.items)) {
    for (const k of ['im_1', 'im_2']) {
      const e = item[k];
      const v = data[id];
      const fill = (t) => t.replace('{q}', () => v.question).replace('{a}', () => v.option_A).replace('{b}', () => v.option_B);
      if (text && e.gd_prompt) {
        const got = tok.apply_chat_template([{ role: 'user', content: [{ type: 'image' }, { type: 'text', text: fill(ref.prompts.letter) }] }], { add_generation_prompt: true, tokenize: false, chat_template: text });
        seen.prompts++;
        if (got !== e.gd_prompt) bad.push([id, k, 'prompt', got, e.gd_prompt]);
      }
      if (e.gd_expanded) {
        seen['ids of the whole expanded prompt']++;
        if (String(ids(e.gd_expanded)) !== String(e.gd_ids)) bad.push([id, k, 'ids', String(ids(e.gd_expanded)), String(e.gd_ids)]);
        for (const X of ['A', 'B']) {
          const whole = ids(e.ps_expanded + v['option_' + X]);
          const want = [...e.ps_ids.slice(0, e.ps[X].start), ...e.ps[X].tokens];
          if (String(whole) !== String(want)) bad.push([id, k, 'option ' + X, String(whole), String(want)]);
        }
      }
    }
    const t = ref.text_only?.[id];
    if (t) {
      seen['text-only ids']++;
      if (String(ids(t.prompt)) !== String(t.ids)) bad.push([id, 'text only', String(ids(t.prompt)), String(t.ids)]);
    }
  }
  console.log(folder, bad.length ? 'DIFFERENT' : 'equal', JSON.stringify(seen));
  for (const b of bad.slice(0, 3)) console.log('  ', ...b);
  process.exitCode ||= bad.length ? 1 : 0;
}
