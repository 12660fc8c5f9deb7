import { Trans, useLingui } from '@lingui/react/macro';
import { type ReactNode, useState } from 'react';
import type { components } from '../../kit/api/schema';
import { useWords } from '../../kit/api/words';
import { amountText, asciiDigits, Button, ChipToggle, Field, readMoney, SelectField, Sheet, toast } from '../../kit/ui';
import { useGiftName } from '../gifts';
import { usePeriodWords } from '../premium';
import { useChangeGift, usePutPackage, usePutPlan } from './data';

type Schemas = components['schemas'];

/** A whole number somebody typed; null when it is none. */
function readCount(text: string, least: number): number | null {
  const digits = asciiDigits(text).trim();
  const value = /^\d{1,8}$/.test(digits) ? Number(digits) : Number.NaN;
  return value >= least ? value : null;
}

function FormSheet({
  title,
  busy,
  error,
  onSave,
  onClose,
  children,
}: {
  title: string;
  busy: boolean;
  error: unknown;
  onSave: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const words = useWords();
  return (
    <Sheet
      open
      onClose={onClose}
      title={title}
      actions={
        <>
          <Button className="flex-1" onClick={onClose}>
            <Trans>Not now</Trans>
          </Button>
          <Button look="lamp" className="flex-1" busy={busy} onClick={onSave}>
            <Trans>Save</Trans>
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {children}
        {error ? (
          <p role="alert" className="text-terracotta">
            {words(error)}
          </p>
        ) : null}
      </div>
    </Sheet>
  );
}

export function PackageSheet({ known, onClose }: { known: Schemas['StaffPackage'] | undefined; onClose: () => void }) {
  const { t, i18n } = useLingui();
  const put = usePutPackage();
  const currency = known?.currency ?? 'TRY';
  const [coins, setCoins] = useState(String(known?.coins ?? ''));
  const [bonus, setBonus] = useState(String(known?.bonus ?? 0));
  const [price, setPrice] = useState(known ? amountText(i18n.locale, known.price, currency) : '');
  const [product, setProduct] = useState(known?.store_product_id ?? '');
  const [active, setActive] = useState(known?.active ?? true);
  const [asked, setAsked] = useState(false);
  const wish = { coins: readCount(coins, 1), bonus: readCount(bonus, 0), price: readMoney(price, currency) };
  const save = () => {
    setAsked(true);
    if (wish.coins === null || wish.bonus === null || !wish.price) return;
    put.mutate(
      {
        id: known?.id ?? null,
        wish: {
          ...{ coins: wish.coins, bonus: wish.bonus, price: wish.price, currency, active },
          ...{ store_product_id: product.trim() || null, name: known?.name ?? null, position: known?.position ?? 99 },
        },
      },
      {
        onSuccess: () => {
          toast(t`Saved.`);
          onClose();
        },
      },
    );
  };
  const wrong = t`Write a whole number.`;
  return (
    <FormSheet
      title={known ? t`Change a package` : t`Add a package`}
      busy={put.isPending}
      error={put.error}
      onSave={save}
      onClose={onClose}
    >
      <Field
        label={t`Coins`}
        inputMode="numeric"
        value={coins}
        onChange={(event) => setCoins(event.target.value)}
        error={asked && wish.coins === null ? wrong : undefined}
      />
      <Field
        label={t`Bonus coins`}
        inputMode="numeric"
        value={bonus}
        onChange={(event) => setBonus(event.target.value)}
        error={asked && wish.bonus === null ? wrong : undefined}
      />
      <Field
        label={t`Price (${currency})`}
        inputMode="decimal"
        value={price}
        onChange={(event) => setPrice(event.target.value)}
        error={asked && !wish.price ? t`Write an amount, like 49.99.` : undefined}
      />
      <Field
        label={t`Name in the stores`}
        hint={t`The product's id at Apple, Google and RevenueCat. Their prices are set there.`}
        autoCapitalize="none"
        value={product}
        onChange={(event) => setProduct(event.target.value)}
      />
      <div>
        <ChipToggle on={active} onChange={setActive}>
          <Trans>For sale</Trans>
        </ChipToggle>
      </div>
    </FormSheet>
  );
}

export function PlanSheet({ known, onClose }: { known: Schemas['StaffPlan'] | undefined; onClose: () => void }) {
  const { t, i18n } = useLingui();
  const put = usePutPlan();
  const periodWords = usePeriodWords();
  const currency = known?.currency ?? 'TRY';
  const [period, setPeriod] = useState<Schemas['Period']>(known?.period ?? 'month');
  const [price, setPrice] = useState(known ? amountText(i18n.locale, known.price, currency) : '');
  const [coinPrice, setCoinPrice] = useState(known?.coin_price == null ? '' : String(known.coin_price));
  const [perDay, setPerDay] = useState(String(known?.matches_per_day ?? 50));
  const [product, setProduct] = useState(known?.store_product_id ?? '');
  const [active, setActive] = useState(known?.active ?? true);
  const [asked, setAsked] = useState(false);
  const amount = readMoney(price, currency);
  const meetings = readCount(perDay, 0);
  const inCoins = coinPrice.trim() === '' ? null : readCount(coinPrice, 1);
  const coinsWrong = coinPrice.trim() !== '' && inCoins === null;
  const save = () => {
    setAsked(true);
    if (!amount || meetings === null || coinsWrong) return;
    put.mutate(
      {
        id: known?.id ?? null,
        wish: {
          ...{ period, price: amount, currency, coin_price: inCoins, matches_per_day: meetings, active },
          ...{ sees_likes: known?.sees_likes ?? true, no_ads: known?.no_ads ?? true },
          ...{ store_product_id: product.trim() || null, name: known?.name ?? null, position: known?.position ?? 99 },
        },
      },
      {
        onSuccess: () => {
          toast(t`Saved.`);
          onClose();
        },
      },
    );
  };
  return (
    <FormSheet
      title={known ? t`Change a plan` : t`Add a plan`}
      busy={put.isPending}
      error={put.error}
      onSave={save}
      onClose={onClose}
    >
      {!known && (
        <SelectField
          label={t`Period`}
          value={period}
          onChange={(event) => setPeriod(event.target.value as Schemas['Period'])}
        >
          {(['week', 'month', 'year'] as const).map((one) => (
            <option key={one} value={one}>
              {periodWords(one).name}
            </option>
          ))}
        </SelectField>
      )}
      <Field
        label={t`Price (${currency})`}
        inputMode="decimal"
        value={price}
        onChange={(event) => setPrice(event.target.value)}
        error={asked && !amount ? t`Write an amount, like 49.99.` : undefined}
      />
      <Field
        label={t`Price in coins`}
        hint={t`Empty: not sold for coins.`}
        inputMode="numeric"
        value={coinPrice}
        onChange={(event) => setCoinPrice(event.target.value)}
        error={asked && coinsWrong ? t`Write a whole number.` : undefined}
      />
      <Field
        label={t`Meetings a day`}
        inputMode="numeric"
        value={perDay}
        onChange={(event) => setPerDay(event.target.value)}
        error={asked && meetings === null ? t`Write a whole number.` : undefined}
      />
      <Field
        label={t`Name in the stores`}
        hint={t`The product's id at Apple, Google and RevenueCat. Their prices are set there.`}
        autoCapitalize="none"
        value={product}
        onChange={(event) => setProduct(event.target.value)}
      />
      <div>
        <ChipToggle on={active} onChange={setActive}>
          <Trans>For sale</Trans>
        </ChipToggle>
      </div>
    </FormSheet>
  );
}

export function GiftSheet({ known, onClose }: { known: Schemas['StaffGift']; onClose: () => void }) {
  const { t } = useLingui();
  const change = useChangeGift();
  const giftName = useGiftName();
  const [price, setPrice] = useState(String(known.price));
  const [turkish, setTurkish] = useState(known.name?.tr ?? '');
  const [english, setEnglish] = useState(known.name?.en ?? '');
  const [active, setActive] = useState(known.active);
  const [asked, setAsked] = useState(false);
  const coins = readCount(price, 1);
  const halfNamed = (turkish.trim() === '') !== (english.trim() === '');
  const save = () => {
    setAsked(true);
    if (coins === null || halfNamed) return;
    const name = turkish.trim() ? { tr: turkish.trim(), en: english.trim() } : null;
    change.mutate(
      { id: known.id, change: { price: coins, active, name } },
      {
        onSuccess: () => {
          toast(t`Saved.`);
          onClose();
        },
      },
    );
  };
  const both = t`Give it a name in both languages, or in none.`;
  return (
    <FormSheet title={giftName(known)} busy={change.isPending} error={change.error} onSave={save} onClose={onClose}>
      <Field
        label={t`Coins`}
        inputMode="numeric"
        value={price}
        onChange={(event) => setPrice(event.target.value)}
        error={asked && coins === null ? t`Write a whole number.` : undefined}
      />
      <Field
        label={t`Your own name for it, in Turkish`}
        maxLength={40}
        value={turkish}
        onChange={(event) => setTurkish(event.target.value)}
        error={asked && halfNamed ? both : undefined}
      />
      <Field
        label={t`Your own name for it, in English`}
        maxLength={40}
        value={english}
        onChange={(event) => setEnglish(event.target.value)}
      />
      <div>
        <ChipToggle on={active} onChange={setActive}>
          <Trans>For sale</Trans>
        </ChipToggle>
      </div>
    </FormSheet>
  );
}
