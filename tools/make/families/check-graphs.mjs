// Runs the text-only items of the references through onnxruntime-web (WASM, in Node): full forward and cached prefix, fp32 and q4.
// usage: node tools/make/families/check-graphs.mjs test/families/<name> ...
import { existsSync, readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web/wasm';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';
const i64 = (a, dims = [1, a.length]) => new ort.Tensor('int64', BigInt64Array.from(a, BigInt), dims);
const range = (a, b) => Array.from({ length: b - a }, (_, i) => a + i);

function logProb(logits, row, token) {
  const width = logits.dims[2];
  const x = logits.data.subarray(row * width, (row + 1) * width);
  let top = -Infinity;
  for (const v of x) top = Math.max(top, v);
  let sum = 0;
  for (const v of x) sum += Math.exp(v - top);
  return x[token] - top - Math.log(sum);
}

for (const folder of process.argv.slice(2).filter((f) => existsSync(`${f}/reference.json`))) {
  const open = (name) => ort.InferenceSession.create(new Uint8Array(readFileSync(`${folder}/model/onnx/${name}.onnx`)), { executionProviders: ['wasm'], logSeverityLevel: 3 });
  const embed = await open('embed_tokens');
  const encoder = existsSync(`${folder}/model/onnx/encoder_model.onnx`) ? await open('encoder_model') : null;
  for (const suffix of ['', '_q4']) {
    const ref = JSON.parse(readFileSync(`${folder}/reference${suffix}.json`, 'utf8'));
    if (!ref.text_only) continue;
    const decoder = await open('decoder_model_merged' + suffix);
    const empty = () =>
      Object.fromEntries(
        decoder.inputMetadata
          .filter((m) => m.name.startsWith('past'))
          .map((m) => {
            const dims = m.shape.map((d, i) => (typeof d === 'number' ? d : i === 0 ? 1 : 0));
            return [m.name, new ort.Tensor('float32', new Float32Array(dims.reduce((a, b) => a * b)), dims)];
          }),
      );
    const first = ref.first_position ?? 0;
    const step = async (ids, at, past, extra = {}) => {
      const feeds = { inputs_embeds: (await embed.run({ input_ids: i64(ids) })).inputs_embeds, ...(past ?? empty()), ...extra };
      const positions = range(at + first, at + first + ids.length);
      if (decoder.inputNames.includes('attention_mask')) feeds.attention_mask = i64(new Array(at + ids.length).fill(1));
      if (decoder.inputNames.includes('position_ids')) feeds.position_ids = decoder.inputMetadata.find((m) => m.name === 'position_ids').shape.length === 3 ? i64([...positions, ...positions, ...positions], [3, 1, ids.length]) : i64(positions);
      if (decoder.inputNames.includes('num_logits_to_keep')) feeds.num_logits_to_keep = i64([0], []);
      if (encoder) feeds.use_cache_branch = new ort.Tensor('bool', [past != null], [1]);
      const out = await decoder.run(feeds);
      const next = {};
      for (const [k, v] of Object.entries(out)) {
        if (k === 'logits') continue;
        const name = k.replace('present_', 'past_').replace('present.', 'past_key_values.');
        next[name] = past && name.includes('.encoder.') ? past[name] : v;
      }
      return { logits: out.logits, past: next };
    };
    let worst = 0;
    let cached = 0;
    for (const item of Object.values(ref.text_only)) {
      for (const X of ['A', 'B']) {
        const { start, tokens, token_logprobs: want } = item[X];
        let prefix = item.ids.slice(0, start);
        let extra;
        if (encoder) {
          prefix = ref.decoder_prefix;
          const mask = i64(new Array(item.ids.length).fill(1));
          const hidden = (await encoder.run({ inputs_embeds: (await embed.run({ input_ids: i64(item.ids) })).inputs_embeds, attention_mask: mask })).last_hidden_state;
          extra = { encoder_hidden_states: hidden, encoder_attention_mask: mask };
        }
        const whole = (await step([...prefix, ...tokens], 0, null, extra)).logits;
        tokens.forEach((t, j) => (worst = Math.max(worst, Math.abs(logProb(whole, prefix.length - 1 + j, t) - want[j]))));
        const head = await step(prefix, 0, null, extra);
        const got = [logProb(head.logits, prefix.length - 1, tokens[0])];
        if (encoder) {
          let past = head.past;
          for (let j = 0; j + 1 < tokens.length; j++) {
            const r = await step([tokens[j]], prefix.length + j, past, extra);
            past = r.past;
            got.push(logProb(r.logits, 0, tokens[j + 1]));
          }
        } else if (tokens.length > 1) {
          const r = await step(tokens.slice(0, -1), prefix.length, head.past);
          for (let j = 1; j < tokens.length; j++) got.push(logProb(r.logits, j - 1, tokens[j]));
        }
        got.forEach((g, j) => (cached = Math.max(cached, Math.abs(g - want[j]))));
      }
    }
    console.log(folder, suffix || 'fp32', 'full', worst.toExponential(1), 'cached', cached.toExponential(1));
    if (!(worst < 1e-3 && cached < 1e-3)) process.exitCode = 1;
    await decoder.release();
  }
}
