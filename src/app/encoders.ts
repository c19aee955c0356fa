import { encoderNamed, encoderOf, towerOf } from '../core/discovery/encoders.ts';
import { FaultError } from '../core/fault.ts';
import type { Store } from '../store/db.ts';
import type { EncoderModel } from './embed-images.ts';
import { resolveModel } from './models.ts';

/**
 * The encoder that was named: a model of this browser or a served one, or by `vlm:` before it the vision tower of one. A model that is none is refused
 * here, before any image is read.
 * @throws FaultError 'not-found', 'bad-model', 'unsupported'
 */
export async function resolveEncoder(
  store: Store,
  named: string,
): Promise<EncoderModel & { readonly kind: 'encoder' }> {
  const { name, part } = encoderNamed(named);
  const model = await resolveModel(store, name);
  const paths = model.files.map((f) => f.path);
  const fits = part === 'encoder' ? encoderOf(model.config, paths) : towerOf(model.config, paths);
  if (!fits.ok) throw new FaultError({ ...fits.fault, message: `The encoder ${model.id}: ${fits.fault.message}` });
  return { kind: 'encoder', model, part };
}
