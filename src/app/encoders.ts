import { encoderNamed } from '../core/discovery/encoders.ts';
import type { Store } from '../store/db.ts';
import type { EncoderModel } from './embed-images.ts';
import { resolveModel } from './models.ts';

/**
 * The encoder that was named: a model of this browser or a served one, or by `vlm:` before it the vision tower of one.
 * @throws FaultError 'not-found', 'bad-model'
 */
export async function resolveEncoder(
  store: Store,
  named: string,
): Promise<EncoderModel & { readonly kind: 'encoder' }> {
  const { name, part } = encoderNamed(named);
  return { kind: 'encoder', model: await resolveModel(store, name), part };
}
