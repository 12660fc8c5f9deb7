import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ArrowLeft, Coins as CoinsIcon, Snowflake, Sun } from 'lucide-react';
import { Suspense, useState } from 'react';
import { useWords } from '../../kit/api/words';
import { ConflictOfInterest, DecideSheet, PersonName, StaffPage } from '../../kit/staff';
import { Alias, Button, Card, CardList, Figure, List, Loaded, Moment, Notice, Row, Section, toast } from '../../kit/ui';
import { SecondFactorOf } from '../accounts';
import { CaseCard } from '../fraud';
import { useFreeze, useThaw } from '../wallet';
import { AdjustSheet } from './AdjustSheet';
import { memberQuery, paymentsQuery, type StaffPerson, transactionsQuery } from './data';
import { PaymentsTable } from './PaymentsPage';
import { TransactionsTable } from './TransactionsPage';

/** One member: what they have and owe, whether they may spend it, what they paid, what was doubted. */
export function PersonPage() {
  const { t } = useLingui();
  const { userId = '' } = useParams({ strict: false });
  const member = useQuery(memberQuery(userId));
  return (
    <StaffPage title={t`One member's money`}>
      <Link
        to="/staff/people"
        className="inline-flex min-h-11 items-center gap-2 self-start font-medium text-soft hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-4.5" />
        <Trans>Find somebody else</Trans>
      </Link>
      <Loaded query={member}>
        {(known) => (
          <>
            <Standing key={userId} member={known} />
            {known.cases.length > 0 ? (
              <Section title={<Trans>Doubts</Trans>}>
                <ul className="flex flex-col gap-4">
                  {known.cases.map((one) => (
                    <li key={one.id}>
                      <CaseCard one={one} />
                    </li>
                  ))}
                </ul>
              </Section>
            ) : null}
            {known.adjustments.length > 0 ? <Adjustments member={known} /> : null}
            <Suspense>
              <SecondFactorOf userId={userId} />
            </Suspense>
            <Payments userId={userId} />
            <Transactions userId={userId} />
          </>
        )}
      </Loaded>
    </StaffPage>
  );
}

function Standing({ member }: { member: StaffPerson }) {
  const { t } = useLingui();
  const { person, wallet, freeze } = member;
  const hasLeft = person.alias === '';
  return (
    <Card className="flex flex-col gap-5">
      <h2 className="font-bold font-display text-xl">
        {hasLeft ? <Trans>Somebody who left</Trans> : <Alias alias={person.alias} tag={person.tag} />}
      </h2>
      <dl className="grid grid-cols-2 gap-4 sm:grid-cols-4">
        <Sum name={t`Coins`} value={wallet.balance} />
        <Sum name={t`Of these, set aside`} value={wallet.held} />
        <Sum name={t`Owed`} value={wallet.debt} bad={wallet.debt > 0} />
        <Sum name={t`Earnings`} value={wallet.earnings} />
      </dl>
      {freeze ? (
        <Notice tone="terracotta" icon={<Snowflake aria-hidden />} title={<Trans>This wallet is frozen</Trans>}>
          <p className="wrap-anywhere">
            {freeze.reason === 'fraud' ? <Trans>Because of what the fraud rules saw.</Trans> : freeze.reason}
          </p>
          <p className="flex flex-wrap gap-x-1.5 text-soft">
            <Moment at={freeze.since} />
            {freeze.by ? (
              <>
                {' · '}
                <PersonName person={freeze.by} />
              </>
            ) : null}
          </p>
        </Notice>
      ) : null}
      {hasLeft ? (
        <p className="text-soft">
          <Trans>
            They erased their account. What they had fell to the community; what they paid stays in the books.
          </Trans>
        </p>
      ) : member.conflict_of_interest ? (
        <ConflictOfInterest />
      ) : (
        <Acts member={member} />
      )}
    </Card>
  );
}

function Sum({ name, value, bad = false }: { name: string; value: number; bad?: boolean }) {
  return (
    <div className="flex flex-col">
      <dt className="text-soft text-sm">{name}</dt>
      <dd className={bad ? 'font-display font-semibold text-lg text-terracotta' : 'font-display font-semibold text-lg'}>
        <Figure value={value} />
      </dd>
    </div>
  );
}

function Acts({ member }: { member: StaffPerson }) {
  const { t } = useLingui();
  const words = useWords();
  const user_id = member.person.user_id;
  const freeze = useFreeze(user_id);
  const thaw = useThaw(user_id);
  const [doing, setDoing] = useState<'freeze' | 'adjust' | null>(null);
  const done = () => setDoing(null);
  return (
    <div className="flex flex-wrap gap-2">
      <Button icon={<CoinsIcon aria-hidden className="size-5" />} onClick={() => setDoing('adjust')}>
        <Trans>Give or take coins</Trans>
      </Button>
      {member.freeze ? (
        <Button
          icon={<Sun aria-hidden className="size-5" />}
          busy={thaw.isPending}
          onClick={() =>
            thaw.mutate(undefined, {
              onSuccess: () => toast(t`The wallet is thawed.`),
              onError: (error) => toast(words(error), { kind: 'fault' }),
            })
          }
        >
          <Trans>Thaw the wallet</Trans>
        </Button>
      ) : (
        <Button look="danger" icon={<Snowflake aria-hidden className="size-5" />} onClick={() => setDoing('freeze')}>
          <Trans>Freeze the wallet</Trans>
        </Button>
      )}
      {doing === 'freeze' ? (
        <DecideSheet
          onClose={done}
          title={t`Freeze the wallet?`}
          words={t`They cannot spend until somebody thaws it. They are told that it is frozen, and why.`}
          act={t`Freeze the wallet`}
          danger
          isTold
          onDecide={async (reason) => {
            await freeze.mutateAsync(reason);
            toast(t`The wallet is frozen.`);
            done();
          }}
        />
      ) : null}
      {doing === 'adjust' ? <AdjustSheet member={member} onClose={done} /> : null}
    </div>
  );
}

function Adjustments({ member }: { member: StaffPerson }) {
  const { t } = useLingui();
  return (
    <Section title={<Trans>Given and taken by hand</Trans>}>
      <CardList label={t`Given and taken by hand`}>
        {member.adjustments.map((one) => (
          <Row
            key={one.id}
            title={<Figure signed value={one.coins} />}
            words={
              <span className="wrap-anywhere">
                {one.reason ? `${one.reason} · ` : null}
                <Moment at={one.created_at} />
              </span>
            }
            aside={<PersonName person={one.by} />}
          />
        ))}
      </CardList>
    </Section>
  );
}

function Payments({ userId }: { userId: string }) {
  const payments = useInfiniteQuery(paymentsQuery({}, userId));
  return (
    <Section title={<Trans>Payments</Trans>}>
      <List
        query={payments}
        rows={3}
        empty={
          <p className="text-soft">
            <Trans>They have paid nothing here.</Trans>
          </p>
        }
      >
        {(found) => <PaymentsTable payments={found} ofOne />}
      </List>
    </Section>
  );
}

function Transactions({ userId }: { userId: string }) {
  const transactions = useInfiniteQuery(transactionsQuery('', userId));
  return (
    <Section title={<Trans>Transactions</Trans>}>
      <List
        query={transactions}
        rows={3}
        empty={
          <p className="text-soft">
            <Trans>None of their coins has moved.</Trans>
          </p>
        }
      >
        {(found) => <TransactionsTable transactions={found} />}
      </List>
    </Section>
  );
}
