import { Trans, useLingui } from '@lingui/react/macro';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useMe } from '../../kit/api/session';
import { useWords } from '../../kit/api/words';
import { Button, Card, Page } from '../../kit/ui';
import { useSwitchFace } from '../accounts';

/** Pages that a push leads to; an address from elsewhere leads to none. */
const PLACES = /^\/(notifications|wallet(\/gifts)?|messages\/[0-9a-f-]{36})$/;

/** Where a click on a push arrives: it goes on at once, unless it is for the other face. */
export function PushTargetPage() {
  const { t } = useLingui();
  const words = useWords();
  const navigate = useNavigate();
  const me = useMe();
  const change = useSwitchFace();
  const { to, profile } = useSearch({ strict: false }) as { to?: string; profile?: string };
  const place = to && PLACES.test(to) ? to : '/';
  const other = me.faces.find((face) => face.profile.id === profile && face.profile.id !== me.profile.id);

  useEffect(() => {
    if (!other) void navigate({ to: place, replace: true });
  }, [other, navigate, place]);

  if (!other) return null;
  return (
    <Page title={t`For your other face`}>
      <Card className="flex flex-col gap-4">
        <p>
          <Trans>This is for your other face. Only one of the two is open at a time.</Trans>
        </p>
        {change.error ? (
          <p role="alert" className="text-terracotta">
            {words(change.error)}
          </p>
        ) : null}
        <Button look="lamp" wide busy={change.isPending} onClick={() => change.mutate(other.face)}>
          <Trans>Put it on and open</Trans>
        </Button>
        <Button wide onClick={() => void navigate({ to: '/', replace: true })}>
          <Trans>Stay as I am</Trans>
        </Button>
      </Card>
    </Page>
  );
}
