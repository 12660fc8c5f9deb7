import { Trans, useLingui } from '@lingui/react/macro';
import type { components } from '../../kit/api/schema';
import { FormSheet } from '../../kit/FormSheet';
import { useForm } from '../../kit/form';
import { amountText, asciiDigits, Checkbox, Field, readMoney, SelectField, toast } from '../../kit/ui';
import { useGiftName } from '../gifts';
import { usePeriodWords } from '../premium';
import { useChangeGift, usePutPackage, usePutPlan } from './data';

type Schemas = components['schemas'];

/** A whole number somebody typed; NaN when it is none. */
function countIn(text: string): number {
  const digits = asciiDigits(text).trim();
  return /^\d{1,8}$/.test(digits) ? Number(digits) : Number.NaN;
}

/** Rules for what is typed here. */
function useFaults() {
  const { t } = useLingui();
  return {
    count: (least: number) => (text: string) => !(countIn(text) >= least) && t`Write a whole number.`,
    price: (currency: string) => (text: string) => !readMoney(text, currency) && t`Write an amount, like 49.99.`,
  };
}

export function PackageSheet({ known, onClose }: { known: Schemas['StaffPackage'] | undefined; onClose: () => void }) {
  const { t, i18n } = useLingui();
  const put = usePutPackage();
  const faults = useFaults();
  const currency = known?.currency ?? 'TRY';
  const form = useForm({
    initial: {
      coins: String(known?.coins ?? ''),
      bonus: String(known?.bonus ?? 0),
      price: known ? amountText(i18n.locale, known.price, currency) : '',
      product: known?.store_product_id ?? '',
      active: known?.active ?? true,
    },
    rules: { coins: faults.count(1), bonus: faults.count(0), price: faults.price(currency) },
    send: async ({ coins, bonus, price, product, active }) => {
      await put.mutateAsync({
        id: known?.id ?? null,
        wish: {
          coins: countIn(coins),
          bonus: countIn(bonus),
          price: readMoney(price, currency) ?? 0,
          currency,
          active,
          store_product_id: product.trim() || null,
          name: known?.name ?? null,
          position: known?.position ?? 99,
        },
      });
      toast(t`Saved.`);
      onClose();
    },
  });
  return (
    <FormSheet
      form={form}
      title={known ? t`Change a package` : t`Add a package`}
      act={<Trans>Save</Trans>}
      onClose={onClose}
    >
      <Field label={t`Coins`} inputMode="numeric" {...form.field('coins')} />
      <Field label={t`Bonus coins`} inputMode="numeric" {...form.field('bonus')} />
      <Field label={t`Price (${currency})`} inputMode="decimal" {...form.field('price')} />
      <Field
        label={t`Name in the stores`}
        hint={t`The product's id at Apple, Google and RevenueCat. Their prices are set there.`}
        autoCapitalize="none"
        {...form.field('product')}
      />
      <Checkbox label={<Trans>For sale</Trans>} {...form.choice('active')} />
    </FormSheet>
  );
}

export function PlanSheet({ known, onClose }: { known: Schemas['StaffPlan'] | undefined; onClose: () => void }) {
  const { t, i18n } = useLingui();
  const put = usePutPlan();
  const periodWords = usePeriodWords();
  const faults = useFaults();
  const currency = known?.currency ?? 'TRY';
  const form = useForm({
    initial: {
      period: known?.period ?? 'month',
      price: known ? amountText(i18n.locale, known.price, currency) : '',
      coinPrice: known?.coin_price == null ? '' : String(known.coin_price),
      perDay: String(known?.matches_per_day ?? 50),
      product: known?.store_product_id ?? '',
      active: known?.active ?? true,
    },
    rules: {
      price: faults.price(currency),
      coinPrice: (text) => text.trim() && faults.count(1)(text),
      perDay: faults.count(0),
    },
    send: async ({ period, price, coinPrice, perDay, product, active }) => {
      await put.mutateAsync({
        id: known?.id ?? null,
        wish: {
          period,
          price: readMoney(price, currency) ?? 0,
          currency,
          coin_price: coinPrice.trim() ? countIn(coinPrice) : null,
          matches_per_day: countIn(perDay),
          active,
          sees_likes: known?.sees_likes ?? true,
          no_ads: known?.no_ads ?? true,
          store_product_id: product.trim() || null,
          name: known?.name ?? null,
          position: known?.position ?? 99,
        },
      });
      toast(t`Saved.`);
      onClose();
    },
  });
  return (
    <FormSheet form={form} title={known ? t`Change a plan` : t`Add a plan`} act={<Trans>Save</Trans>} onClose={onClose}>
      {known ? null : (
        <SelectField label={t`Period`} {...form.field('period')}>
          {(['week', 'month', 'year'] as const).map((one) => (
            <option key={one} value={one}>
              {periodWords(one).name}
            </option>
          ))}
        </SelectField>
      )}
      <Field label={t`Price (${currency})`} inputMode="decimal" {...form.field('price')} />
      <Field
        label={t`Price in coins`}
        hint={t`Empty: not sold for coins.`}
        inputMode="numeric"
        {...form.field('coinPrice')}
      />
      <Field label={t`Meetings a day`} inputMode="numeric" {...form.field('perDay')} />
      <Field
        label={t`Name in the stores`}
        hint={t`The product's id at Apple, Google and RevenueCat. Their prices are set there.`}
        autoCapitalize="none"
        {...form.field('product')}
      />
      <Checkbox label={<Trans>For sale</Trans>} {...form.choice('active')} />
    </FormSheet>
  );
}

export function GiftSheet({ known, onClose }: { known: Schemas['StaffGift']; onClose: () => void }) {
  const { t } = useLingui();
  const change = useChangeGift();
  const giftName = useGiftName();
  const faults = useFaults();
  const both = (one: string, other: string) =>
    !one.trim() && other.trim() && t`Give it a name in both languages, or in none.`;
  const form = useForm({
    initial: {
      price: String(known.price),
      turkish: known.name?.tr ?? '',
      english: known.name?.en ?? '',
      active: known.active,
    },
    rules: {
      price: faults.count(1),
      turkish: (turkish, { english }) => both(turkish, english),
      english: (english, { turkish }) => both(english, turkish),
    },
    send: async ({ price, turkish, english, active }) => {
      const name = turkish.trim() ? { tr: turkish.trim(), en: english.trim() } : null;
      await change.mutateAsync({ id: known.id, change: { price: countIn(price), active, name } });
      toast(t`Saved.`);
      onClose();
    },
  });
  return (
    <FormSheet form={form} title={giftName(known)} act={<Trans>Save</Trans>} onClose={onClose}>
      <Field label={t`Coins`} inputMode="numeric" {...form.field('price')} />
      <Field label={t`Your own name for it, in Turkish`} maxLength={40} {...form.field('turkish')} />
      <Field label={t`Your own name for it, in English`} maxLength={40} {...form.field('english')} />
      <Checkbox label={<Trans>For sale</Trans>} {...form.choice('active')} />
    </FormSheet>
  );
}
