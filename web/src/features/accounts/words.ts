import type { Catalogue } from '../../kit/language';

/** Words of the pages behind the doors, apart from those of the doors: a visitor does not load them. */
export const settingsWords: Catalogue = {
  en: () => import('./settings/locales/en.po'),
  tr: () => import('./settings/locales/tr.po'),
};
export const staffWords: Catalogue = {
  en: () => import('./staff/locales/en.po'),
  tr: () => import('./staff/locales/tr.po'),
};
export const admissionWords: Catalogue = {
  en: () => import('./admission/locales/en.po'),
  tr: () => import('./admission/locales/tr.po'),
};
