import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Check, CircleAlert, Clock, Landmark, SearchCheck, Undo2 } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { isRefusal } from '../../kit/api/errors';
import type { Payment } from '../../kit/api/types';
import {
  Bone,
  Button,
  Card,
  Coin,
  Coins,
  cx,
  EmptyState,
  Figure,
  fullTime,
  Lamp,
  Loaded,
  Money,
  Page,
  Skeleton,
} from '../../kit/ui';
import { walletQuery } from '../wallet';
import { payPage } from './checkout';
import { isOpen, paymentQuery, useCheck } from './data';
import { ReceiptCard } from './Receipt';

/** Where the browser comes back to from the pay page, and a receipt for ever after. What it shows is the server's word. */
export function PaymentPage() {
  const { t } = useLingui();
  const { paymentId } = useParams({ from: '/frame/wallet/payments/$paymentId' });
  const payment = useQuery(paymentQuery(paymentId));
  return (
    <Page title={t`Payment`} back="/wallet/payments">
      {isRefusal(payment.error, 'not_found') ? (
        <EmptyState
          title={<Trans>This payment is not one of yours</Trans>}
          action={
            <Button asChild>
              <Link to="/wallet/payments">
                <Trans>To my payments</Trans>
              </Link>
            </Button>
          }
        >
          <Trans>If you paid with another account, log in with that one. Nothing is lost.</Trans>
        </EmptyState>
      ) : (
        <Loaded
          query={payment}
          skeleton={
            <Skeleton>
              <Bone className="h-64 w-full rounded-card" />
            </Skeleton>
          }
          fault={
            <Trans>
              What you paid is safe: it is settled between the payment company and us, with or without this page.
            </Trans>
          }
        >
          {(known) => (
            <>
              <Asking payment={known} />
              {/* The same region while the outcome in it changes: only that is read out. */}
              <div role="status">
                <Outcome payment={known} />
              </div>
              <ReceiptCard payment={known} />
            </>
          )}
        </Loaded>
      )}
    </Page>
  );
}

/** Once for each visit: the person may be back before the payment company's news. */
function Asking({ payment }: { payment: Payment }) {
  const { mutate: check } = useCheck();
  const ask = isOpen(payment) ? payment.id : null;
  useEffect(() => {
    if (ask !== null) check(ask);
  }, [ask, check]);
  return null;
}

const PATIENCE = 20_000;
/** Why a payment failed before anybody could pay. */
const NOT_OF_THE_CARD = new Set(['provider_unavailable', 'provider_refused']);

function Outcome({ payment }: { payment: Payment }) {
  const { i18n } = useLingui();
  const again = payment.kind === 'premium' ? '/premium' : '/wallet/buy';
  const when = (iso: string) => fullTime(i18n.locale, new Date(iso));
  switch (payment.status) {
    case 'created':
    case 'pending':
      return payment.problem === 'on_its_way' ? (
        <State icon={<Clock aria-hidden />} title={<Trans>Your payment is on its way</Trans>} actions={<ToWallet />}>
          <Trans>
            With this way of paying, the money can take a few days. Do not pay again: as soon as it arrives, you get
            what you paid for, and you will hear about it under News.
          </Trans>
        </State>
      ) : (
        <Waiting payment={payment} />
      );
    case 'paid':
      return <Done payment={payment} />;
    case 'held':
      return payment.problem === 'paid_twice' ? (
        <State
          icon={<Undo2 aria-hidden />}
          title={<Trans>You have a membership already: this goes back to you</Trans>}
          actions={<ToMembership />}
        >
          <Trans>
            Two payments arrived for one membership. We asked the payment company to give this one back, and it is not
            charged again. You do not have to do anything.
          </Trans>
        </State>
      ) : (
        <State
          icon={<SearchCheck aria-hidden />}
          title={<Trans>Paid. We take a look before you get it</Trans>}
          actions={<ToWallet />}
        >
          {payment.release_at ? (
            <Trans>
              The payment looked a little unusual, so we wait. You get what you bought by itself, at the latest on{' '}
              {when(payment.release_at)}. You will hear about it under News.
            </Trans>
          ) : (
            <Trans>
              The payment looked a little unusual, so somebody who runs this square is looking at it. Then you get what
              you bought, or your money back. You will hear about it under News.
            </Trans>
          )}
        </State>
      );
    case 'failed':
      return (
        <State
          tone="terracotta"
          icon={<CircleAlert aria-hidden />}
          title={<Trans>The payment did not go through</Trans>}
          actions={<Again to={again} />}
        >
          {NOT_OF_THE_CARD.has(payment.problem ?? '') ? (
            <Trans>
              The payment company could not open its page. Nothing was charged; try again in a little while.
            </Trans>
          ) : (
            <Trans>
              You have not bought anything. If your bank shows the amount as reserved, it lets go of it by itself within
              a few days. You can try again, or with another card.
            </Trans>
          )}
        </State>
      );
    case 'expired':
      return (
        <State
          icon={<Clock aria-hidden />}
          title={<Trans>The pay page was left, and its time is over</Trans>}
          actions={<Again to={again} />}
        >
          <Trans>Nothing was charged and nothing was bought.</Trans>
        </State>
      );
    case 'partly_refunded':
    case 'refunded':
      return (
        <State icon={<Undo2 aria-hidden />} title={<RefundTitle payment={payment} />} actions={<ToWallet />}>
          <Trans>It goes back the way it came; banks take a few days to show it.</Trans>{' '}
          <ClawedBack payment={payment} />
        </State>
      );
    case 'disputed':
    case 'charged_back':
      return (
        <State
          tone="terracotta"
          icon={<Landmark aria-hidden />}
          title={
            payment.status === 'disputed' ? (
              <Trans>Your bank is asked to take this payment back</Trans>
            ) : (
              <Trans>Your bank took this payment back</Trans>
            )
          }
          actions={<ToWallet />}
        >
          <ClawedBack payment={payment} />{' '}
          {payment.status === 'disputed' ? (
            <Trans>If it is decided that the payment stands, what it bought comes back to you.</Trans>
          ) : null}
        </State>
      );
  }
}

