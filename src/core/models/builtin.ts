/** Model ids that begin so are folders served on this page's own origin: `served:models/phantom-vlm/`. Others are kept in IndexedDB. */
export const SERVED = 'served:';
/** The model that ships with Lookalike. */
export const BUILTIN_MODEL = `${SERVED}models/phantom-vlm/`;
/** The text model that judges the demo's free answers. It knows the demo's vocabulary only. */
export const BUILTIN_JUDGE = `${SERVED}models/phantom-judge/`;
/** The text model that drafts questions on the demo's captions and names their categories. It knows those captions only. */
export const BUILTIN_WRITER = `${SERVED}models/phantom-writer/`;
