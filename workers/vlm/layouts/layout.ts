import type { InferenceSession } from 'onnxruntime-web/webgpu';
import type { ProcessedImage } from '../../../src/core/images/types.ts';
import type { Device } from '../../../src/core/device.ts';
import type { FamilyFiles } from '../../../src/core/models/families/types.ts';
import type { FeatureData } from '../../../src/protocol/engine.ts';
import type { Embed } from '../../language/embed.ts';

/** A model's sessions by what they do; two names may mean one session. */
export interface RoleSessions {
  readonly vision: InferenceSession;
  readonly embed: InferenceSession;
  readonly decoder: InferenceSession;
}

/** What the engine asks of sessions before the decoder, however they share the work. */
export interface Layout {
  /** Rows of features of one image, as wide as the embeddings. */
  see(image: ProcessedImage): Promise<FeatureData>;
  /** Token ids to embeddings, images left out: those of image tokens are overwritten with rows. */
  readonly embed: Embed;
}

/**
 * @param files the folder's configuration, which decides what tensors a session wants
 * @param device of the sessions
 */
export type MakeLayout = (sessions: RoleSessions, files: FamilyFiles, device: Device) => Layout;
