import { useLingui } from '@lingui/react/macro';
import type { HistoryItem } from '../../kit/api/types';
import { type Said, wordingOf } from './movements';

/** Why a wallet is frozen, as far as the person may know. */
export function useFreezeReason(): (reason: string) => string {
  const { t } = useLingui();
  return (reason) => {
    switch (reason) {
      case 'fraud':
        return t`Something about payments or gifts looks unusual, and we want to be sure that it was you.`;
      case 'former_account':
        return t`The wallet of the account you had here before was frozen, and this one follows it.`;
      default:
        return reason
          ? t`The people who run this square stopped it for now: ${reason}`
          : t`The people who run this square stopped it for now.`;
    }
  };
}

/** Why coins came or went, in words: the ledger keeps codes, never sentences. */
export function useHistoryWords(): (movement: HistoryItem) => Said {
  const { t, i18n } = useLingui();
  return (movement) => {
    const { type, coins, earnings, debt, description, details, reverses_id } = movement;
    const text = (member: string) => (typeof details[member] === 'string' ? details[member] : '');
    const number = (member: string) => (typeof details[member] === 'number' ? details[member] : 0);
    const withDebt = (words: string) =>
      number('owed') > 0
        ? `${words} ${t`${i18n.number(number('owed'))} coins had been spent already and are owed.`}`
        : words;
    if (reverses_id && type !== 'dispute_won') {
      return {
        title: t`An earlier movement was undone`,
        words: t`Both are listed here, so that you can see it.`,
      };
    }
    switch (type) {
      case 'purchased': {
        const bonus = number('bonus');
        return {
          title: t`Coins bought`,
          words: bonus > 0 ? t`${i18n.number(bonus)} of them were a present` : undefined,
        };
      }
      case 'earned':
        return { title: description === 'daily' ? t`Coins of the day` : t`Coins earned` };
      case 'spent':
        return {
          title: description === 'meeting' ? t`One more meeting` : t`Coins spent`,
          words: number('quantity') > 1 ? t`${number('quantity')} meetings` : undefined,
        };
      case 'premium':
        return { title: t`Premium`, words: t`Paid with coins` };
      case 'call':
        return coins === 0 && earnings > 0
          ? { title: t`A call with you`, words: t`Paid by the minute; your share of it, among your earnings.` }
          : { title: t`A call`, words: t`Paid by the minute` };
      case 'refund':
        return { title: t`Coins of a refunded purchase`, words: withDebt(t`The money went back to you.`) };
      case 'chargeback':
        return { title: t`Coins of a disputed purchase`, words: withDebt(t`Your bank took the money back.`) };
      case 'dispute_won':
        return { title: t`A disputed purchase was upheld`, words: t`What had been taken back for it is yours again.` };
      case 'debt_forgiven':
        return {
          title: t`Owed coins forgiven`,
          words: t`The people who run this square let you off ${i18n.number(-debt)} coins.`,
        };
      case 'payout':
        return { title: t`Earnings paid out` };
      case 'debt_payment':
        return { title: t`Owed coins paid`, words: t`Incoming coins paid what you owed.` };
      case 'conversion':
        return { title: t`Earnings turned into coins`, words: t`${i18n.number(-earnings)} of what you had earned.` };
      case 'adjustment':
        if (description === 'former_account') {
          return {
            title: t`Owed by your earlier account`,
            words: t`${i18n.number(-debt)} coins. You had an account here before, and it still owed them.`,
          };
        }
        return { title: t`Put right by the people who run this square`, words: text('note') || undefined };
      case 'forfeited':
        return { title: t`Coins that ran out` };
      default:
        return wordingOf(type)?.(movement, i18n) ?? { title: t`A movement of coins` };
    }
  };
}
