import type { Catalogue } from '../kit/language';

/** Words of the app, of the kit, and of what the rooms say of themselves: on every page. */
export const shell: Catalogue = { en: () => import('./words-en'), tr: () => import('./words-tr') };
