import { Trans, useLingui } from '@lingui/react/macro';
import { Moon, Sun } from 'lucide-react';
import { useMe } from '../../../kit/api/session';
import type { Face } from '../../../kit/api/types';
import { useWords } from '../../../kit/api/words';
import { Form, useForm } from '../../../kit/form';
import { Alias, Avatar, Button, Card, Chip, Fault, Notice, Page, toast } from '../../../kit/ui';
import { ALIAS_REFUSALS, AliasField } from '../AliasField';
import { useMakeShadow, useSwitchFace } from '../data';

/** The two faces: which one speaks, and how to change. */
export function FacesPage() {
  const { t } = useLingui();
  const words = useWords();
  const me = useMe();
  const change = useSwitchFace();
  const shadow = me.faces.find(({ face }) => face === 'shadow');
  const wear = (face: Face) =>
    change.mutate(face, {
      onSuccess: () => toast(face === 'shadow' ? t`You are your shadow now.` : t`You show your real face now.`),
      onError: (error) => toast(words(error), { kind: 'fault' }),
    });

  return (
    <Page
      title={t`Faces`}
      back="/me"
      backOnPhone
      lead={
        <Trans>You can walk the square as yourself or as your shadow. Nobody can tell that they belong together.</Trans>
      }
    >
      {me.faces.map(({ face, profile }) => {
        const worn = face === me.profile.face;
        return (
          <Card key={face} className="flex flex-col gap-4">
            <div className="flex items-center gap-4">
              <Avatar seed={profile.avatar_seed} size={56} />
              <div className="flex min-w-0 flex-1 flex-col gap-1">
                <Alias alias={profile.alias} tag={profile.tag} />
                <div className="flex flex-wrap gap-1.5">
                  <Chip icon={face === 'shadow' ? <Moon aria-hidden /> : <Sun aria-hidden />}>
                    {face === 'shadow' ? t`shadow` : t`real face`}
                  </Chip>
                  {worn ? <Chip tone="lamp">{t`active now`}</Chip> : null}
                </div>
              </div>
            </div>
            {worn ? null : (
              <Button wide busy={change.isPending} onClick={() => wear(face)}>
                {face === 'shadow' ? <Trans>Become my shadow</Trans> : <Trans>Show my real face</Trans>}
              </Button>
            )}
          </Card>
        );
      })}
      {shadow ? (
        <Notice tone="quiet" icon={<Moon aria-hidden />} title={<Trans>The background turns to dusk</Trans>}>
          <Trans>
            While you are your shadow, every page has another background and a crescent. Talks and meetings of one face
            are not shown under the other; today's lamps are shared.
          </Trans>
        </Notice>
      ) : (
        <NewShadow />
      )}
    </Page>
  );
}

function NewShadow() {
  const { t } = useLingui();
  const make = useMakeShadow();
  const form = useForm({
    initial: { alias: '' },
    refusals: { alias: ALIAS_REFUSALS },
    ready: ({ alias }) => alias.trim() !== '',
    send: async ({ alias }) => {
      await make.mutateAsync(alias.trim());
      toast(t`Your shadow is there.`);
    },
  });
  return (
    <Card>
      <Form form={form} className="flex flex-col gap-4">
        <h2 className="flex items-center gap-2 font-semibold text-lg">
          <Moon aria-hidden className="size-5" />
          <Trans>Make a shadow</Trans>
        </h2>
        <p className="text-soft">
          <Trans>
            A second face with its own alias, tag and keys. Choose an alias that does not give you away; you can have
            one shadow.
          </Trans>
        </p>
        <AliasField {...form.choice('alias')} />
        <Fault>{form.fault}</Fault>
        <Button type="submit" look="lamp" wide busy={form.busy} disabled={!form.isReady}>
          <Trans>Make my shadow</Trans>
        </Button>
      </Form>
    </Card>
  );
}
