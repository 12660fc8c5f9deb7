import { Trans, useLingui } from '@lingui/react/macro';
import { Moon, Sun, SunMoon } from 'lucide-react';
import { useWords } from '../../../kit/api/words';
import { chooseLanguage, type Language } from '../../../kit/language';
import { chooseTheme, useTheme } from '../../../kit/theme';
import { Page, Section, Segmented, toast } from '../../../kit/ui';
import { useChangeProfile } from '../data';

/** Language and appearance. */
export function AppearancePage() {
  const { t, i18n } = useLingui();
  const words = useWords();
  const theme = useTheme((state) => state.theme);
  const change = useChangeProfile();
  const choose = (language: Language) => {
    chooseLanguage(language);
    // The server writes to us in this language too; here it holds even when that does not reach it.
    change.mutate({ language }, { onError: (error) => toast(words(error), { kind: 'fault' }) });
  };
  return (
    <Page title={t`Language and appearance`} back="/me" backOnPhone>
      <Section title={<Trans>Language</Trans>}>
        <Segmented<Language>
          label={t`Language`}
          value={i18n.locale === 'en' ? 'en' : 'tr'}
          onChange={choose}
          options={[
            { value: 'tr', words: <span lang="tr">Türkçe</span> },
            { value: 'en', words: <span lang="en">English</span> },
          ]}
        />
      </Section>
      <Section title={<Trans>Appearance</Trans>}>
        <Segmented
          label={t`Appearance`}
          value={theme}
          onChange={chooseTheme}
          options={[
            { value: 'system', words: t`System`, icon: <SunMoon aria-hidden /> },
            { value: 'day', words: t`Daylight`, icon: <Sun aria-hidden /> },
            { value: 'night', words: t`Night`, icon: <Moon aria-hidden /> },
          ]}
        />
      </Section>
    </Page>
  );
}
