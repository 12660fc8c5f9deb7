import { useLingui } from '@lingui/react/macro';
import { Languages } from 'lucide-react';
import { chooseLanguage } from '../language';

/** One tap to the other language, named in that language. */
export function LanguageSwitch() {
  const { i18n } = useLingui();
  const other = i18n.locale === 'tr' ? 'en' : 'tr';
  return (
    <button
      type="button"
      lang={other}
      onClick={() => chooseLanguage(other)}
      className="inline-flex min-h-11 items-center gap-2 rounded-full px-4 font-medium text-sm hover:bg-deep"
    >
      <Languages aria-hidden className="size-4.5" />
      {other === 'tr' ? 'Türkçe' : 'English'}
    </button>
  );
}
