import { Trans, useLingui } from '@lingui/react/macro';
import type { GiftLine as Line } from '../../kit/api/types';
import { clockTime, cx } from '../../kit/ui';
import { GiftArt, useGiftName } from './gift-art';

/** "Glass of tea × 3". */
export function useGiftWords(): (line: Pick<Line, 'gift' | 'quantity'>) => string {
  const { i18n } = useLingui();
  const nameOf = useGiftName();
  return ({ gift, quantity }) => (quantity > 1 ? `${nameOf(gift)} × ${i18n.number(quantity)}` : nameOf(gift));
}

/** A gift between the lines of a talk; it arrives once, quietly, and then it simply stands there. */
export function GiftLine({ line, alias, fresh }: { line: Line; alias: string; fresh: boolean }) {
  const { i18n } = useLingui();
  const words = useGiftWords()(line);
  return (
    <div className={cx('flex flex-col gap-1', line.mine ? 'items-end' : 'items-start')}>
      <div
        className={cx(
          'flex max-w-[85%] items-center gap-3 rounded-card border border-line bg-card py-2.5 pr-4 pl-2.5',
          fresh && 'animate-arrive',
        )}
      >
        <span className={cx('relative shrink-0 rounded-full', fresh && 'animate-glow')}>
          <GiftArt gift={line.gift.key} size={64} />
        </span>
        <div className="min-w-0">
          <p className="text-soft text-sm">
            {line.mine ? <Trans>You gave {alias}</Trans> : <Trans>{alias} gave you</Trans>}
          </p>
          <p className="font-display font-semibold">{words}</p>
          {line.note ? (
            <p className="text-sm [overflow-wrap:anywhere]" dir="auto">
              {line.note}
            </p>
          ) : null}
        </div>
      </div>
      <p className="px-1 text-soft text-xs">
        <time dateTime={line.created_at}>{clockTime(i18n.locale, new Date(line.created_at))}</time>
      </p>
    </div>
  );
}
