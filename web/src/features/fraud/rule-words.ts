import { useLingui } from '@lingui/react/macro';
import type { Finding } from './data';

export interface RuleWords {
  rule: Finding['rule'];
  /** What it looks at, and what it finds usual. */
  words: string;
  /** Its numbers, by the name of the setting. */
  numbers: Record<string, string>;
  /** Its amounts of money, by the name of the setting; each is set by currency. */
  amounts?: Record<string, string>;
  /** The setting that says what it weighs. */
  points: string;
}

/** Every rule in words, with its numbers. */
export function useRuleWords(): RuleWords[] {
  const { t } = useLingui();
  return [
    {
      rule: 'many_payments',
      words: t`One person pays again and again.`,
      numbers: { payments_per_hour: t`Usual in an hour, up to`, payments_per_day: t`Usual in a day, up to` },
      points: 'many_payments_points',
    },
    {
      rule: 'much_money',
      words: t`One person pays a lot in one currency.`,
      numbers: {},
      amounts: { amount_per_hour: t`Usual in an hour, up to`, amount_per_day: t`Usual in a day, up to` },
      points: 'much_money_points',
    },
    {
      rule: 'new_device',
      words: t`A device is new to its person, and the purchase is large.`,
      numbers: { new_device_hours: t`New for this many hours` },
      amounts: { large_purchase: t`Large from` },
      points: 'new_device_points',
    },
    {
      rule: 'shared_card',
      words: t`One card pays for several people: more than a family. It looks at renewals of memberships too, which are never held back.`,
      numbers: {
        accounts_per_card: t`Usual people on one card, up to`,
        fingerprint_window_days: t`Days to look back (cards and devices)`,
      },
      points: 'shared_card_points',
    },
    {
      rule: 'shared_device',
      words: t`Several people pay from one device.`,
      numbers: { accounts_per_device: t`Usual people on one device, up to` },
      points: 'shared_device_points',
    },
    {
      rule: 'many_cards',
      words: t`One person tries card after card, refused ones included.`,
      numbers: { cards_per_day: t`Usual cards in a day, up to` },
      points: 'many_cards_points',
    },
    {
      rule: 'many_failures',
      words: t`Payments of one person, or from one device, fail again and again.`,
      numbers: { failures_per_day: t`Usual failures in a day, up to` },
      points: 'many_failures_points',
    },
    {
      rule: 'many_refunds',
      words: t`Somebody makes a habit of taking their money back: more often than usual, and a larger part of their payments than usual. It looks at renewals too.`,
      numbers: {
        refunds: t`Usual refunds, up to`,
        refund_percent: t`Usual percent of their payments, up to`,
        refund_lookback_days: t`Days to look back (refunds and disputes)`,
      },
      points: 'many_refunds_points',
    },
    {
      rule: 'disputed',
      words: t`A bank took a payment back, of this person or on this card. It looks at renewals too.`,
      numbers: { disputes: t`Usual disputed payments, up to` },
      points: 'disputed_points',
    },
    {
      rule: 'gift_ring',
      words: t`Gifts go from hand to hand and come back to where they began: that is how stolen coins become earnings. You are shown the people; nothing is held back.`,
      numbers: {
        ring_coins: t`Suspicious among three or more, from this many coins`,
        pair_coins: t`Suspicious back and forth between two, from this many coins`,
        ring_length: t`People in a ring, up to`,
        ring_days: t`Days taken together`,
      },
      points: 'ring_points',
    },
  ];
}

/** What so many points come to, as the thresholds stand in the form. */
export function useEffectWords() {
  const { t, i18n } = useLingui();
  return (points: number, at: Record<string, number>, gifts: boolean): string => {
    const { delay_score = 0, review_score = 0, freeze_score = 0, delay_minutes = 0 } = at;
    if (points >= freeze_score) return t`the wallet is frozen until you decide`;
    if (points >= review_score) return gifts ? t`you are shown it` : t`it waits until you decide`;
    if (points >= delay_score && !gifts) return t`it waits ${i18n.number(delay_minutes)} minutes`;
    return t`nothing follows by itself`;
  };
}