function RefundTitle({ payment }: { payment: Payment }) {
  const money = <Money amount={payment.refunded} currency={payment.currency} />;
  return payment.status === 'refunded' ? (
    <Trans>Your {money} went back to you</Trans>
  ) : (
    <Trans>{money} of it went back to you</Trans>
  );
}

/** What went with the money: coins that were there, and what is owed for those spent already. */
function ClawedBack({ payment }: { payment: Payment }) {
  if (payment.problem === 'paid_twice') {
    return <Trans>It was a second payment for one membership, which goes on as before.</Trans>;
  }
  if (payment.kind === 'premium') return <Trans>The membership it paid for has ended.</Trans>;
  if (payment.coins_clawed_back === 0) return null;
  if (payment.owed === 0) {
    return (
      <Trans>
        <Coins amount={payment.coins_clawed_back} /> went back with it.
      </Trans>
    );
  }
  return payment.owed === payment.coins_clawed_back ? (
    <Trans>
      <Coins amount={payment.owed} /> of it had been spent already: they are owed now, and coins that come in pay them
      first.
    </Trans>
  ) : (
    <Trans>
      <Coins amount={payment.coins_clawed_back} /> went back with it, and <Figure value={payment.owed} /> of them had
      been spent already: those are owed now, and coins that come in pay them first.
    </Trans>
  );
}

function Waiting({ payment }: { payment: Payment }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(setLate, PATIENCE, true);
    return () => clearTimeout(timer);
  }, []);
  const url = payPage(payment);
  return (
    <Card className="flex flex-col items-center gap-4 px-6 py-8 text-center">
      <Lamp breathing className="h-28" />
      <div className="flex flex-col gap-2">
        <h2 className="font-semibold text-lg">
          {late ? (
            <Trans>Your payment has not arrived yet</Trans>
          ) : (
            <Trans>We ask whether your payment has arrived</Trans>
          )}
        </h2>
        <p className="max-w-sm text-soft">
          {late ? (
            <Trans>
              You can leave this page: as soon as it arrives, you get what you paid for, and you will hear about it
              under News.
            </Trans>
          ) : (
            <Trans>This takes a few seconds. Only the payment company's word counts, not this page.</Trans>
          )}
        </p>
      </div>
      {url ? (
        <p className="flex flex-wrap items-center justify-center gap-x-2 text-sm">
          <span className="text-soft">
            <Trans>Not paid yet?</Trans>
          </span>
          <a href={url} className="min-h-9 content-center font-semibold underline underline-offset-4">
            <Trans>Back to the pay page</Trans>
          </a>
        </p>
      ) : null}
      {late ? <ToWallet /> : null}
    </Card>
  );
}

function Done({ payment }: { payment: Payment }) {
  const { data: wallet } = useQuery({ ...walletQuery, enabled: payment.kind === 'coins' });
  if (payment.kind === 'premium') {
    return (
      <State
        tone="moss"
        icon={<Check aria-hidden />}
        title={<Trans>You are a member now</Trans>}
        actions={<ToMembership />}
      >
        <Trans>More meetings are lit on the square already.</Trans>
      </State>
    );
  }
  return (
    <State
      tone="moss"
      icon={<Check aria-hidden />}
      title={
        <span className="inline-flex items-center gap-2">
          <Coin className="size-7" />
          <span>
            <Trans>
              <Coins amount={payment.coins} /> are yours
            </Trans>
          </span>
        </span>
      }
      actions={<ToWallet main />}
    >
      {wallet ? (
        <Trans>
          You have <Figure value={wallet.balance} className="font-semibold text-ink" /> now.
        </Trans>
      ) : null}
    </State>
  );
}

function ToMembership() {
  return (
    <Button asChild look="lamp">
      <Link to="/premium">
        <Trans>To my membership</Trans>
      </Link>
    </Button>
  );
}

function ToWallet({ main = false }: { main?: boolean }) {
  return (
    <Button asChild look={main ? 'lamp' : 'plain'}>
      <Link to="/wallet">
        <Trans>To my wallet</Trans>
      </Link>
    </Button>
  );
}

function Again({ to }: { to: '/premium' | '/wallet/buy' }) {
  return (
    <Button asChild look="lamp">
      <Link to={to}>
        <Trans>Choose again</Trans>
      </Link>
    </Button>
  );
}

function State({
  tone = 'lamp',
  icon,
  title,
  children,
  actions,
}: {
  tone?: 'lamp' | 'moss' | 'terracotta';
  icon: ReactNode;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  const tones = {
    lamp: 'bg-lamp-soft text-lamp-text',
    moss: 'bg-moss-soft text-moss',
    terracotta: 'bg-terracotta-soft text-terracotta',
  };
  return (
    <Card className="flex flex-col items-center gap-4 px-6 py-8 text-center">
      <div className={cx('flex size-14 items-center justify-center rounded-full [&_svg]:size-6', tones[tone])}>
        {icon}
      </div>
      <div className="flex flex-col gap-2">
        <h2 className="font-semibold text-lg">{title}</h2>
        {children ? <p className="max-w-sm text-soft">{children}</p> : null}
      </div>
      {actions ? <div className="print:hidden">{actions}</div> : null}
    </Card>
  );
}
