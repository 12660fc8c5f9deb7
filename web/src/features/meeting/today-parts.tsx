/** What the main button of the square can be besides meeting somebody, and what is said below it. */
import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { BadgeCheck, MessageCircle, ShieldAlert, Sunrise } from 'lucide-react';
import type { Match } from '../../kit/api/types';
import { Button, clockTime, fullTime, Notice } from '../../kit/ui';
import { useWanted } from '../accounts';

export const BackToTalk = ({ match }: { match: Match }) => (
  <Button asChild look="lamp" size="lg" wide>
    <Link to="/messages/$conversationId" params={{ conversationId: match.conversation_id }}>
      <Trans>Back to the talk</Trans>
    </Link>
  </Button>
);

export const InTalk = ({ match }: { match: Match }) => (
  <Notice
    icon={<MessageCircle aria-hidden />}
    title={
      <Trans>
        You are talking with {match.stranger.alias}#{match.stranger.tag}
      </Trans>
    }
  >
    <Trans>One stranger at a time: leave this talk to meet the next.</Trans>
  </Notice>
);

export function Verify() {
  const wanted = useWanted();
  return (
    <Button asChild look="lamp" size="lg" wide>
      <Link to="/me/sign-in">
        {wanted === 'phone' ? <Trans>Verify my phone</Trans> : <Trans>Verify my phone or e-mail</Trans>}
      </Link>
    </Button>
  );
}

export function Unverified() {
  const wanted = useWanted();
  return (
    <Notice tone="quiet" icon={<BadgeCheck aria-hidden />} title={<Trans>One step before you meet people</Trans>}>
      {wanted === 'phone' ? (
        <Trans>
          Verify a phone number. It keeps the square honest: everybody here is one person. Strangers never see it.
        </Trans>
      ) : (
        <Trans>Verify a phone number or an e-mail address. It keeps the square honest. Strangers never see it.</Trans>
      )}
    </Notice>
  );
}

export const UnderTheLamp = () => (
  <Button asChild look="lamp" size="lg" wide>
    <Link to="/waiting">
      <Trans>Back to the lamp</Trans>
    </Link>
  </Button>
);

export function LampsOut({ until }: { until: string }) {
  const { i18n } = useLingui();
  const resets = clockTime(i18n.locale, new Date(until));
  return (
    <Notice tone="quiet" icon={<Sunrise aria-hidden />} title={<Trans>The lamps are out for today</Trans>}>
      <Trans>They are lit again at {resets}. A meeting that you get back can light one earlier.</Trans>
    </Notice>
  );
}

/** Reports keep somebody from meeting people for a day; all else goes on. */
export function Suspended({ until }: { until: string }) {
  const { i18n } = useLingui();
  const when = fullTime(i18n.locale, new Date(until));
  return (
    <Notice
      tone="terracotta"
      icon={<ShieldAlert aria-hidden />}
      title={<Trans>You meet nobody new until {when}</Trans>}
    >
      <Trans>
        Several people reported you. Those who run this square are looking at it; if nobody decides by then, this ends
        by itself. You can go on talking with people you have met, and read, export or delete what is yours.
      </Trans>
    </Notice>
  );
}
