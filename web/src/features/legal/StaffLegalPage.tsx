import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Form, useForm } from '../../kit/form';
import { StaffPage } from '../../kit/staff';
import { Button, Card, Fault, Field, Loaded, Moment, Notice, Section, Segmented, TextArea, toast } from '../../kit/ui';
import { Prose } from '../../kit/ui/Prose';
import type { Language, LegalKind } from './data';
import {
  legalTextQuery,
  type Operator,
  operatorQuery,
  type StaffLegalText,
  useChangeOperator,
  usePublishLegalText,
} from './staff-data';

const LONGEST = 50_000;
const LONGEST_LINE = 200;

/** Who runs the square, and the texts that hold on it: each version is kept. */
export function StaffLegalPage() {
  const { t, i18n } = useLingui();
  const [kind, setKind] = useState<LegalKind>('terms');
  const [language, setLanguage] = useState(i18n.locale as Language);
  const operator = useQuery(operatorQuery);
  const text = useQuery(legalTextQuery(kind, language));
  return (
    <StaffPage
      title={t`Legal texts`}
      lead={
        <Trans>
          Everybody can read these before they register, and it is kept which version they accepted. Have somebody who
          knows the law of your country look at them.
        </Trans>
      }
    >
      <Section title={<Trans>Who runs this community</Trans>}>
        <Loaded query={operator} rows={2}>
          {(known) => <OperatorForm key={JSON.stringify(known)} known={known} />}
        </Loaded>
      </Section>
      <Section title={<Trans>The texts</Trans>}>
        <div className="flex flex-wrap gap-3">
          <Segmented
            label={t`Which text`}
            value={kind}
            onChange={setKind}
            className="max-w-md"
            options={[
              { value: 'terms', words: t`Terms of use` },
              { value: 'privacy', words: t`Privacy notice` },
            ]}
          />
          <Segmented
            label={t`Language`}
            value={language}
            onChange={setLanguage}
            className="max-w-60"
            options={[
              { value: 'tr', words: 'Türkçe' },
              { value: 'en', words: 'English' },
            ]}
          />
        </div>
        <Loaded query={text}>
          {(known) => <TextForm key={`${kind} ${language} ${known.current.digest}`} known={known} />}
        </Loaded>
      </Section>
    </StaffPage>
  );
}

function OperatorForm({ known }: { known: Operator }) {
  const { t } = useLingui();
  const change = useChangeOperator();
  const form = useForm({
    initial: known,
    limits: { name: LONGEST_LINE, contact: LONGEST_LINE, address: LONGEST_LINE },
    send: async (operator) => {
      await change.mutateAsync(operator);
      toast(t`Saved.`);
    },
  });
  return (
    <Card>
      <Form form={form} className="flex flex-col gap-4">
        {known.name && known.contact ? null : (
          <Notice tone="terracotta" title={<Trans>People cannot see yet who runs this community</Trans>}>
            <Trans>The law asks for a name and a way to reach you. Until you write them, the texts say so.</Trans>
          </Notice>
        )}
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t`Name of the person or company`} {...form.field('name')} />
          <Field label={t`E-mail address or page`} {...form.field('contact')} />
          <Field label={t`Postal address`} className="sm:col-span-2" {...form.field('address')} />
        </div>
        <Fault>{form.fault}</Fault>
        <Button type="submit" className="self-start" busy={form.busy}>
          <Trans>Save</Trans>
        </Button>
      </Form>
    </Card>
  );
}

function TextForm({ known }: { known: StaffLegalText }) {
  const { t } = useLingui();
  const { current, delivered, versions } = known;
  const publish = usePublishLegalText();
  const form = useForm({
    initial: { body: current.body },
    limits: { body: LONGEST },
    ready: ({ body }) => body.trim() !== '' && body.trim() !== current.body,
    send: async ({ body }) => {
      await publish.mutateAsync({
        kind: current.kind,
        language: current.language,
        body: body.trim(),
        instead_of: current.digest,
      });
      toast(t`The new version is in force.`);
    },
  });
  const { body } = form.values;
  return (
    <div className="flex flex-col gap-4">
      {current.version ? null : (
        <Notice tone="quiet" title={<Trans>This is the text that Meydan delivers</Trans>}>
          <Trans>It follows your settings until you publish one of your own.</Trans>
        </Notice>
      )}
      <Form form={form} className="grid gap-4 lg:grid-cols-2">
        <div className="flex flex-col gap-4">
          <TextArea
            label={t`Text`}
            hint={t`Begin a heading with ## and a line of a list with -. Put ** around what is to be bold.`}
            rows={22}
            lang={current.language}
            {...form.field('body')}
          />
          <Fault>{form.fault}</Fault>
          <div className="flex flex-wrap gap-3">
            <Button look="lamp" type="submit" disabled={!form.isReady} busy={form.busy}>
              <Trans>Publish</Trans>
            </Button>
            {body === delivered ? null : (
              <Button look="quiet" onClick={() => form.change({ body: delivered })}>
                <Trans>Start from the delivered text</Trans>
              </Button>
            )}
          </div>
        </div>
        <Card aria-label={t`As people see it`} role="region" className="min-w-0">
          <Prose lang={current.language}>{body}</Prose>
        </Card>
      </Form>
      {versions.length > 0 ? (
        <Section title={<Trans>Versions</Trans>}>
          <ul className="flex flex-col gap-2">
            {versions.map((one) => (
              <li key={one.version}>
                <details className="rounded-card border border-line bg-card p-4">
                  <summary className="cursor-pointer">
                    <VersionLine number={one.version} by={one.published_by} /> <Moment at={one.published_at} />
                  </summary>
                  <div className="pt-4">
                    <Prose lang={current.language}>{one.body}</Prose>
                  </div>
                </details>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
    </div>
  );
}

function VersionLine({ number, by }: { number: number; by: string | null }) {
  return by === null ? (
    <Trans>Version {number}, as delivered,</Trans>
  ) : (
    <Trans>
      Version {number}, by {by},
    </Trans>
  );
}
