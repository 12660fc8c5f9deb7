import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Loaded } from '../../kit/ui';
import { DoorPage } from '../../kit/ui/DoorPage';
import { Prose } from '../../kit/ui/Prose';
import { type Language, type LegalKind, legalQuery } from './data';

export function TermsPage() {
  const { t } = useLingui();
  return <LegalPage kind="terms" title={t`Terms of use`} />;
}

export function PrivacyPage() {
  const { t } = useLingui();
  return <LegalPage kind="privacy" title={t`Privacy notice (GDPR art. 13)`} />;
}

/** One of the texts that hold here, for members and for those who have not come in yet. */
function LegalPage({ kind, title }: { kind: LegalKind; title: string }) {
  const { i18n } = useLingui();
  const texts = useQuery(legalQuery(i18n.locale as Language));
  const text = texts.data?.find((one) => one.kind === kind);
  return (
    <DoorPage
      title={title}
      lead={text?.version ? <Version number={text.version} at={text.published_at ?? ''} /> : undefined}
    >
      <Loaded query={texts} rows={4}>
        {() => text && <Prose lang={text.language}>{text.body}</Prose>}
      </Loaded>
    </DoorPage>
  );
}

function Version({ number, at }: { number: number; at: string }): ReactNode {
  const { i18n } = useLingui();
  const day = new Intl.DateTimeFormat(i18n.locale, { dateStyle: 'long' }).format(new Date(at));
  return (
    <Trans>
      Version {number}, {day}
    </Trans>
  );
}
